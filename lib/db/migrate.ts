import path from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { installJobs } from '@/lib/jobs/queue';
import journal from '@/drizzle/migrations/meta/_journal.json';

const LOCK = 4_071_972;

/** The number of migrations that this version of the code knows. */
export const KNOWN_MIGRATIONS = journal.entries.length;

/**
 * Brings the database up to date, as the owner, once: others who start at the same time wait (SCALE-2).
 *
 * @param url of the owner, who needs CREATE on the database and CREATEROLE, but need not be a superuser
 * @param folder of the migrations; a path, so that the operator's command works from any directory
 */
export async function migrateDatabase(url: string, folder = path.resolve('drizzle/migrations')): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  try {
    await sql`select pg_advisory_lock(${LOCK})`;
    // First: migrations give the application its rights to these tables.
    await installJobs(sql);
    await migrate(drizzle(sql), { migrationsFolder: folder });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** How many migrations the database holds; -1 where it has never been migrated. Runs as the owner or as the application. */
export async function countAppliedMigrations(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ applied: number }[]>`select applied_migrations() as applied`;
  return row?.applied ?? -1;
}
