import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  codeOf,
  enterPassword,
  makeEnrolledPerson,
  makeOrganisation,
  makePerson,
  visitorAt,
  type Person,
} from '@/e2e/fixtures/people';
import { signOut } from '@/lib/external/sign-out';
import type { Actor } from '@/lib/actors/model';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { inOrganisation } from '@/lib/db/in-organisation';
import type { Organisation } from '@/lib/organisations/model';
import type { NewSession } from '@/lib/sign-in/model';
import { submitCode } from '@/lib/sign-in/service';
import { endOtherSessions, endSession, renewSession } from './service';
import { findOpenSession, type OpenSession } from './store';

const database = useDatabase();

let organisation: Organisation;
beforeAll(async () => {
  organisation = await makeOrganisation();
});

async function signIn(person: Person, at = organisation): Promise<NewSession> {
  const { outcome } = await enterPassword(visitorAt(at), person);
  return outcome.session!;
}

const find = (token: string) => findOpenSession(hashToken(token));

/** The session, as if the last request had been some minutes earlier. */
async function idle(session: OpenSession, minutes: number): Promise<void> {
  await database.owner`
    update sessions set last_seen_at = now() - make_interval(mins => ${minutes}) where id = ${session.id}`;
}

/** Whoever holds this session, as far as these services look. */
const actorOf = ({ id, deviceId, organisation: at, account, facts }: OpenSession): Actor => ({
  kind: 'account',
  organisation: at,
  origin: { requestId: '', address: null, userAgent: '' },
  locale: 'fr',
  now: facts.now,
  sessionId: id,
  deviceId,
  account: { ...account, kind: facts.account.kind, factorKinds: facts.account.factorKinds },
  permissions: new Set(),
  proofs: facts.proofs,
});

describe('SAFE-3 sessions', () => {
  it('SAFE-3 are kept as the hash of 256 random bits: the token and the browser’s other tokens are nowhere', async () => {
    const person = await makePerson(organisation);
    const session = await signIn(person);
    expect(Buffer.from(session.token, 'base64url')).toHaveLength(32);
    const found = await find(session.token);
    const [row] = await database.owner`select token_hash from sessions where id = ${found!.id}`;
    expect(row!['token_hash']).toEqual(createHash('sha256').update(session.token).digest());
    const everything = await database.owner<{ row: string }[]>`
      select t::text as row from sessions t union all select t::text from devices t
      union all select t::text from audit_events t union all select t::text from sign_in_attempts t`;
    const text = everything.map(({ row: one }) => one).join('\n');
    for (const token of [session.token, session.deviceToken]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
    }
    // What lies in the table opens nothing.
    expect(await find((row!['token_hash'] as Buffer).toString('base64url'))).toBeNull();
    expect(await find(newToken())).toBeNull();
  });

  it('SAFE-3 get a new token at a change of privilege, and the old one is dead at once', async () => {
    const session = await signIn(await makePerson(organisation));
    const before = await find(session.token);
    const renewed = await inOrganisation({ organisation }, (transaction) =>
      renewSession(transaction, before!.id, { factorVerified: true }),
    );
    expect(await find(session.token)).toBeNull();
    const after = await find(renewed!.token);
    expect(after).toMatchObject({ id: before!.id, organisation: { id: organisation.id } });
    expect(after!.facts.proofs.factorAt).toBeInstanceOf(Date);
  });

  it('SAFE-3 ACC-6 are renewed and ended within their organisation only', async () => {
    const other = await makeOrganisation();
    const session = await signIn(await makePerson(organisation));
    const { id } = (await find(session.token))!;
    const renewed = await inOrganisation({ organisation: other }, (transaction) => renewSession(transaction, id, {}));
    expect(renewed).toBeNull();
    const stranger = actorOf((await find((await signIn(await makePerson(other), other)).token))!);
    expect(await endSession(stranger, id)).toBe(false);
    expect(await find(session.token)).not.toBeNull();
  });

  it('SAFE-3 end after the idle time, and a request within it begins it anew', async () => {
    const session = await signIn(await makePerson(organisation));
    const open = (await find(session.token))!;
    await idle(open, 59);
    expect(await find(session.token)).not.toBeNull();
    await idle(open, 61);
    expect(await find(session.token)).toBeNull();
    // A session that ran out is not brought back by asking for it.
    expect(await find(session.token)).toBeNull();
    await idle(open, 59);
    await find(session.token);
    const [row] =
      await database.owner`select now() - last_seen_at < interval '1 minute' as fresh from sessions where id = ${open.id}`;
    expect(row!['fresh']).toBe(true);
  });

  it('SAFE-3 end at the absolute limit, however busy they are', async () => {
    const session = await signIn(await makePerson(organisation));
    const open = (await find(session.token))!;
    expect(open.expiresAt.getTime() - open.facts.now.getTime()).toBeLessThanOrEqual(60 * 60_000);
    await database.owner`update sessions set absolute_until = now() + interval '1 minute' where id = ${open.id}`;
    expect(await find(session.token)).not.toBeNull();
    await database.owner`update sessions set absolute_until = now() where id = ${open.id}`;
    expect(await find(session.token)).toBeNull();
    await database.restricted`select sweep_expired()`;
    expect(await database.owner`select from sessions where id = ${open.id}`).toHaveLength(0);
  });

  it('SAFE-3 last as the options say; a parent with a password alone has longer ones, with a factor not', async () => {
    const strict = await makeOrganisation({
      sessionIdleMinutes: '10',
      sessionHours: '2',
      portalSessionIdleMinutes: '600',
      portalSessionHours: '100',
    });
    const limits = async (session: NewSession) => {
      const { id } = (await find(session.token))!;
      const [row] = await database.owner`
        select idle_minutes as idle, round(extract(epoch from absolute_until - created_at) / 3600)::int as hours
        from sessions where id = ${id}`;
      return { ...row };
    };
    expect(await limits(await signIn(await makePerson(strict), strict))).toEqual({ idle: 10, hours: 2 });
    expect(await limits(await signIn(await makePerson(strict, { kind: 'parent' }), strict))).toEqual({
      idle: 600,
      hours: 100,
    });
    const enrolled = await makeEnrolledPerson(strict, { kind: 'parent' });
    const visitor = visitorAt(strict);
    const { attempt } = await enterPassword(visitor, enrolled);
    const code = await codeOf(enrolled.secret);
    const { session } = await submitCode(visitor, { attempt, code, trustDevice: false });
    expect(await limits(session!)).toEqual({ idle: 10, hours: 2 });
  });

  it('SAFE-3 SELF-2 are ended by their owner: this one, another, all others', async () => {
    const person = await makePerson(organisation);
    const tokens = [];
    for (let browser = 0; browser < 4; browser++) tokens.push((await signIn(person)).token);
    const [first, second, third, fourth] = tokens as [string, string, string, string];
    const me = actorOf((await find(first))!);
    expect(await endSession(me, (await find(second))!.id)).toBe(true);
    expect(await find(second)).toBeNull();
    expect(await endOtherSessions(me)).toBe(2);
    expect([await find(third), await find(fourth)]).toEqual([null, null]);
    expect(await find(first)).not.toBeNull();
    await signOut(me);
    expect(await find(first)).toBeNull();
    const neighbour = (await find((await signIn(await makePerson(organisation))).token))!;
    expect(await endSession(me, neighbour.id)).toBe(false);
  });

  it('SAFE-3 an account has ten at most: the oldest ends for a new one', async () => {
    const person = await makePerson(organisation);
    const tokens = [];
    for (let browser = 0; browser < 11; browser++) tokens.push((await signIn(person)).token);
    const open = await Promise.all(tokens.map(find));
    expect(open.map((session) => session !== null)).toEqual([false, ...Array<boolean>(10).fill(true)]);
  });

  it('SAFE-3 the account’s state counts for the next request: suspension is seen by it', async () => {
    const person = await makePerson(organisation);
    const { token } = await signIn(person);
    await database.owner`update accounts set status = 'suspended' where id = ${person.id}`;
    expect((await find(token))?.facts.account.status).toBe('suspended');
  });
});

describe('MFA-5 a device that the person ticked', () => {
  it('MFA-5 is not asked for a code until its days are over; an unticked one is, and so is everybody where the option is 0', async () => {
    const lenient = await makeOrganisation({ mfaRememberDeviceDays: '30' });
    const person = await makeEnrolledPerson(lenient);
    const visitor = visitorAt(lenient);
    const { attempt, outcome } = await enterPassword(visitor, person);
    expect(outcome.session).toBeUndefined();
    const ticked = await submitCode(visitor, { attempt, code: await codeOf(person.secret), trustDevice: true });
    const { deviceToken } = ticked.session!;
    const again = () => enterPassword(visitorAt(lenient, { deviceToken }), person);
    expect((await again()).outcome.session).toBeDefined();
    expect((await enterPassword(visitorAt(lenient), person)).outcome.session).toBeUndefined();
    await database.owner`update devices set trusted_until = now() where account_id = ${person.id}`;
    expect((await again()).outcome.session).toBeUndefined();

    const plain = visitorAt(lenient);
    const unticked = await enterPassword(plain, person);
    const code = await codeOf(person.secret, 1);
    const opened = await submitCode(plain, { attempt: unticked.attempt, code, trustDevice: false });
    const back = visitorAt(lenient, { deviceToken: opened.session!.deviceToken });
    expect((await enterPassword(back, person)).outcome.session).toBeUndefined();

    // The tick is a browser's word: where the option is 0 it counts for nothing.
    const strict = await makeEnrolledPerson(organisation);
    const browser = visitorAt(organisation);
    const own = await enterPassword(browser, strict);
    const vain = await submitCode(browser, {
      attempt: own.attempt,
      code: await codeOf(strict.secret),
      trustDevice: true,
    });
    const [device] = await database.owner`select trusted_until from devices where account_id = ${strict.id}`;
    expect(device!['trusted_until']).toBeNull();
    const next = visitorAt(organisation, { deviceToken: vain.session!.deviceToken });
    expect((await enterPassword(next, strict)).outcome.session).toBeUndefined();
  });
});
