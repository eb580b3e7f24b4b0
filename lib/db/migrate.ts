import path from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import journal from '@/drizzle/migrations/meta/_journal.json';
import { installJobs } from '@/lib/jobs/queue';
import type { Client } from './connection';
import { APPLICATION_ROLE } from './pool';

const LOCK = 4_071_972;

/** The number of migrations that this version of the code knows. */
export const KNOWN_MIGRATIONS = journal.entries.length;

/**
 * Brings the database up to date, as the owner, once: others who start at the same time wait (SCALE-2).
 *
 * @param url of the owner, who needs CREATE on the database and CREATEROLE, but need not be a superuser
 * @param folder of the migrations; a path, so that the operator's command works from any directory
 * @returns how many migrations were run: none where others had brought it up to date
 */
export async function migrateDatabase(url: string, folder = path.resolve('drizzle/migrations')): Promise<number> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await sql`select pg_advisory_lock(${LOCK})`;
    // First: migrations give the application its rights to these tables.
    await installJobs(sql);
    const before = await countRecorded(sql);
    await migrate(drizzle(sql), { migrationsFolder: folder });
    return (await countRecorded(sql)) - before;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** As the owner, also of a database that was never migrated. */
async function countRecorded(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<
    { there: boolean }[]
  >`select to_regclass('drizzle.__drizzle_migrations') is not null as there`;
  if (row?.there !== true) return 0;
  const [count] = await sql<{ recorded: number }[]>`select count(*)::int as recorded from drizzle.__drizzle_migrations`;
  return count!.recorded;
}

/** Lets the application show all post of all organisations: for the demo's outbox page, and in no other database. */
export async function openDemoOutbox(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    // One seed at a time: PostgreSQL refuses two grants on one function at once.
    await sql.begin(async (transaction) => {
      await transaction`select pg_advisory_xact_lock(${LOCK})`;
      await transaction`grant execute on function demo_outbox(uuid) to ${transaction(APPLICATION_ROLE)}`;
    });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** How many migrations the database holds; -1 where it has never been migrated. Runs as the owner or as the application. */
export async function countAppliedMigrations(sql: Client): Promise<number> {
  const [row] = await sql<{ applied: number }[]>`select applied_migrations() as applied`;
  return row?.applied ?? -1;
}
