import { writeWaitingNotices } from '@/lib/authenticators/notices/service';
import { rollBackOverdueChanges } from '@/lib/changes/service';
import { revokeDueTokens } from '@/lib/external/sign-out';
import { withDeadline } from '@/lib/db/deadline';
import { pool } from '@/lib/db/pool';
import { keepSamlUp } from '@/lib/saml/upkeep';
import { logger } from '@/lib/request/log';

const SEAL_EVERY_MS = 5_000;
/** A change that nobody confirmed is put back within this time of its end (GUARD-2). */
const ROLL_BACK_EVERY_MS = 2_000;
/** Letters that wait to be written go on within this time, a portion of each organisation's at a time. */
const WRITE_EVERY_MS = 2_000;
/** Tokens of somebody who signed out are taken back within this time. */
const REVOKE_EVERY_MS = 2_000;
const SWEEP_EVERY_MS = 10 * 60_000;

/** A portion takes a tenth of a second; a backlog of millions is sealed within the hour, and nobody else's query waits. */
const SEAL_EVENTS_MAX = 5_000;
const SEAL_PORTIONS_MAX = 10;

/** Seals what happened, a bounded number of portions at a time, each a short statement of its own. */
async function sealPortion(): Promise<void> {
  for (let portion = 0; portion < SEAL_PORTIONS_MAX; portion++) {
    const [row] = await pool().sql<{ more: boolean }[]>`select more from seal_audit_portion(${SEAL_EVENTS_MAX})`;
    if (row?.more !== true) return;
  }
}

/**
 * What every instance does beside answering: sealing the audit, making room for next month's events, and sweeping out
 * what ran out. The database sees to it that two instances don't get into each other's way.
 */
export function startHousekeeping(): { stop(): void } {
  // Not under a deadline as a whole: a provider may take its seconds, and each step of it has its own.
  const patiently = (name: string, work: () => Promise<unknown>) => () => {
    work().catch((error: unknown) => {
      logger().warn(
        { job: name, reason: error instanceof Error ? error.message : 'unknown' },
        'housekeeping will be tried again',
      );
    });
  };
  const quietly = (name: string, work: () => Promise<unknown>) =>
    patiently(name, () => withDeadline(async () => work()));
  const seal = quietly('seal', sealPortion);
  const sweep = quietly('sweep', async () => {
    await pool().sql`select ensure_audit_partitions()`;
    await pool().sql`select sweep_expired()`;
    await pool().sql`select sweep_unfinished()`;
    await pool().sql`select sweep_account_imports()`;
    await pool().sql`select sweep_lost_phones()`;
    await pool().sql`select sweep_external()`;
    await pool().sql`select sweep_sign_outs()`;
    await pool().sql`select sweep_token_imports()`;
    await pool().sql`select sweep_moves()`;
  });
  const saml = patiently('saml', keepSamlUp);
  const rollBack = quietly('roll-back', rollBackOverdueChanges);
  const revoke = patiently('revoke', revokeDueTokens);
  const write = quietly('write', writeWaitingNotices);
  sweep();
  saml();
  const timers = [
    setInterval(seal, SEAL_EVERY_MS),
    setInterval(rollBack, ROLL_BACK_EVERY_MS),
    setInterval(revoke, REVOKE_EVERY_MS),
    setInterval(write, WRITE_EVERY_MS),
    setInterval(sweep, SWEEP_EVERY_MS),
    setInterval(saml, SWEEP_EVERY_MS),
  ];
  return { stop: () => timers.forEach((timer) => clearInterval(timer)) };
}
