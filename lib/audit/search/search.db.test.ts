import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { makeOrganisation, makePerson, operatorOf, refusalOf, type Person } from '@/e2e/fixtures/people';
import { closePool, openPool, pool } from '@/lib/db/pool';
import type { Organisation } from '@/lib/organisations/model';
import { exportAudit } from '../export/service';
import type { AuditPage } from './model';
import { findAuditEvent, listAudit } from './service';

const database = useDatabase();

let organisation: Organisation;
let other: Organisation;
let lea: Person;
let marc: Person;

/** Puts events in, one minute after another from a moment on, as the owner: an organisation of a year is not lived through. */
async function plant(
  organisationId: string,
  count: number,
  columns: {
    action?: string;
    outcome?: string;
    actorId?: string;
    subjectId?: string;
    address?: string;
    requestId?: string;
    from?: string;
    every?: string;
    details?: object;
  } = {},
): Promise<void> {
  const { action = 'sign-in.complete', outcome = 'success', actorId, subjectId = actorId } = columns;
  await database.owner`
    insert into audit_events (organisation_id, occurred_at, action, outcome, actor_kind, actor_id, subject_id, address,
      request_id, details)
    select ${organisationId}, ${columns.from ?? '2026-03-01T12:00:00Z'}::timestamptz + n * ${columns.every ?? '1 minute'}::interval,
      ${action}, ${outcome}, ${actorId === undefined ? 'visitor' : 'account'}, ${actorId ?? null}, ${subjectId ?? null},
      ${columns.address ?? null}::inet, ${columns.requestId ?? null}, ${JSON.stringify(columns.details ?? {})}::text::jsonb
    from generate_series(0, ${count - 1}::int) n`;
}

/** Walks the whole list by its links. */
async function walk(read: (place: { older?: string; newer?: string }) => Promise<AuditPage>): Promise<AuditPage[]> {
  const pages = [await read({})];
  while (pages.at(-1)!.older !== null && pages.length < 100) pages.push(await read({ older: pages.at(-1)!.older! }));
  return pages;
}

beforeAll(async () => {
  organisation = await makeOrganisation();
  other = await makeOrganisation();
  lea = await makePerson(organisation, { firstName: 'Léa', lastName: 'Roy' });
  marc = await makePerson(organisation, { firstName: 'Marc', lastName: 'Gagnon' });
  await plant(organisation.id, 120, { subjectId: lea.id, address: '203.0.113.7' });
  await plant(organisation.id, 30, { actorId: marc.id, subjectId: lea.id, action: 'mfa.reset' });
  await plant(organisation.id, 7, {
    actorId: marc.id,
    outcome: 'refused',
    action: 'session.prove',
    address: '2001:db8::7',
  });
  await plant(other.id, 60, { subjectId: lea.id, address: '203.0.113.7' });
});

const asOperator = (query: Parameters<typeof listAudit>[1]) => (place: { older?: string; newer?: string }) =>
  listAudit(operatorOf(organisation), query, place);

describe('AUD-2 the list', () => {
  it('AUD-2 shows everything once, newest first, in both directions', async () => {
    const pages = await walk(asOperator({}));
    const ids = pages.flatMap(({ events }) => events.map(({ id }) => id));
    const [row] =
      await database.owner`select count(*)::int as n from audit_events where organisation_id = ${organisation.id}`;
    expect(ids).toHaveLength(row!['n'] as number);
    expect(new Set(ids).size).toBe(ids.length);
    const times = pages.flatMap(({ events }) => events.map(({ at }) => at));
    expect(times).toEqual(times.toSorted().reverse());

    expect(pages[0]!.newer).toBeNull();
    let page = pages.at(-1)!;
    const back = [page];
    while (page.newer !== null) back.push((page = await asOperator({})({ newer: page.newer })));
    expect(new Set(back.flatMap(({ events }) => events.map(({ id }) => id))).size).toBe(ids.length);
    expect(page.events.map(({ id }) => id)).toEqual(pages[0]!.events.map(({ id }) => id));
  });

  it.each([
    ['a person, by e-mail', () => ({ person: lea.email }), 120 + 30 + 1],
    ['a person, by username', () => ({ person: marc.username }), 30 + 7 + 1],
    ['a person, by id', () => ({ person: lea.id.toUpperCase() }), 120 + 30 + 1],
    ['a person’s refusals', () => ({ person: marc.email, outcome: 'refused' as const }), 7],
    ['a person’s group', () => ({ person: lea.email, group: 'mfa' as const }), 30],
    ['a person at an address', () => ({ person: lea.email, address: '203.0.113.7' }), 120],
    ['an address', () => ({ address: '2001:db8::7' }), 7],
    ['an address and an outcome', () => ({ address: '2001:db8::7', outcome: 'success' as const }), 0],
    ['a group', () => ({ group: 'mfa' as const }), 30],
    ['a group and an outcome', () => ({ group: 'session' as const, outcome: 'refused' as const }), 7],
    ['an outcome', () => ({ outcome: 'refused' as const }), 7],
    ['days', () => ({ from: '2026-03-01', until: '2026-03-01', group: 'sign-in' as const }), 120],
    ['other days', () => ({ from: '2026-03-02', until: '2026-03-31' }), 0],
  ])('AUD-2 finds by %s, all of it and nothing else', async (_, query, expected) => {
    const found = (await walk(asOperator(query()))).flatMap(({ events }) => events);
    expect(found).toHaveLength(expected);
    expect(new Set(found.map(({ id }) => id)).size).toBe(expected);
  });

  it('AUD-2 counts days in the time zone of the organisation, or of the reader', async () => {
    const late = await makeOrganisation();
    // 23:30 in Toronto on the 10th is the 11th in UTC.
    await plant(late.id, 1, { from: '2026-03-11T03:30:00Z' });
    const on = async (day: string) => (await listAudit(operatorOf(late), { from: day, until: day }, {})).events.length;
    expect([await on('2026-03-10'), await on('2026-03-11')]).toEqual([1, 0]);
  });

  it('AUD-2 finds by the support code, and by nothing of another organisation', async () => {
    const [mine, theirs] = [randomUUID(), randomUUID()];
    await plant(organisation.id, 2, { requestId: mine, from: '2026-02-01T12:00:00Z' });
    await plant(other.id, 2, { requestId: theirs });
    expect((await asOperator({ code: mine })({})).events).toHaveLength(2);
    expect((await asOperator({ code: theirs })({})).events).toHaveLength(0);
  });

  it('AUD-1 names people as they are called today; whose account is erased keeps its id', async () => {
    const page = await asOperator({ group: 'mfa' })({});
    expect(page.events[0]).toMatchObject({
      actor: { kind: 'account', id: marc.id, name: 'Marc Gagnon' },
      subject: { kind: 'account', id: lea.id, name: 'Léa Roy' },
    });
    const gone = randomUUID();
    await plant(organisation.id, 1, { actorId: gone, from: '2026-02-02T12:00:00Z' });
    const found = await asOperator({ person: gone })({});
    expect(found.person).toEqual({ kind: 'account', id: gone, name: null });
    expect(found.events[0]!.actor).toEqual({ kind: 'account', id: gone, name: null });
  });

  it('AUD-2 says that nobody has an e-mail, and knows nobody of another organisation', async () => {
    const stranger = await makePerson(other);
    for (const person of ['nobody@erables.test', stranger.email]) {
      expect(await asOperator({ person })({})).toMatchObject({ events: [], person: null, older: null, newer: null });
    }
    // By an id there is nothing to be known but what stands here under it.
    expect((await asOperator({ person: stranger.id })({})).events).toEqual([]);
  });

  it('AUD-2 begins at the beginning where the place in the address is another organisation’s, or gone', async () => {
    const [foreign] = await database.owner`select id from audit_events where organisation_id = ${other.id} limit 1`;
    const first = await asOperator({})({});
    for (const id of [String(foreign!['id']), '999999999999']) {
      expect((await asOperator({})({ older: id })).events).toEqual(first.events);
      expect((await asOperator({})({ newer: id })).events).toEqual(first.events);
    }
  });

  it('AUD-2 looks a busy person’s events through in portions, says how far, and misses nothing', async () => {
    const busy = await makeOrganisation();
    const person = await makePerson(busy);
    const robot = randomUUID();
    await plant(busy.id, 25_000, { subjectId: person.id, from: '2026-04-01T00:00:00Z', every: '1 second' });
    await plant(busy.id, 3, { subjectId: person.id, outcome: 'failure', from: '2026-03-01T00:00:00Z' });
    await plant(busy.id, 2, { actorId: person.id, subjectId: robot, outcome: 'failure', from: '2026-03-15T00:00:00Z' });
    const read = (place: { older?: string }) =>
      listAudit(operatorOf(busy), { person: person.id, outcome: 'failure' }, place);
    const first = await read({});
    // The 20,000th, counted with the account's own creation. Their act on somebody else stands behind what was looked through of what was done to them: it is not shown yet.
    expect(first.events).toEqual([]);
    expect(first.lookedUntil).toBe('2026-04-01T01:23:21.000000Z');
    const second = await read({ older: first.older! });
    expect(second.events).toHaveLength(5);
    expect(second.lookedUntil).toBeNull();
  });
});

describe('AUD-2 one event', () => {
  it('AUD-2 ACC-6 is found by its number, in one’s own organisation only', async () => {
    const { events } = await asOperator({ group: 'mfa' })({});
    expect(await findAuditEvent(operatorOf(organisation), events[0]!.id)).toEqual(events[0]);
    expect(await findAuditEvent(operatorOf(other), events[0]!.id)).toBeNull();
    expect(await findAuditEvent(operatorOf(organisation), '999999999999')).toBeNull();
  });
});

describe('AUD-2 who may read', () => {
  it('ACC-4 an auditor and an administrator; an account manager, a person without a role and their export are refused', async () => {
    const allowed = async (role: Parameters<typeof signedInPerson>[1]) => {
      const { actor } = await signedInPerson(organisation, role);
      return Promise.all([
        refusalOf(listAudit(actor, {}, {})),
        refusalOf(findAuditEvent(actor, '1')),
        refusalOf(exportAudit(actor, {}, 'csv')),
      ]);
    };
    expect(await allowed('auditor')).toEqual(['done', 'done', 'done']);
    expect(await allowed('administrator')).toEqual(['done', 'done', 'done']);
    const refused = ['permission.missing', 'permission.missing', 'permission.missing'];
    expect(await allowed('account-manager')).toEqual(refused);
    expect(await allowed(null)).toEqual(refused);
  });
});

describe('AUD-2 the export', () => {
  const textOf = async (portions: AsyncGenerator<string>) => {
    let text = '';
    for await (const portion of portions) text += portion;
    return text;
  };

  it('AUD-2 gives every event once to an independent reader of CSV, 50,000 of them in bounded memory', async () => {
    const large = await makeOrganisation();
    const person = await makePerson(large, { firstName: '=1+1', lastName: '"Été", 冬' });
    await plant(large.id, 50_000, { actorId: person.id, address: '203.0.113.7', every: '1 second' });
    const { portions, fileName, mediaType } = await exportAudit(
      operatorOf(large),
      { from: '2026-02-01', until: '2026-04-30' },
      'csv',
    );
    expect(fileName).toBe(`journal-${large.slug}-2026-02-01-2026-04-30.csv`);
    expect(mediaType).toBe('text/csv; charset=utf-8');
    let largest = 0;
    const measured = (async function* () {
      for await (const portion of portions) {
        largest = Math.max(largest, portion.length);
        yield portion;
      }
    })();
    const seen = new Set<string>();
    let last = '9999';
    for await (const row of Readable.from(measured).pipe(parse({ bom: true, columns: true }))) {
      const { id, occurred_at: at, actor_name: name, subject_id: subject, address } = row as Record<string, string>;
      expect([name, subject, address]).toEqual([`'=1+1 "Été", 冬`, person.id, '203.0.113.7']);
      expect(at! <= last).toBe(true);
      last = at!;
      seen.add(id!);
    }
    expect(seen.size).toBe(50_000);
    // What is in memory at once is a portion, however long the file.
    expect(largest).toBeLessThan(600_000);
    const [event] = await database.owner`
      select actor_kind, details from audit_events where organisation_id = ${large.id} and action = 'audit.export'`;
    expect(event).toEqual({
      actor_kind: 'operator',
      details: { format: 'csv', filters: ['from', 'until'], from: '2026-02-01', until: '2026-04-30' },
    });
  });

  it('AUD-2 gives one JSON object on a line, with what was written, and only what the search finds', async () => {
    const small = await makeOrganisation();
    await plant(small.id, 3, { action: 'option.change', details: { key: 'a', before: '\n', after: { b: [1] } } });
    await plant(small.id, 5, { outcome: 'failure' });
    const { portions } = await exportAudit(operatorOf(small), { group: 'option' }, 'jsonl');
    const lines = (await textOf(portions))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatchObject({
      action: 'option.change',
      actor_kind: 'visitor',
      occurred_at: '2026-03-01T12:02:00.000000Z',
      details: { key: 'a', before: '\n', after: { b: [1] } },
    });
  });

  it('AUD-2 ends where nobody asks for more, and holds no transaction open meanwhile', async () => {
    const { portions } = await exportAudit(operatorOf(organisation), {}, 'jsonl');
    await portions.next();
    const [row] = await database.owner`
      select count(*)::int as n from pg_stat_activity
      where datname = current_database() and state like 'idle in transaction%'`;
    expect(row!['n']).toBe(0);
    await portions.return();
    expect(await portions.next()).toEqual({ value: undefined, done: true });
  });

  it('AUD-2 finds nothing for somebody who is not here, and still is a file', async () => {
    const { portions } = await exportAudit(operatorOf(organisation), { person: 'nobody@erables.test' }, 'csv');
    expect((await textOf(portions)).split('\r\n')).toHaveLength(2);
  });
});

describe('AUD-2 the plans', () => {
  it('AUD-2 every kind of page is read off an index, behind the wall, whatever PostgreSQL guesses', async () => {
    await plant(organisation.id, 3_000, { subjectId: lea.id, address: '203.0.113.7', every: '1 second' });
    await database.owner`analyze audit_events`;
    const statements = await statementsOf(async () => {
      for (const query of [
        {},
        { group: 'sign-in' as const },
        { outcome: 'refused' as const },
        { person: lea.id },
        { person: lea.id, outcome: 'refused' as const },
        { address: '203.0.113.7', group: 'mfa' as const },
        { code: randomUUID() },
        { from: '2026-03-01', until: '2026-03-02' },
      ]) {
        await listAudit(operatorOf(organisation), query, {});
      }
    });
    expect(statements.length).toBeGreaterThanOrEqual(8);
    const plans = statements.map(({ plan }) => plan).join('\n');
    for (const column of ['occurred_at', 'subject_id', 'actor_id', 'action', 'outcome', 'address', 'request_id']) {
      expect(plans).toMatch(new RegExp(`Index Cond: .*\\b${column} `));
    }
    for (const { query, plan } of statements) {
      expect({ query, scans: [...plan.matchAll(/(Seq Scan|Bitmap)[^\n]*audit_events[^\n]*/g)].map(String) }).toEqual({
        query,
        scans: [],
      });
    }
  });

  /** What is asked of the events during some work, each with the plan that the application's role gets for it. */
  async function statementsOf(work: () => Promise<void>): Promise<{ query: string; plan: string }[]> {
    const seen: { query: string; parameters: unknown[] }[] = [];
    await closePool();
    const listening = openPool(database.url, 2, {
      debug: (_connection, query, parameters) => {
        if (query.includes('audit_events') && query.includes('select')) seen.push({ query, parameters });
      },
    });
    Object.assign(globalThis, { vestibulePool: listening });
    await work();
    await closePool();
    return pool().sql.begin(async (transaction) => {
      await transaction`select set_config('app.organisation_id', ${organisation.id}, true),
        set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
        set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`;
      const plans = [];
      for (const { query, parameters } of seen) {
        const rows = await transaction.unsafe(`explain ${query}`, parameters as never[]);
        plans.push({ query, plan: rows.map((row) => row['QUERY PLAN'] as string).join('\n') });
      }
      return plans;
    });
  }
});
