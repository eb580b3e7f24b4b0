import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import postgres from 'postgres';
import type { Operator } from '@/lib/actors/model';
import type { AuditQuery } from '@/lib/audit/search/query';
import { listAudit } from '@/lib/audit/search/service';
import { databaseUrl } from '@/lib/config';
import { closePool, pool } from '@/lib/db/pool';
import { createOrganisation } from '@/lib/organisations/service';
import { findOrganisation } from '@/lib/organisations/store';

/**
 * `npm run bench -- audit [EVENTS]`: fills a temporary database with events of a year, most of them of one organisation,
 * and measures every kind of page of the audit (AUD-2), all statements of it together: the processor time that PostgreSQL
 * takes for it, which other work on the machine doesn't lengthen (Linux only), and what one waits for, median and slowest.
 */
const EVENTS = Number(process.argv[2] ?? 10_000_000);
const MONTHS = 12;
const PEOPLE = 20_000;
const RUNS = 30;
const SLUG = 'grande';

// One connection: its process is the one whose time is read.
process.env['DATABASE_POOL'] = '1';

const owner = postgres(databaseUrl(), { max: 1, onnotice: () => {} });

/** A month is filled as a table of its own and then attached: its indexes are built once, not event by event. */
async function fillMonth(month: number, large: string, small: readonly string[]): Promise<void> {
  const name = `audit_events_2020_${String(month).padStart(2, '0')}`;
  const [first, next] = [`2020-${month}-01`, month === 12 ? '2021-01-01' : `2020-${month + 1}-01`];
  const count = Math.round(EVENTS / MONTHS);
  await owner.unsafe(`create table ${name} (like audit_events including defaults including constraints)`);
  await owner.unsafe(
    `insert into ${name} (id, organisation_id, occurred_at, transaction_id, action, outcome, actor_kind, actor_id,
        subject_id, address, request_id, details)
      select ${month} * 100000000 + n,
        case when n % 10 < 8 then $1::uuid else ($2::uuid[])[1 + n % ${small.length}] end,
        $3::timestamptz + (n * ($4::timestamptz - $3::timestamptz) / ${count}), 1,
        (array['sign-in.identify', 'sign-in.password', 'sign-in.code', 'sign-in.complete', 'session.end'])[1 + n % 5],
        case when n % 5 = 1 and n % 40 = 1 then 'failure' when n % 5000 = 2 then 'refused' else 'success' end,
        case when n % 7 = 0 then 'account' else 'visitor' end,
        case when n % 7 = 0 then md5('person' || n % 50)::uuid end,
        case when n % 4 = 0 then md5('person0')::uuid else md5('person' || n % ${PEOPLE})::uuid end,
        case when n % 3 = 0 then '203.0.113.7'::inet else ('10.' || n % 200 || '.' || n % 251 || '.' || n % 241)::inet end,
        md5('request' || n / 4 || $3), '{"before": "identify", "next": "password"}'
      from generate_series(0, ${count - 1}) n`,
    [large, small as never, first, next],
  );
  await owner.unsafe(
    `alter table ${name} alter column id set not null;
     alter table audit_events attach partition ${name} for values from ('${first}') to ('${next}')`,
  );
  await owner.unsafe(`vacuum analyze ${name}`);
  process.stderr.write(`\r${month * count} events`);
}

async function organisationOf(slug: string): Promise<Operator> {
  await createOrganisation({ slug, name: slug, locale: 'fr', timeZone: 'America/Toronto' });
  return { kind: 'operator', organisation: (await findOrganisation(slug))! };
}

/** Milliseconds of processor that a process has taken so far; NaN where the system doesn't say. */
async function processorMs(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '');
  return Number(text.split(' ')[0] || Number.NaN) / 1e6;
}

async function measure(operator: Operator, query: AuditQuery, place: { older?: string }) {
  const times: number[] = [];
  let found = 0;
  // The pages before have warmed the connection up: its statements are planned anew for each filter.
  const [backend] = await pool().sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const before = await processorMs(backend!.pid);
  for (let run = 0; run < RUNS; run++) {
    const start = process.hrtime.bigint();
    found = (await listAudit(operator, query, place)).events.length;
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  const database = ((await processorMs(backend!.pid)) - before) / RUNS;
  times.sort((a, b) => a - b);
  return { median: times[RUNS >> 1]!, slowest: times.at(-1)!, found, database };
}

async function personOf(n: number): Promise<string> {
  const [row] = await owner<{ id: string }[]>`select md5(${`person${n}`})::uuid as id`;
  return row!.id;
}

try {
  const large = await organisationOf(SLUG);
  const small = await Promise.all([1, 2, 3, 4].map((n) => organisationOf(`petite-${n}`)));
  await owner`alter table audit_events no force row level security`;
  const started = Date.now();
  for (let month = 1; month <= MONTHS; month++) {
    await fillMonth(
      month,
      large.organisation.id,
      small.map(({ organisation }) => organisation.id),
    );
  }
  await owner`alter table audit_events force row level security`;
  await owner`analyze audit_events`;
  const [size] = await owner<{ bytes: string }[]>`
    select pg_size_pretty(sum(pg_total_relation_size(relid))) as bytes from pg_partition_tree('audit_events')`;
  process.stderr.write(`\r${EVENTS} events in ${Math.round((Date.now() - started) / 1000)} s, ${size!.bytes}\n`);

  const [middle] = await owner<{ id: string }[]>`
    select id::text from audit_events where organisation_id = ${large.organisation.id}
      and occurred_at > '2020-06-15' order by occurred_at limit 1`;
  const [request] = await owner<{ code: string }[]>`select md5('request' || 1000 || '2020-6-1') as code`;
  const busy = await personOf(0);
  const cases: [string, AuditQuery, { older?: string }?][] = [
    ['first page', {}],
    ['a page in the middle', {}, { older: middle!.id }],
    ['a month', { from: '2020-03-01', until: '2020-03-31' }],
    ['a group', { group: 'session' }],
    ['a group without events', { group: 'option', outcome: 'failure' }],
    ['an outcome', { outcome: 'refused' }],
    ['an outcome in the middle', { outcome: 'failure' }, { older: middle!.id }],
    ['an ordinary person', { person: await personOf(777) }],
    ['an ordinary person’s refusals', { person: await personOf(777), outcome: 'refused' }],
    ['a person with a quarter of all events', { person: busy }],
    ['their refusals', { person: busy, outcome: 'refused' }],
    ['their group without events', { person: busy, group: 'option' }],
    ['somebody unknown', { person: randomUUID() }],
    ['an address with a third of all events', { address: '203.0.113.7' }],
    [
      'its refusals in a month',
      { address: '203.0.113.7', outcome: 'refused', from: '2020-03-01', until: '2020-03-31' },
    ],
    ['a rare address', { address: '10.1.2.3' }],
    ['a support code', { code: request!.code }],
  ];
  console.log(
    `${'PAGE'.padEnd(44)}${'DATABASE ms'.padStart(12)}${'MEDIAN ms'.padStart(11)}${'SLOWEST ms'.padStart(12)}${'EVENTS'.padStart(8)}`,
  );
  for (const [name, query, place = {}] of cases) {
    const { median, slowest, found, database } = await measure(large, query, place);
    console.log(
      `${name.padEnd(44)}${database.toFixed(1).padStart(12)}${median.toFixed(1).padStart(11)}${slowest.toFixed(1).padStart(12)}${String(found).padStart(8)}`,
    );
  }
} finally {
  await Promise.all([owner.end({ timeout: 5 }), closePool()]);
}
