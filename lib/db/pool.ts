import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { databaseUrl, setting } from '@/lib/config';

/** The role that the application works under: it owns nothing, so row-level security binds it. */
export const APPLICATION_ROLE = 'vestibule_app';

export interface Pool {
  readonly sql: postgres.Sql;
  readonly orm: PostgresJsDatabase;
}

/**
 * Opens connections as the restricted role. Time-outs of the server itself stand behind our own deadline
 * (`lib/db/deadline.ts`), so that a forgotten query can't hold a connection.
 */
export function openPool(url: string, size: number): Pool {
  const sql = postgres(url, {
    max: size,
    connect_timeout: 3,
    idle_timeout: 0,
    max_lifetime: 60 * 30,
    // postgres.js hammers a server that closes during start-up: from 50 ms to 1 s between tries.
    backoff: (attempt) => Math.min(0.05 * 2 ** attempt, 1),
    onnotice: () => {},
    connection: {
      application_name: 'vestibule',
      role: APPLICATION_ROLE,
      statement_timeout: 5_000,
      lock_timeout: 2_500,
      idle_in_transaction_session_timeout: 10_000,
    } as postgres.ConnectionParameters & { role: string },
  });
  return { sql, orm: drizzle(preparing(sql)) };
}

/**
 * Drizzle sends every query of its builder unprepared: PostgreSQL parses and plans it anew, and asks back for the types
 * of its parameters first. Prepared, a sign-in costs half the round trips.
 */
function preparing<S extends postgres.Sql | postgres.TransactionSql>(client: S): S {
  return new Proxy(client, {
    get(target, key) {
      if (key === 'unsafe') {
        return (query: string, parameters?: never[]) => target.unsafe(query, parameters, { prepare: true });
      }
      if (key === 'begin') {
        return (work: (transaction: postgres.TransactionSql) => Promise<unknown>) =>
          (target as postgres.Sql).begin((transaction) => work(preparing(transaction)));
      }
      return Reflect.get(target, key) as unknown;
    },
  });
}

// The proxy, the pages and the server are bundled apart but live in one process: one pool for all of them.
const shared = globalThis as { vestibulePool?: Pool };

/** The connections of this process. */
export function pool(): Pool {
  shared.vestibulePool ??= openPool(databaseUrl(), setting('DATABASE_POOL'));
  return shared.vestibulePool;
}

/** Ends the connections; waits for running queries at most `seconds`. */
export async function closePool(seconds = 5): Promise<void> {
  const open = shared.vestibulePool;
  delete shared.vestibulePool;
  await open?.sql.end({ timeout: seconds });
}
