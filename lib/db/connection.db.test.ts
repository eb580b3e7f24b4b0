import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import type { Client } from './connection';
import { sqlState } from './errors';
import { openPool, type Pool } from './pool';

const database = useDatabase();
const SIZE = 3;

let pool: Pool;
/** What nobody could catch, and what nobody awaited. */
const escaped: unknown[] = [];
const escape = (error: unknown) => escaped.push(error);

beforeAll(async () => {
  await database.owner.unsafe('create table notes (text text not null unique); grant all on notes to vestibule_app');
});
beforeEach(() => {
  escaped.length = 0;
  process.on('uncaughtException', escape).on('unhandledRejection', escape);
  pool = openPool(database.url, SIZE);
});
afterEach(async () => {
  await pool.end(5);
  await wait(20);
  process.off('uncaughtException', escape).off('unhandledRejection', escape);
  expect(escaped).toEqual([]);
});

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  );
const pidOf = async (client: Client) => (await client<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]!.pid;
const kill = (pid: number) => database.owner`select pg_terminate_backend(${pid}::int, 2000)`.execute();
const keep = (client: Client, text: string) => client`insert into notes values (${text})`;
const kept = async () => (await database.owner<{ text: string }[]>`select text from notes`).map(({ text }) => text);
const sessions = async () =>
  (
    await database.owner`select from pg_stat_activity where application_name = 'vestibule' and datname = current_database()`
  ).length;

/** More than the pool is wide, all at once: none hangs, none fails. */
async function expectWell() {
  const answers = await Promise.all(
    Array.from({ length: 4 * SIZE }, (_, n) =>
      n % 2 === 0
        ? pool.sql<{ n: number }[]>`select ${n}::int as n from pg_sleep(0.01)`
        : pool.sql.begin((client) => client<{ n: number }[]>`select ${n}::int as n`),
    ),
  );
  expect(answers.map(([row]) => row!.n)).toEqual(answers.map((_, n) => n));
}

const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** Stands between the pool and PostgreSQL, and breaks off, or falls silent, as a network does. */
async function network() {
  const { hostname, port } = new URL(database.url);
  const open = new Set<net.Socket>();
  let silent = false;
  let ending = false;
  const server = net.createServer((near) => {
    const far = net.connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (piece: Buffer) => {
        if (!silent) to.write(piece);
        // ReadyForQuery, idle: the last that PostgreSQL says before it is asked anything.
        if (ending && from === far && piece.subarray(-6).equals(READY)) near.end();
      });
      from.on('close', () => to.destroy()).on('error', () => {});
    }
    open.add(near.on('close', () => open.delete(near)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(database.url);
  url.port = String((server.address() as net.AddressInfo).port);
  return {
    url: url.href,
    reset: () => open.forEach((socket) => socket.resetAndDestroy()),
    endWhenReady: (now: boolean) => (ending = now),
    fallSilent: (quiet: boolean) => (silent = quiet),
    close: () => (open.forEach((socket) => socket.destroy()), server.close()),
  };
}

describe('SAFE-7 a connection that ends', () => {
  it('SAFE-7 while an answer is awaited, in every connection and again and again, leaves a pool that serves', async () => {
    for (let round = 0; round < 3; round += 1) {
      const ends = await Promise.all(
        Array.from({ length: SIZE }, (_, n) =>
          codeOf(
            pool.sql.begin(async (client) => {
              await keep(client, `awaited ${round} ${n}`);
              const pid = await pidOf(client);
              setTimeout(() => void kill(pid), 50);
              await client`select pg_sleep(2)`;
            }),
          ),
        ),
      );
      expect(ends.filter((end) => !['CONNECTION_CLOSED', '57P01'].includes(end))).toEqual([]);
      await expectWell();
      expect(await sessions()).toBe(SIZE);
    }
    expect(await kept()).toEqual([]);
  });

  it('SAFE-7 while the work does something else, is heard of at the next statement; none runs by itself later', async () => {
    const end = await codeOf(
      pool.sql.begin(async (client) => {
        await kill(await pidOf(client));
        await wait(50);
        await Promise.allSettled([keep(client, 'one'), keep(client, 'two')]);
        await wait(100);
        await keep(client, 'three').catch(() => {});
      }),
    );
    expect(end).not.toBe('done');
    await expectWell();
    expect(await kept()).toEqual([]);
  });

  it('SAFE-7 between two uses is replaced before anybody notices', async () => {
    await expectWell();
    const pids = await database.owner<{ pid: number }[]>`
      select pid from pg_stat_activity where application_name = 'vestibule' and datname = current_database()`;
    await Promise.all(pids.map(({ pid }) => kill(pid)));
    await wait(50);
    await expectWell();
  });

  it('SAFE-7 with statements that had not left, opens none in its place', async () => {
    await pool.sql
      .begin(async (client) => {
        const pid = await pidOf(client);
        // The first is asked about before it runs, and the others wait behind it.
        const all = [client`select ${'a'}::text, pg_sleep(0.5)`, keep(client, 'b'), keep(client, 'c')];
        setTimeout(() => void kill(pid), 100);
        await Promise.allSettled(all);
      })
      .catch(() => {});
    await wait(300);
    expect(await sessions()).toBe(0);
    await expectWell();
    expect(await kept()).toEqual([]);
  });

  it('SAFE-7 as soon as it is open, or while it is sought, leaves nothing behind', async () => {
    const between = await network();
    await pool.end(5);
    pool = openPool(between.url, SIZE);
    between.endWhenReady(true);
    const ends = await Promise.all(
      Array.from({ length: SIZE }, (_, n) =>
        codeOf(n === 0 ? pool.sql`select 1` : pool.sql.begin((client) => keep(client, `ready ${n}`))),
      ),
    );
    expect(ends).toEqual(ends.map(() => 'CONNECTION_CLOSED'));
    between.endWhenReady(false);
    await expectWell();
    await pool.end(5);
    // Its name is looked up first, which takes a moment.
    const named = new URL(database.url);
    named.hostname = 'localhost';
    for (let round = 0; round < 40; round += 1) {
      pool = openPool(named.href, SIZE);
      const going = [codeOf(pool.sql`select 1`), codeOf(pool.sql.begin((client) => client`select 1`))];
      for (let turn = 0; turn < round; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await pool.end(0);
      await Promise.all(going);
    }
    await wait(300);
    expect(await sessions()).toBe(0);
    expect(await kept()).toEqual([]);
    between.close();
  });

  it('SAFE-7 is also one that was to send what can’t be sent, behind what was sent', async () => {
    const asked = performance.now();
    for (let round = 0; round < SIZE; round += 1) {
      const end = await codeOf(
        pool.sql.begin((client) => Promise.all([client`select pg_sleep(0.1)`, client`select ${undefined as never}`])),
      );
      expect(end).toBe('UNDEFINED_VALUE');
    }
    await expectWell();
    expect(performance.now() - asked).toBeLessThan(2_000);
  });

  it('SAFE-7 by a reset of the network leaves a pool that serves', async () => {
    const between = await network();
    await pool.end(5);
    pool = openPool(between.url, SIZE);
    for (let round = 0; round < 3; round += 1) {
      const ends = Array.from({ length: SIZE }, () => codeOf(pool.sql.begin((client) => client`select pg_sleep(2)`)));
      await wait(150);
      between.reset();
      expect((await Promise.all(ends)).filter((end) => end === 'done')).toEqual([]);
      await expectWell();
    }
    between.close();
  });

  it('SAFE-7 without a word is given up after a while, and the next ones find the way again', async () => {
    const between = await network();
    await pool.end(5);
    pool = openPool(between.url, SIZE, { silenceMs: 400 });
    await expectWell();
    between.fallSilent(true);
    const asked = performance.now();
    const ends = await Promise.all([
      codeOf(pool.sql`select 1`),
      codeOf(pool.sql.begin((client) => keep(client, 'silence'))),
      codeOf(pool.transaction((transaction) => transaction.execute(sql`select 1`))),
    ]);
    expect(ends.filter((end) => end === 'done')).toEqual([]);
    expect(performance.now() - asked).toBeLessThan(3_000);
    between.fallSilent(false);
    await expectWell();
    const slow = await codeOf(
      pool.transaction((transaction) => transaction.execute(sql`select pg_sleep(1.5)`), { silenceMs: 5_000 }),
    );
    expect(slow, 'one that may take its time').toBe('done');
    between.close();
  });

  it('SAFE-7 is never made where nobody listens: each who asks is told, and asks nobody to try without end', async () => {
    let met = 0;
    const closing = net.createServer((socket) => void ((met += 1), socket.end()));
    await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
    const url = new URL(database.url);
    url.port = String((closing.address() as net.AddressInfo).port);
    await pool.end(5);
    pool = openPool(url.href, SIZE);
    const ends = await Promise.all(Array.from({ length: 6 }, () => codeOf(pool.sql`select 1`)));
    expect(ends.filter((end) => end === 'done')).toEqual([]);
    expect(met).toBeLessThanOrEqual(6);
    closing.close();
    const refused = await Promise.all(
      Array.from({ length: 6 }, () => codeOf(pool.sql.begin((client) => keep(client, 'x')))),
    );
    expect(refused.filter((end) => end === 'done')).toEqual([]);
  });
});

describe('SAFE-5 what is kept in an array', () => {
  it('SAFE-5 comes back as it was given, whatever is in it', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }).filter((given) => !given.includes('\0') && !/\p{Surrogate}/u.test(given)),
      fc.string({ unit: fc.constantFrom('\\', '"', '{', '}', ',', ' ', 'a', 'é', '\n', "'") }),
      fc.constantFrom('', 'null', 'NULL', 'CORP\\Staff'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 6 }), async (list) => {
        const [row] = await pool.sql<{ list: string[]; seen: string[] }[]>`
          select x as list, to_json(x) as seen from (select ${list as never}::text[] as x) given`;
        expect(row).toEqual({ list, seen: list });
      }),
      { numRuns: 200 },
    );
  });

  it('SAFE-5 ids and what is missing too', async () => {
    const ids = [crypto.randomUUID(), crypto.randomUUID()];
    expect(
      await pool.sql`select ${ids as never}::uuid[] as ids, array['a', null, 'NULL'] as gaps, '{}'::text[] as none`,
    ).toEqual([{ ids, gaps: ['a', null, 'NULL'], none: [] }]);
  });
});

describe('SAFE-7 a transaction', () => {
  it('SAFE-7 is kept whole, or not at all, even where its work goes on after a failure', async () => {
    expect(await codeOf(pool.sql.begin((client) => keep(client, 'whole')))).toBe('done');
    const swallowing = pool.sql.begin(async (client) => {
      await keep(client, 'half');
      await client`select 1 / 0`.catch(() => {});
      await keep(client, 'more').catch(() => {});
    });
    expect(await codeOf(swallowing)).toBe('22012');
    const hearingOfTheNext = pool.sql.begin(async (client) => {
      await Promise.allSettled([client`select 1 / 0`]);
      await keep(client, 'more');
    });
    expect(await codeOf(hearingOfTheNext)).toBe('22012');
    const unawaited = pool.sql.begin(async (client) => {
      await keep(client, 'again');
      void keep(client, 'whole').catch(() => {});
    });
    expect(await codeOf(unawaited)).toBe('23505');
    const thrown = pool.sql.begin(async (client) => {
      await keep(client, 'thrown');
      throw Object.assign(new Error('changed my mind'), { code: 'mine' });
    });
    expect(await codeOf(thrown)).toBe('mine');
    expect(await kept()).toEqual(['whole']);
    await database.owner`truncate notes`;
  });

  it('SAFE-7 that is the first of its connection keeps the order of its statements', async () => {
    const work = pool.sql.begin(async (client) => {
      const first = client`select 1`;
      const others = [
        client`select pg_sleep(0.1)`,
        client`insert into notes values ('third')`,
        client`insert into notes values ('fourth')`,
      ];
      others.forEach((other) => void other.catch(() => {}));
      await first;
      throw Object.assign(new Error('changed my mind'), { code: 'mine' });
    });
    expect(await codeOf(work)).toBe('mine');
    await wait(100);
    expect(await kept()).toEqual([]);
  });

  it('SAFE-7 takes nothing once it has ended: what comes late is in nobody else’s', async () => {
    const late: Promise<string>[] = [];
    const first = pool.sql.begin(async (client) => {
      late.push(wait(100).then(() => codeOf(Promise.resolve().then(() => keep(client, 'late')))));
      await Promise.all([client`select 1 / 0`, wait(20).then(() => keep(client, 'behind'))]);
    });
    expect(await codeOf(first)).toBe('22012');
    const others = Array.from({ length: SIZE }, () => pool.sql.begin((client) => client`select pg_sleep(0.2)`));
    await Promise.all([...late, ...others]);
    expect(await late[0]).toMatch(/has ended/);
    expect(await kept()).toEqual([]);
  });

  it('SAFE-7 goes on after a part of it was undone', async () => {
    const undo = new Error('undone');
    await pool.transaction(async (transaction) => {
      await transaction.execute(sql`insert into notes values ('outer')`);
      for (const failing of [false, true]) {
        const end = await transaction
          .transaction(async (inner) => {
            await inner.execute(sql`insert into notes values ('inner')`);
            if (failing) await inner.execute(sql`insert into notes values ('outer')`);
            throw undo;
          })
          .catch((error: unknown) => error);
        expect(end === undo).toBe(!failing);
      }
      await transaction.transaction((inner) => inner.execute(sql`insert into notes values ('second')`));
    });
    expect(await kept()).toEqual(['outer', 'second']);
    await database.owner`truncate notes`;
  });

  it('SAFE-7 goes on after a part of it that swallowed a failure and could not be kept', async () => {
    await pool.transaction(async (transaction) => {
      await transaction.execute(sql`insert into notes values ('outer')`);
      const end = await transaction
        .transaction((inner) => inner.execute(sql`select 1 / 0`).catch(() => 'swallowed'))
        .catch((error: unknown) => sqlState(error));
      expect(end).toBe('22012');
      await transaction.execute(sql`insert into notes values ('second')`);
    });
    expect(await kept()).toEqual(['outer', 'second']);
    await database.owner`truncate notes`;
  });

  it('SAFE-7 asks for no round trip of its own to begin', async () => {
    const sent: string[] = [];
    await pool.end(5);
    pool = openPool(database.url, 1, { debug: (_connection, query) => sent.push(query) });
    await pool.sql`select 1`;
    sent.length = 0;
    const work = pool.sql.begin((client) => client`select 1`);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    expect(sent).toEqual(['begin', 'select 1']);
    await work;
    expect(sent).toEqual(['begin', 'select 1', 'commit']);
  });

  it('SAFE-7 that is under way when the pool ends is waited for, and nobody’s connection stays', async () => {
    const slow = pool.sql.begin((client) => client`select pg_sleep(0.3)`);
    await wait(100);
    await pool.end(5);
    expect(await codeOf(slow)).toBe('done');
    await wait(100);
    expect(await sessions()).toBe(0);
  });
});
