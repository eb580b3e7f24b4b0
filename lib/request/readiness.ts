import { countAppliedMigrations, KNOWN_MIGRATIONS } from '@/lib/db/migrate';
import { pool } from '@/lib/db/pool';

const READINESS_DEADLINE_MS = 1_000;

export interface Readiness {
  readonly status: 'ok' | 'unavailable';
  readonly database: 'ok' | 'unreachable';
  readonly migrations: 'current' | 'behind' | 'unknown';
}

/** Asks the database, for a second at most. A newer database than this code is fine: the old version still serves. */
export async function checkReadiness(): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const applied = await Promise.race([
      countAppliedMigrations(pool().sql),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('no answer in time')), READINESS_DEADLINE_MS);
      }),
    ]);
    const current = applied >= KNOWN_MIGRATIONS;
    return { status: current ? 'ok' : 'unavailable', database: 'ok', migrations: current ? 'current' : 'behind' };
  } catch {
    return { status: 'unavailable', database: 'unreachable', migrations: 'unknown' };
  } finally {
    clearTimeout(timer);
  }
}
