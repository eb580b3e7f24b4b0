import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeOrganisation } from '@/e2e/fixtures/people';
import type { Organisation } from '@/lib/organisations/model';
import { sqlState } from './errors';
import { inOrganisation, undone, type OrganisationTransaction } from './in-organisation';
import { lastly, pipelined } from './pipelined';
import { written } from './written';

const database = useDatabase();

let organisation: Organisation;

beforeAll(async () => {
  organisation = await makeOrganisation();
});

/** A statement with something to do before its failure reaches anybody, as a store function has. */
async function late<T>(statement: PromiseLike<T>): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    throw error;
  }
}

const lock = (transaction: OrganisationTransaction, key: number) =>
  transaction.execute(sql`select pg_advisory_xact_lock(${key})`);

describe('SAFE-7 statements that are sent together', () => {
  it('SAFE-7 leave in the order in which they stand, written here or built by drizzle', async () => {
    const [, , , last] = await inOrganisation({ organisation }, (transaction) => {
      const say = (text: string) =>
        sql`select set_config('app.said', current_setting('app.said', true) || ${text}, true)`;
      const sayWritten = (text: string) =>
        written(transaction)`select set_config('app.said', current_setting('app.said', true) || ${text}, true)`;
      const build = async (text: string) => transaction.execute(say(text));
      return pipelined([
        written(transaction)`select set_config('app.said', 'a', true)`,
        build('b'),
        sayWritten('c'),
        transaction.execute<{ said: string }>(sql`select current_setting('app.said') || 'd' as said`),
      ]);
    });
    expect(last[0]!.said).toBe('abcd');
  });

  it('SAFE-7 answer in the order in which they were given', async () => {
    const answers = await inOrganisation({ organisation }, (transaction) =>
      pipelined([transaction.execute<{ one: number }>(sql`select 1 as one`), null, Promise.resolve('two')]),
    );
    expect([answers[0][0]!.one, answers[1], answers[2]]).toEqual([1, null, 'two']);
  });

  it('SAFE-7 fail with the reason, whichever failure is heard of first', async () => {
    const failed = await inOrganisation({ organisation }, (transaction) =>
      pipelined([
        late(transaction.execute(sql`select 1 / 0`)),
        transaction.execute(sql`select 1`),
        transaction.execute(sql`select 2`),
      ]),
    ).catch((error: unknown) => error);
    expect(sqlState(failed)).toBe('22012');
  });

  it('SAFE-7 are tried again after a deadlock, and both who met in it come to their end', async () => {
    let [begun, waiting] = [0, 0];
    let bothHold = () => {};
    const met = new Promise<void>((resolve) => (bothHold = resolve));
    const act = (first: number, second: number) =>
      inOrganisation({ organisation }, async (transaction) => {
        begun += 1;
        await lock(transaction, first);
        if (++waiting === 2) bothHold();
        await met;
        await pipelined([late(lock(transaction, second)), transaction.execute(sql`select 1`)]);
        return second;
      });
    expect(await Promise.all([act(1, 2), act(2, 1)])).toEqual([2, 1]);
    expect(begun).toBe(3);
  });
});

describe('AUD-1 the last statements of a transaction', () => {
  const note = (transaction: OrganisationTransaction, text: string) =>
    written(transaction)`insert into notes values (${text})`;
  const kept = async () => (await database.owner<{ text: string }[]>`select text from notes`).map(({ text }) => text);
  const act = (work: (transaction: OrganisationTransaction) => Promise<unknown>) =>
    inOrganisation({ organisation }, work).then(
      () => 'kept',
      (error: Error) => sqlState(error) ?? error.message,
    );

  beforeEach(async () => {
    await database.owner.unsafe(`
      drop table if exists notes; create table notes (text text unique); grant all on notes to vestibule_app`);
  });

  it('AUD-1 leave with what keeps it: nobody waits between them', async () => {
    let before: unknown;
    const done = await act(async (transaction) => {
      await note(transaction, 'one');
      const [, seen] = await lastly(transaction, [
        note(transaction, 'two'),
        written(transaction)<{ slow: string }[]>`select 'yes' as slow from pg_sleep(0.3)`,
      ]);
      before = seen[0]!.slow;
      // Kept while the work is still under way.
      await expect.poll(kept).toEqual(['one', 'two']);
    });
    expect([done, before]).toEqual(['kept', 'yes']);
  });

  it('AUD-1 leave once, also those that drizzle builds', async () => {
    const build = (transaction: OrganisationTransaction) =>
      transaction.execute(sql`insert into counted default values`);
    await database.owner.unsafe(`
      drop table if exists counted; create table counted (n int default 1); grant all on counted to vestibule_app`);
    expect(await act((transaction) => lastly(transaction, [build(transaction)]))).toBe('kept');
    expect(await database.owner`select from counted`).toHaveLength(1);
  });

  it('AUD-1 are never those of a part that is to be undone', async () => {
    const done = await act((transaction) => undone(transaction, (inner) => lastly(inner, [note(inner, 'one')])));
    expect([done, await kept()]).toEqual(['Only a transaction is kept at once', []]);
  });

  it('AUD-1 stand and fall together, whichever of them PostgreSQL refuses', async () => {
    for (const texts of [
      ['one', 'two', 'two'],
      ['two', 'two', 'one'],
    ]) {
      const done = await act((transaction) =>
        lastly(
          transaction,
          texts.map((text) => note(transaction, text)),
        ),
      );
      expect([done, await kept()]).toEqual(['23505', []]);
    }
  });

  it('AUD-1 are not kept where one of them fails before it has left', async () => {
    const broken = async (): Promise<never> => {
      await Promise.resolve();
      throw new Error('nothing to send');
    };
    const done = await act((transaction) => lastly(transaction, [note(transaction, 'one'), broken()]));
    expect([done, await kept()]).toEqual(['nothing to send', []]);
  });

  it('AUD-1 are not kept once nobody waits for them', async () => {
    const done = await inOrganisation(
      { organisation },
      async (transaction) => {
        await written(transaction)`select pg_sleep(0.2)`;
        await lastly(transaction, [note(transaction, 'late')]);
      },
      { withinMs: 100 },
    ).catch((error: Error) => error.constructor.name);
    await wait(400);
    expect([done, await kept()]).toEqual(['DatabaseUnavailable', []]);
  });

  it('AUD-1 are the last: what would come after one of them is refused aloud', async () => {
    const late = async (transaction: OrganisationTransaction) => {
      await note(transaction, 'first');
      await note(transaction, 'second');
    };
    expect(await act((transaction) => lastly(transaction, [late(transaction)]))).toMatch('has ended');
    expect(await act(() => Promise.resolve())).toBe('kept');
  });
});
