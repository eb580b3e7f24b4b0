import PgBoss from 'pg-boss';
import type postgres from 'postgres';
import type { Client } from '@/lib/db/connection';
import { withDeadline } from '@/lib/db/deadline';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { pool } from '@/lib/db/pool';
import { clientOf } from '@/lib/db/written';

/**
 * Work that happens after a transaction has committed, kept by pg-boss in the same PostgreSQL: a job and the act that
 * asks for it commit together. pg-boss works over our connections, and so as the restricted role: it has no pool, no
 * timers and no handlers of its own here.
 */

const SCHEMA = 'pgboss';

/** Every queue: its name, and how long a job may be in one instance's hands before another may take it. */
export const QUEUES = {
  letters: { expireInSeconds: 90 },
} as const;

export type QueueName = keyof typeof QUEUES;

/** Jobs name rows by their ids, and hold nothing of anybody. */
export interface Job<T extends object = object> {
  readonly id: string;
  readonly data: T;
}

const bossOver = (db: PgBoss.Db) =>
  new PgBoss({
    db,
    schema: SCHEMA,
    migrate: false,
    supervise: false,
    schedule: false,
    archiveCompletedAfterSeconds: 3_600,
    deleteAfterHours: 24,
  } as PgBoss.ConstructorOptions);

/** A connection in pg-boss's words. */
function over(client: Pick<Client, 'unsafe'>): PgBoss.Db {
  return {
    async executeSql(text, values = []) {
      // Drizzle has taken over how its connections write JSON, and leaves text as it is; postgres.js knows no undefined.
      const written = values.map((value: unknown) =>
        typeof value === 'object' && value !== null && !Array.isArray(value) ? JSON.stringify(value) : (value ?? null),
      );
      const rows = await client.unsafe(text, written as never[]);
      return { rows: [...rows] };
    },
  };
}

/** The connections of the process. */
const shared: PgBoss.Db = {
  executeSql: (text, values) =>
    withDeadline(async () => {
      const { sql } = pool();
      // pg-boss's upkeep brings its own BEGIN and COMMIT. Inside ours its COMMIT would give the connection back to the pool,
      // and ours, which comes after it, would end the transaction of whoever got it next.
      const [, upkeep] = /^\s*BEGIN;(.*)COMMIT;\s*$/s.exec(text) ?? [];
      return upkeep === undefined
        ? over(sql).executeSql(text, values)
        : sql.begin((transaction) => over(transaction).executeSql(upkeep, values));
    }),
};

/** The connection that a transaction runs on. */
function within(transaction: OrganisationTransaction): PgBoss.Db {
  return over(clientOf(transaction));
}

let once: PgBoss | undefined;
const boss = (): PgBoss => (once ??= bossOver(shared));

/**
 * Asks for a piece of work, in the transaction of the act that it belongs to.
 *
 * @param options.key of two waiting jobs with one key, the second is left out
 */
export async function sendJob(
  transaction: OrganisationTransaction,
  queue: QueueName,
  data: object,
  { key, afterSeconds = 0 }: { key: string; afterSeconds?: number },
): Promise<void> {
  const options = { singletonKey: key, startAfter: afterSeconds, db: within(transaction) };
  await boss().send(queue, data, options as PgBoss.SendOptions);
}

/**
 * Takes up to `most` jobs that are due; no other instance gets them until they run out.
 *
 * @throws {DatabaseUnavailable} when PostgreSQL is away
 */
export async function takeJobs<T extends object>(queue: QueueName, most: number): Promise<Job<T>[]> {
  // pg-boss gives none where the question fails: a queue that can't be read would look like an empty one for ever.
  let failure: unknown;
  const db: PgBoss.Db = {
    executeSql: (text, values) =>
      shared.executeSql(text, values).catch((error: unknown) => {
        failure = error;
        throw error;
      }),
  };
  const jobs = await boss().fetch<T>(queue, { batchSize: most, db } as PgBoss.FetchOptions);
  if (failure !== undefined) throw failure;
  return jobs;
}

/** Settles a job, in the transaction of what it did. */
export async function settleJob(transaction: OrganisationTransaction, queue: QueueName, id: string): Promise<void> {
  await boss().complete(queue, id, {}, { db: within(transaction) } as PgBoss.ConnectionOptions);
}

/** Hands on what a lost instance had in its hands, and clears away what is long done. */
export async function maintainJobs(): Promise<void> {
  await boss().maintain();
}

/**
 * Makes pg-boss's tables and our queues, or brings them up to date; as their owner, from `migrateDatabase`. The restricted
 * role gets its rights to the tables in a migration, for it is made by one.
 */
export async function installJobs(owner: postgres.Sql): Promise<void> {
  const db = over(owner);
  const installer = new PgBoss({
    db,
    schema: SCHEMA,
    migrate: true,
    supervise: false,
    schedule: false,
  } as PgBoss.ConstructorOptions);
  await installer.start();
  for (const [name, { expireInSeconds }] of Object.entries(QUEUES)) {
    // « short »: one waiting job for each key. A job that ran out is tried again as often as it takes; what it works on
    // says when that is enough. Nothing that waits is thrown away within a year.
    const settings = {
      name,
      policy: 'short',
      retryLimit: 1_000,
      expireInSeconds,
      retentionMinutes: 60 * 24 * 365,
    } as const;
    await installer.createQueue(name, settings);
    await installer.updateQueue(name, settings);
  }
  await installer.stop({ graceful: false });
}
