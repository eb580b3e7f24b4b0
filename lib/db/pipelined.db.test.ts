import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeOrganisation } from '@/e2e/fixtures/people';
import type { Organisation } from '@/lib/organisations/model';
import { sqlState } from './errors';
import { inOrganisation, type OrganisationTransaction } from './in-organisation';
import { pipelined } from './pipelined';

useDatabase();

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
