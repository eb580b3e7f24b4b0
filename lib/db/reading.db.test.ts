import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeOrganisation } from '@/e2e/fixtures/people';
import type { Organisation } from '@/lib/organisations/model';
import { Refusal } from '@/lib/refusals';
import { DatabaseUnavailable, sqlState } from './errors';
import type { OrganisationTransaction } from './in-organisation';
import { reading } from './reading';

const database = useDatabase();

let organisation: Organisation;
beforeAll(async () => {
  organisation = await makeOrganisation();
});

const somebody = (within = organisation) => ({ organisation: within });

/** Which transaction it is in, and whose rows it sees. */
async function which(transaction: OrganisationTransaction): Promise<{ transaction: string; organisation: string }> {
  const [row] = (await transaction.execute(
    sql`select pg_backend_pid() || ' ' || now() as transaction, current_organisation()::text as organisation`,
  )) as unknown as [{ transaction: string; organisation: string }];
  return row;
}

async function fail(transaction: OrganisationTransaction, state: string): Promise<never> {
  await transaction.execute(sql.raw(`do $$ begin raise exception 'no' using errcode = '${state}'; end $$`));
  throw new Error('It did not fail');
}

const stateOf = (work: Promise<unknown>) => work.then(() => 'kept', sqlState);

describe('reading', () => {
  test('FAST-2 what one actor reads at a time, and just after it, is read in one transaction', async () => {
    const actor = somebody();
    const [first, second, third] = await Promise.all([
      reading(actor, which),
      reading(actor, async (transaction) => (await which(transaction), which(transaction))),
      Promise.resolve().then(() => reading(actor, which)),
    ]);
    const next = await reading(actor, which);
    const drawn = [];
    for (let part = 0; part < 5; part += 1) {
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      drawn.push(await reading(actor, which));
    }
    expect(new Set([first, second, third, next, ...drawn].map(({ transaction }) => transaction)).size).toBe(1);
    expect(first.organisation).toBe(organisation.id);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await reading(actor, which)).transaction).not.toBe(first.transaction);
  });

  test('ACC-1 two actors never share a transaction, nor what it sees', async () => {
    const other = await makeOrganisation();
    const [here, there, again] = await Promise.all([
      reading(somebody(), which),
      reading(somebody(other), which),
      reading(somebody(), which),
    ]);
    expect([here, there, again].map((one) => one.organisation)).toEqual([organisation.id, other.id, organisation.id]);
    expect(new Set([here, there, again].map((one) => one.transaction)).size).toBe(3);
  });

  test('FAST-2 what only reads can change nothing', async () => {
    const changed = reading(somebody(), (transaction) =>
      transaction.execute(sql`update organisations set name = name`),
    );
    expect(await stateOf(changed)).toBe('25006');
  });

  test('SAFE-7 what is over before PostgreSQL answers gives its connection back once it has', async () => {
    const asleep = (transaction: OrganisationTransaction) => transaction.execute(sql`select pg_sleep(3.4)`);
    await expect(reading(somebody(), asleep)).rejects.toThrow(DatabaseUnavailable);
    await new Promise((resolve) => setTimeout(resolve, 900));
    const left = await database.owner`
      select query from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`;
    expect(left).toEqual([]);
  });

  test('FAST-2 a read that fails by itself fails alone', async () => {
    const actor = somebody();
    const [broken, read] = await Promise.allSettled([
      reading(actor, async (transaction) => {
        await which(transaction);
        throw new TypeError('A mistake of ours');
      }),
      reading(actor, async (transaction) => (await which(transaction), which(transaction))),
    ]);
    expect(broken).toMatchObject({ status: 'rejected', reason: { message: 'A mistake of ours' } });
    expect(read.status).toBe('fulfilled');
  });

  test('FAST-2 what one read refuses is told to it alone', async () => {
    const actor = somebody();
    const [refused, read] = await Promise.allSettled([
      reading(actor, async (transaction) => {
        await which(transaction);
        throw new Refusal('not-found');
      }),
      reading(actor, async (transaction) => (await which(transaction), which(transaction))),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'not-found' } });
    expect(read.status).toBe('fulfilled');
  });

  test('SAFE-7 where PostgreSQL fails one of them the unanswered ones fail too, and the next begins anew', async () => {
    const actor = somebody();
    const answered = await reading(actor, which);
    const [failed, behind] = await Promise.all([
      stateOf(reading(actor, (transaction) => fail(transaction, '22012'))),
      stateOf(reading(actor, async (transaction) => (await which(transaction).catch(() => {}), which(transaction)))),
    ]);
    expect(failed).toBe('22012');
    expect(behind).not.toBe('kept');
    const later = await reading(actor, which);
    expect(later.transaction).not.toBe(answered.transaction);
  });

  test('SCALE-1 what a distributed database undoes is read again, with all that was not answered yet', async () => {
    const actor = somebody();
    const tries = { failing: 0, beside: 0 };
    const [first, second] = await Promise.all([
      reading(actor, async (transaction) => {
        tries.failing += 1;
        return tries.failing < 3 ? fail(transaction, '40001') : which(transaction);
      }),
      reading(actor, async (transaction) => {
        tries.beside += 1;
        await which(transaction);
        return which(transaction);
      }),
    ]);
    expect(tries.failing).toBe(3);
    expect(tries.beside).toBeGreaterThan(1);
    expect(second.transaction).toBe(first.transaction);
  });
});
