import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeOrganisation, operatorOf } from '@/e2e/fixtures/people';
import { verifyAudit } from '@/lib/audit/seals/service';
import type { Organisation } from '@/lib/organisations/model';
import { dropOldAudit, RETENTION_MONTHS_MIN } from './service';

const database = useDatabase();

let superuser: postgres.Sql;
beforeAll(() => {
  const url = new URL(inject('testServer').superuserUrl);
  url.pathname = new URL(database.url).pathname;
  superuser = postgres(url.href, { max: 1, onnotice: () => {} });
});
afterAll(() => superuser.end({ timeout: 5 }));

const sealAll = () =>
  vi.waitFor(
    async () => {
      while ((await database.restricted`select more from seal_audit_portion(5000)`)[0]!['more']);
      const [row] = await database.owner`
        select count(*)::int as n from audit_events where transaction_id >= audit_sealed_before()`;
      expect(row!['n']).toBe(0);
    },
    { timeout: 20_000, interval: 50 },
  );

/** One whose history is only what a test writes, in the order of its times. */
const blank = (): Organisation => ({
  id: randomUUID(),
  slug: 'past',
  name: 'Past',
  locale: 'fr',
  timeZone: 'UTC',
  settingsVersion: 1,
});

/** A month of its own, so many months ago, with events that are sealed in it. */
async function makeMonth(monthsAgo: number, organisations: readonly Organisation[]): Promise<void> {
  const [{ first, until, name }] = (await database.owner`
    select date_trunc('month', now() at time zone 'UTC') - make_interval(months => ${monthsAgo}) as first,
      date_trunc('month', now() at time zone 'UTC') - make_interval(months => ${monthsAgo - 1}) as until,
      'audit_events_' || to_char(date_trunc('month', now() at time zone 'UTC') - make_interval(months => ${monthsAgo}), 'YYYY_MM') as name`) as unknown as [
    { first: Date; until: Date; name: string },
  ];
  await database.owner.unsafe(`create table if not exists ${name} partition of audit_events
    for values from ('${first.toISOString()}') to ('${until.toISOString()}')`);
  for (const { id } of organisations) {
    await database.owner`
      insert into audit_events (organisation_id, occurred_at, action, outcome, actor_kind)
      select ${id}, ${new Date(first.getTime() + 86_400_000)}, 'sign-in.code', 'success', 'system' from generate_series(1, 3)`;
    await sealAll();
  }
}

describe('AUD-2 retention', () => {
  it('AUD-2 drops whole months, leaves a sealed checkpoint, and the chain is still found right', async () => {
    const [mine, theirs] = [blank(), blank()];
    await makeMonth(20, [mine, theirs]);
    await makeMonth(18, [mine]);
    await makeMonth(3, [mine]);
    const before = await verifyAudit(operatorOf(mine));
    expect(before).toMatchObject({ fault: null, droppedSeals: 0 });
    await sealAll();

    expect(await dropOldAudit(12)).toEqual({ months: 2, events: 9, waiting: null });
    const [{ left }] = (await database.owner`
      select count(*)::int as left from audit_events where organisation_id = ${mine.id} and occurred_at < now() - interval '13 months'`) as unknown as [
      { left: number },
    ];
    expect(left).toBe(0);
    await sealAll();
    const after = await verifyAudit(operatorOf(mine), { expected: before.head! });
    expect(after.fault).toBeNull();
    expect(after.droppedSeals).toBeGreaterThan(0);
    expect(after.events).toBeGreaterThanOrEqual(3);
    expect((await verifyAudit(operatorOf(theirs))).fault).toBeNull();
    expect(await dropOldAudit(12)).toEqual({ months: 0, events: 0, waiting: null });
  });

  it('AUD-2 what is not sealed yet stays, and nothing younger than a year can be dropped', async () => {
    await expect(dropOldAudit(RETENTION_MONTHS_MIN - 1)).rejects.toThrow(RangeError);
    const organisation = await makeOrganisation();
    await makeMonth(30, []);
    await sealAll();
    const [{ first }] = (await database.owner`
      select date_trunc('month', now() at time zone 'UTC') - interval '30 months' as first`) as unknown as [
      { first: Date },
    ];
    await database.owner`
      insert into audit_events (organisation_id, occurred_at, action, outcome, actor_kind)
      values (${organisation.id}, ${new Date(first.getTime() + 1_000)}, 'sign-in.code', 'success', 'system')`;
    expect((await dropOldAudit(12)).waiting).toMatch(/^audit_events_/);
    await sealAll();
    expect(await dropOldAudit(12)).toMatchObject({ events: 1, waiting: null });
  });

  it('AUD-2 a checkpoint that nobody recorded, and an event put where all was dropped, are found out', async () => {
    const organisation = blank();
    await makeMonth(25, [organisation]);
    await dropOldAudit(12);
    await sealAll();
    expect((await verifyAudit(operatorOf(organisation))).fault).toBeNull();
    await sealAll();
    await superuser`
      insert into audit_events (organisation_id, occurred_at, transaction_id, action, outcome, actor_kind)
      values (${organisation.id}, now() - interval '24 months', 5, 'sign-in.code', 'success', 'system')`;
    expect((await verifyAudit(operatorOf(organisation))).fault).toMatchObject({ kind: 'event-unsealed' });

    const other = blank();
    await makeMonth(2, [other]);
    await sealAll();
    await superuser`
      insert into audit_checkpoints (organisation_id, seal_number, digest, kept_from, dropped_events)
      select organisation_id, number, digest, now() - interval '20 days', 3 from audit_seals
      where organisation_id = ${other.id} order by number desc limit 1`;
    expect((await verifyAudit(operatorOf(other))).fault).toMatchObject({ kind: 'checkpoint-forged' });
  });

  it('AUD-2 the application’s role can neither drop a month nor write a checkpoint', async () => {
    const organisation = await makeOrganisation();
    const [{ name }] = (await database.owner`
      select 'audit_events_' || to_char(now() at time zone 'UTC', 'YYYY_MM') as name`) as unknown as [{ name: string }];
    for (const statement of [
      `drop table ${name}`,
      `alter table audit_events detach partition ${name}`,
      `insert into audit_checkpoints values ('${organisation.id}', 1, '', now(), 0, now())`,
    ]) {
      await expect(database.restricted.unsafe(statement)).rejects.toMatchObject({ code: '42501' });
    }
  });
});
