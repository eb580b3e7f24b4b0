import { withDeadline } from '@/lib/db/deadline';
import { pool } from '@/lib/db/pool';
import { logger } from '@/lib/request/log';

const SEAL_EVERY_MS = 5_000;
const SWEEP_EVERY_MS = 10 * 60_000;

/**
 * What every instance does beside answering: sealing the audit, making room for next month's events, and sweeping out
 * what ran out. The database sees to it that two instances don't get into each other's way.
 */
export function startHousekeeping(): { stop(): void } {
  const quietly = (name: string, work: () => Promise<unknown>) => () => {
    withDeadline(async () => work()).catch((error: unknown) => {
      logger().warn(
        { job: name, reason: error instanceof Error ? error.message : 'unknown' },
        'housekeeping will be tried again',
      );
    });
  };
  const seal = quietly('seal', () => pool().sql`select seal_audit_events()`);
  const sweep = quietly('sweep', async () => {
    await pool().sql`select ensure_audit_partitions()`;
    await pool().sql`select sweep_expired()`;
    await pool().sql`select sweep_unfinished()`;
  });
  sweep();
  const timers = [setInterval(seal, SEAL_EVERY_MS), setInterval(sweep, SWEEP_EVERY_MS)];
  return { stop: () => timers.forEach((timer) => clearInterval(timer)) };
}
