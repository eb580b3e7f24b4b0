import { createHash } from 'node:crypto';
import type postgres from 'postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  codeOf,
  enterPassword,
  holderOf,
  identify,
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  operatorOf,
  refusalOf,
  reread,
  visitorAt,
} from '@/e2e/fixtures/people';
import { confirmEnrolment } from '@/lib/enrolment/confirm';
import { beginEnrolment, findEnrolment } from '@/lib/enrolment/service';
import { resetMfa } from '@/lib/factors/reset';
import { setOption } from '@/lib/options/service';
import { createOrganisation } from '@/lib/organisations/service';
import { findOrganisation } from '@/lib/organisations/store';
import { submitCode, submitPassword } from '@/lib/sign-in/service';

const database = useDatabase();

const BROKEN = 'the audit can’t be written';

/** From now on no event of this kind can be written. */
async function breakAudit(action: string): Promise<void> {
  await database.owner.unsafe(`
    create or replace function refuse_event() returns trigger language plpgsql as $$ begin raise '${BROKEN}'; end $$;
    create or replace trigger refuse_event before insert on audit_events
      for each row when (new.action = '${action}') execute function refuse_event()`);
}

const mendAudit = () => database.owner.unsafe('drop trigger if exists refuse_event on audit_events');

async function fails(work: Promise<unknown>): Promise<void> {
  const error = await work.then(
    () => null,
    (reason: Error) => reason,
  );
  // Drizzle puts its own error around what PostgreSQL said.
  expect(String(((error?.cause as Error | undefined) ?? error)?.message)).toBe(BROKEN);
}

const count = async (query: Promise<Record<string, unknown>[]>) => (await query).length;

describe('AUD-1 an act and its event commit together or not at all', () => {
  afterEach(mendAudit);

  it('AUD-1 signing in: no session, and the attempt is still good once the audit is', async () => {
    const organisation = await makeOrganisation();
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    const attempt = await identify(visitor, person.email);
    for (const action of ['sign-in.complete', 'sign-in.password']) {
      await breakAudit(action);
      await fails(submitPassword(visitor, { attempt, password: person.password }));
      const [row] =
        await database.owner`select consumed_at, password_verified_at from sign_in_attempts where id = ${attempt}`;
      expect(row).toEqual({ consumed_at: null, password_verified_at: null });
      expect(await count(database.owner`select from sessions where account_id = ${person.id}`)).toBe(0);
      expect(await count(database.owner`select from devices where account_id = ${person.id}`)).toBe(0);
    }
    await mendAudit();
    expect(await refusalOf(submitPassword(visitor, { attempt, password: person.password }))).toBe('done');
    expect(await count(database.owner`select from sessions where account_id = ${person.id}`)).toBe(1);
  });

  it('AUD-1 a code: it is not used up by a sign-in that could not be written down', async () => {
    const organisation = await makeOrganisation();
    const person = await makeEnrolledPerson(organisation);
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    const typed = { attempt, code: await codeOf(person.secret), trustDevice: false };
    for (const action of ['sign-in.code', 'sign-in.complete']) {
      await breakAudit(action);
      await fails(submitCode(visitor, typed));
    }
    await mendAudit();
    expect(await refusalOf(submitCode(visitor, typed))).toBe('done');
  });

  it('AUD-1 enrolment: no factor and no codes', async () => {
    const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
    const person = await makePerson(organisation);
    const visitor = visitorAt(organisation);
    const { attempt } = await enterPassword(visitor, person);
    const holder = holderOf(visitor, person, attempt);
    await breakAudit('mfa.enrolment-begin');
    await fails(beginEnrolment(holder));
    expect(await findEnrolment(holder)).toBeNull();
    await mendAudit();
    await beginEnrolment(holder);
    const code = await codeOf((await findEnrolment(holder))!.secret!);
    await breakAudit('mfa.enrolment-confirm');
    await fails(confirmEnrolment(holder, code, async () => true));
    expect(await findEnrolment(holder)).toMatchObject({ confirmed: false });
    expect(await count(database.owner`select from factors where account_id = ${person.id}`)).toBe(0);
    expect(await count(database.owner`select from recovery_codes where account_id = ${person.id}`)).toBe(0);
  });

  it('AUD-1 options, resets, organisations and accounts', async () => {
    const organisation = await makeOrganisation();
    const person = await makeEnrolledPerson(organisation);
    await breakAudit('option.change');
    await fails(setOption(operatorOf(organisation), 'internalMFA', 'mandatory'));
    expect((await reread(organisation.slug)).settingsVersion).toBe(organisation.settingsVersion);

    await breakAudit('mfa.reset');
    await fails(resetMfa(operatorOf(organisation), person.email, 'x'));
    expect(await count(database.owner`select from factors where account_id = ${person.id}`)).toBe(1);

    await breakAudit('account.create');
    await fails(makePerson(organisation, { username: 'personne' }));
    expect(await count(database.owner`select from accounts where username = 'personne'`)).toBe(0);

    await breakAudit('organisation.create');
    await fails(createOrganisation({ slug: 'nulle-part', name: 'Nulle part', locale: 'fr', timeZone: 'UTC' }));
    expect(await findOrganisation('nulle-part')).toBeNull();
  });
});

describe('AUD-1 what is written', () => {
  it('AUD-1 says who, on whom, what, where and how it ended; names nobody and holds no secret', async () => {
    const organisation = await makeOrganisation();
    const person = await makeEnrolledPerson(organisation);
    const visitor = visitorAt(organisation, { address: '2001:db8::7' });
    const wrong = await refusalOf(enterPassword(visitor, { ...person, password: 'Faux-mot-de-passe' }));
    expect(wrong).toBe('sign-in.wrong-password');
    const { attempt } = await enterPassword(visitor, person);
    const code = await codeOf(person.secret);
    const { session } = await submitCode(visitor, { attempt, code, trustDevice: false });
    const events = await database.owner`
      select action, outcome, reason, actor_kind, actor_id, subject_id, session_id, host(address) as address, request_id
      from audit_events where organisation_id = ${organisation.id} and actor_kind = 'visitor' order by id`;
    const common = {
      actor_kind: 'visitor',
      actor_id: null,
      subject_id: person.id,
      address: '2001:db8::7',
      request_id: visitor.origin.requestId,
    };
    const sessionId = events.at(-1)!['session_id'] as string;
    expect(sessionId).toMatch(/^[0-9a-f-]{36}$/);
    const plain = { session_id: null, reason: null, outcome: 'success', ...common };
    expect(events.map((event) => ({ ...event }))).toEqual([
      { ...plain, action: 'sign-in.identify' },
      { ...plain, action: 'sign-in.password', outcome: 'failure', reason: 'wrong' },
      { ...plain, action: 'sign-in.identify' },
      { ...plain, action: 'sign-in.password' },
      { ...plain, action: 'sign-in.code' },
      { ...plain, action: 'sign-in.complete', session_id: sessionId },
    ]);
    const everything = await database.owner`select string_agg(t::text, '') as text from audit_events t`;
    const text = String(everything[0]!['text']);
    for (const secret of [
      person.email,
      person.username,
      'Bérubé',
      person.password,
      'Faux-mot',
      code,
      session!.token,
      person.secret,
    ]) {
      expect(text).not.toContain(secret);
    }
  });
});

describe('AUD-1 a chain of seals', () => {
  interface Seal {
    number: number;
    from: string;
    before: string;
    events: number;
    previous: Buffer;
    digest: Buffer;
  }

  const seal = async () => {
    const [row] = await database.restricted`select seal_audit_events() as sealed`;
    return row!['sealed'] as number;
  };

  const sealsOf = (organisationId: string, sql: postgres.ISql = database.owner) => sql<Seal[]>`
    select number::int as number, from_transaction as from, before_transaction as before, event_count::int as events,
      previous_digest as previous, digest
    from audit_seals where organisation_id = ${organisationId} order by audit_seals.number`;

  /** Whether every seal follows from the one before and from the events that it covers; digests are computed here anew. */
  async function verify(
    organisationId: string,
    sql: postgres.ISql = database.owner,
  ): Promise<{ good: boolean; events: number }> {
    let previous: Buffer = Buffer.alloc(0);
    let events = 0;
    for (const [index, seal] of (await sealsOf(organisationId, sql)).entries()) {
      const rows = await sql<{ text: string }[]>`
        select row_to_json(e)::text as text from audit_events e
        where organisation_id = ${organisationId}
          and transaction_id >= ${seal.from} and transaction_id < ${seal.before} order by id`;
      const whole = createHash('sha256').update(previous);
      for (const { text } of rows) whole.update(createHash('sha256').update(text).digest());
      const good =
        seal.number === index + 1 &&
        seal.previous.equals(previous) &&
        seal.digest.equals(whole.digest()) &&
        seal.events === rows.length;
      if (!good) return { good, events };
      previous = seal.digest;
      events += rows.length;
    }
    return { good: true, events };
  }

  const countEvents = async (organisationId: string) =>
    count(database.owner`select from audit_events where organisation_id = ${organisationId}`);

  /** Sealing waits for the oldest transaction of the whole server, other tests' included. */
  async function sealAll(organisationId: string): Promise<void> {
    await expect
      .poll(
        async () => {
          await seal();
          return (await verify(organisationId)).events;
        },
        { timeout: 20_000, interval: 100 },
      )
      .toBe(await countEvents(organisationId));
  }

  it('AUD-1 covers each event once, also where a long transaction wrote before a seal and committed after it', async () => {
    const [organisation, other] = [await makeOrganisation(), await makeOrganisation()];
    const write = (sql: postgres.ISql, reason: string) => sql`
      insert into audit_events (organisation_id, action, outcome, actor_kind, reason)
      values (${organisation.id}, 'sign-in.code', 'success', 'system', ${reason})`;
    await sealAll(organisation.id);
    const sealedBefore = (await verify(organisation.id)).events;

    let commit = () => {};
    const mayCommit = new Promise<void>((resolve) => (commit = resolve));
    let written = () => {};
    const hasWritten = new Promise<void>((resolve) => (written = resolve));
    const long = database.owner.begin(async (sql) => {
      await write(sql, 'long');
      written();
      await mayCommit;
    });
    await hasWritten;
    for (let index = 0; index < 5; index++) await write(database.owner, `short ${index}`);
    await Promise.all([seal(), seal(), seal()]);
    // The five are committed and still left out: what the long one wrote could else slip in behind a seal.
    expect(await verify(organisation.id)).toEqual({ good: true, events: sealedBefore });
    commit();
    await long;
    await sealAll(organisation.id);
    expect(await verify(organisation.id)).toEqual({ good: true, events: sealedBefore + 6 });
    expect(await verify(other.id)).toEqual({ good: true, events: await countEvents(other.id) });
    expect(await seal()).toBe(0);
  });

  it('AUD-1 covers each event once while people sign in and two instances seal', async () => {
    const organisation = await makeOrganisation();
    const people = await Promise.all(Array.from({ length: 4 }, () => makePerson(organisation)));
    let done = false;
    const sealing = [1, 2].map(async () => {
      while (!done) await seal();
    });
    for (let round = 0; round < 3; round++) {
      await Promise.all(people.map((person) => enterPassword(visitorAt(organisation), person)));
    }
    done = true;
    await Promise.all(sealing);
    await sealAll(organisation.id);
    const { good, events } = await verify(organisation.id);
    expect({ good, events }).toEqual({ good: true, events: 1 + 4 + 3 * 4 * 3 });
  });

  it('AUD-1 tells of a changed, a removed and an added event, and of a seal that was made anew', async () => {
    const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
    await sealAll(organisation.id);
    await setOption(operatorOf(organisation), 'mfaGraceDays', 3);
    await sealAll(organisation.id);
    expect((await sealsOf(organisation.id)).length).toBeGreaterThanOrEqual(2);
    const undone = new Error('undone');
    for (const forgery of [
      `update audit_events set details = '{"key":"internalMFA","before":"on-demand","after":"off"}'
         where organisation_id = $1 and details->>'key' = 'internalMFA'`,
      `update audit_events set occurred_at = occurred_at + interval '1 microsecond'
         where organisation_id = $1 and action = 'organisation.create'`,
      `update audit_events set outcome = 'failure' where organisation_id = $1 and action = 'option.change'`,
      `delete from audit_events where organisation_id = $1 and action = 'organisation.create'`,
      `insert into audit_events (organisation_id, action, outcome, actor_kind, transaction_id)
         select organisation_id, action, outcome, actor_kind, transaction_id from audit_events where organisation_id = $1`,
      `update audit_seals set digest = sha256(digest) where organisation_id = $1 and number = 1`,
      `update audit_seals set event_count = event_count + 1 where organisation_id = $1 and number = 2`,
      `delete from audit_seals where organisation_id = $1 and number = 1`,
    ]) {
      // The owner of the tables can: that is what the seals are for.
      const forging = database.owner.begin(async (sql) => {
        const { count: changed } = await sql.unsafe(forgery, [organisation.id]);
        expect({ forgery, changed: changed > 0 }).toEqual({ forgery, changed: true });
        expect({ forgery, good: (await verify(organisation.id, sql)).good }).toEqual({ forgery, good: false });
        throw undone;
      });
      await expect(forging).rejects.toBe(undone);
    }
    expect((await verify(organisation.id)).good).toBe(true);
  });
});
