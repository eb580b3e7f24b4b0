import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { makeOrganisation, operatorOf, refusalOf } from '@/e2e/fixtures/people';
import { setOption } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import type { SealFault } from './model';
import { verifyAudit } from './service';

const database = useDatabase();

let superuser: postgres.Sql;
let organisation: Organisation;

beforeAll(() => {
  const url = new URL(inject('testServer').superuserUrl);
  url.pathname = new URL(database.url).pathname;
  superuser = postgres(url.href, { max: 1, onnotice: () => {} });
});
afterAll(() => superuser.end({ timeout: 5 }));

async function sealAll(eventsMax = 5_000): Promise<void> {
  await expect
    .poll(
      async () => {
        while ((await database.restricted`select more from seal_audit_portion(${eventsMax})`)[0]!['more']);
        const [row] = await database.owner`
          select count(*)::int as n from audit_events where transaction_id >= audit_sealed_before()`;
        return row!['n'] as number;
      },
      { timeout: 20_000, interval: 50 },
    )
    .toBe(0);
}

const write = (organisationId: string, count = 1) => database.owner`
  insert into audit_events (organisation_id, action, outcome, actor_kind, request_id)
  select ${organisationId}, 'sign-in.code', 'success', 'system', n from generate_series(1, ${count}::int) n`;

/** An organisation with seals of one event each, and of several. */
beforeEach(async () => {
  organisation = await makeOrganisation();
  await sealAll();
  for (const count of [1, 3, 2]) {
    await write(organisation.id, count);
    await sealAll();
  }
});

describe('AUD-1 verifying', () => {
  it('AUD-1 finds an honest chain right, also while events go on being written and sealed', async () => {
    await setOption(operatorOf(organisation), 'mfaGraceDays', 3);
    const first = await verifyAudit(operatorOf(organisation));
    expect(first).toMatchObject({ fault: null, seals: 4, events: 7, unsealed: 1, head: { number: 4 } });
    expect(first.head!.digest).toMatch(/^[0-9a-f]{64}$/);
    await sealAll();
    expect(await verifyAudit(operatorOf(organisation), { expected: first.head! })).toMatchObject({
      fault: null,
      // The first verification is an event itself.
      events: 9,
      unsealed: 0,
    });
    let done = false;
    const writing = (async () => {
      for (let round = 0; !done && round < 200; round++) {
        await write(organisation.id, 2);
        await database.restricted`select seal_audit_portion(3)`;
      }
    })();
    for (let round = 0; round < 5; round++) {
      expect((await verifyAudit(operatorOf(organisation))).fault).toBeNull();
    }
    done = true;
    await writing;
  });

  it('AUD-1 an organisation without a seal yet, and one whose events came in one huge transaction', async () => {
    const fresh = await makeOrganisation();
    expect(await verifyAudit(operatorOf(fresh))).toMatchObject({ fault: null, seals: 0, head: null });
    await write(fresh.id, 12_000);
    await sealAll(100);
    const { seals, events, fault } = await verifyAudit(operatorOf(fresh));
    expect({ events, fault }).toEqual({ events: 12_002, fault: null });
    expect(seals).toBeGreaterThan(1);
  });

  it.each<[string, SealFault, string]>([
    [
      'a changed event',
      'event-changed',
      `update audit_events set outcome = 'failure' where request_id = '2' and organisation_id = $1`,
    ],
    [
      'a time moved by a microsecond',
      'event-changed',
      `update audit_events set occurred_at = occurred_at + interval '1 microsecond' where action = 'organisation.create' and organisation_id = $1`,
    ],
    [
      'changed details',
      'event-changed',
      `update audit_events set details = '{"x":1}' where request_id = '3' and organisation_id = $1`,
    ],
    ['a deleted event', 'event-removed', `delete from audit_events where request_id = '2' and organisation_id = $1`],
    [
      'an event handed to another organisation',
      'event-removed',
      `update audit_events set organisation_id = gen_random_uuid() where request_id = '3' and organisation_id = $1`,
    ],
    [
      'an event put under a seal',
      'event-added',
      `insert into audit_events (organisation_id, action, outcome, actor_kind, transaction_id) select organisation_id, action, outcome, actor_kind, transaction_id from audit_events where request_id = '3' and organisation_id = $1`,
    ],
    [
      'an event put between seals',
      'event-unsealed',
      `insert into audit_events (organisation_id, action, outcome, actor_kind, transaction_id) select organisation_id, 'sign-in.code', 'success', 'system', 1 from audit_seals where number = 1 and organisation_id = $1`,
    ],
    [
      'two events exchanged',
      'event-changed',
      `update audit_events a set request_id = case a.request_id when '1' then '2' else '1' end where request_id in ('1', '2') and organisation_id = $1`,
    ],
    ['a deleted seal', 'seal-missing', `delete from audit_seals where number = 2 and organisation_id = $1`],
    ['the first seal deleted', 'seal-missing', `delete from audit_seals where number = 1 and organisation_id = $1`],
    ['the newest seal deleted', 'event-unsealed', `delete from audit_seals where number = 4 and organisation_id = $1`],
    ['all seals deleted', 'event-unsealed', `delete from audit_seals where organisation_id = $1`],
    [
      'a seal made anew',
      'event-changed',
      `update audit_seals set digest = sha256(digest) where number = 2 and organisation_id = $1`,
    ],
    [
      'a link made anew',
      'seal-broken',
      `update audit_seals set previous_digest = sha256(digest) where number = 2 and organisation_id = $1`,
    ],
    [
      'a seal that claims another count',
      'seal-changed',
      `update audit_seals set event_count = event_count + 1 where number = 2 and organisation_id = $1`,
    ],
    [
      'a seal whose window was narrowed',
      'event-removed',
      `update audit_seals set before_transaction = from_transaction where number = 3 and organisation_id = $1`,
    ],
    [
      'an event and its seal deleted from the middle',
      'seal-missing',
      `with s as (delete from audit_seals where number = 2 and organisation_id = $1 returning *) delete from audit_events e using s where e.organisation_id = s.organisation_id and e.transaction_id >= s.from_transaction and e.transaction_id < s.before_transaction`,
    ],
  ])('AUD-1 notices %s, by whoever may do everything', async (_, kind, forgery) => {
    const before = await verifyAudit(operatorOf(organisation));
    expect(before.fault).toBeNull();
    const changed = await superuser.begin(async (sql) => {
      // Triggers and rules of the database would not stop them either.
      await sql`set local session_replication_role = replica`;
      const found = await sql.unsafe(forgery, [organisation.id]);
      return found.count;
    });
    expect(changed).toBeGreaterThan(0);
    const { fault } = await verifyAudit(operatorOf(organisation));
    expect(fault?.kind).toBe(kind);
    const [event] = await database.owner`
      select outcome, details from audit_events
      where organisation_id = ${organisation.id} and action = 'audit.verify' order by id desc limit 1`;
    expect(event).toMatchObject({ outcome: 'failure', details: { fault: { kind } } });
  });

  it('AUD-1 what was cut off at the end together with its seal shows against a mark that was kept', async () => {
    const { head } = await verifyAudit(operatorOf(organisation));
    await superuser`
      with s as (delete from audit_seals where number = 4 and organisation_id = ${organisation.id} returning *)
      delete from audit_events e using s
      where e.organisation_id = s.organisation_id and e.transaction_id >= s.from_transaction`;
    expect((await verifyAudit(operatorOf(organisation))).fault).toBeNull();
    const cut = await verifyAudit(operatorOf(organisation), { expected: head! });
    expect(cut.fault).toEqual({ kind: 'expected-missing', seal: 4, event: null });

    // Sealed anew, the number is there again, and the digest is another.
    await write(organisation.id, 5);
    await sealAll();
    const anew = await verifyAudit(operatorOf(organisation), { expected: head! });
    expect(anew.fault).toEqual({ kind: 'expected-other', seal: 4, event: null });
  });

  it('AUD-1 ACC-6 one organisation’s forgery leaves the others’ chains right', async () => {
    const other = await makeOrganisation();
    await write(other.id, 3);
    await sealAll();
    await superuser`delete from audit_events where organisation_id = ${organisation.id} and request_id = '2'`;
    expect((await verifyAudit(operatorOf(other))).fault).toBeNull();
    expect((await verifyAudit(operatorOf(organisation))).fault?.kind).toBe('event-removed');
  });

  it('ACC-4 is for those who may read the audit', async () => {
    const [auditor, nobody] = [await signedInPerson(organisation, 'auditor'), await signedInPerson(organisation, null)];
    expect(await refusalOf(verifyAudit(auditor.actor))).toBe('done');
    expect(await refusalOf(verifyAudit(nobody.actor))).toBe('permission.missing');
  });
});

describe('AUD-1 sealing in portions', () => {
  it('AUD-1 takes as many events as it may, never half a transaction, and comes to the end', async () => {
    const large = await makeOrganisation();
    await sealAll();
    for (let index = 0; index < 30; index++) await write(large.id, 10);
    const sizes: number[] = [];
    await expect
      .poll(
        async () => {
          const [row] = await database.restricted`select sealed, more from seal_audit_portion(25)`;
          sizes.push(row!['sealed'] as number);
          return sizes.reduce((sum, size) => sum + size, 0);
        },
        { timeout: 20_000, interval: 5 },
      )
      .toBe(300);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(25);
    const [largest] = await database.owner`
      select max(event_count)::int as n, sum(event_count)::int as all from audit_seals where organisation_id = ${large.id}`;
    expect(largest!['n']).toBe(20);
    expect((await verifyAudit(operatorOf(large))).fault).toBeNull();
  });

  it('AUD-1 takes turns with the older sealing, and two at once seal nothing twice', async () => {
    const shared = await makeOrganisation();
    for (let round = 0; round < 20; round++) {
      await write(shared.id, 3);
      await Promise.all([
        database.restricted`select seal_audit_events()`,
        database.restricted`select seal_audit_portion(2)`,
        database.restricted`select seal_audit_portion(100)`,
      ]);
    }
    await sealAll();
    expect(await verifyAudit(operatorOf(shared))).toMatchObject({ fault: null, events: 61 });
  });
});
