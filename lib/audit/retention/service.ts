import { asOwner } from '@/lib/db/owner';
import { dropMonth, listMonthsBefore } from './store';

/** Nobody drops what may still be asked for: a year is the least that is kept. */
export const RETENTION_MONTHS_MIN = 12;

export interface Dropped {
  readonly months: number;
  readonly events: number;
  /** A month that has events which are not sealed yet: it stays, and so does what follows it. */
  readonly waiting: string | null;
}

/**
 * Drops the months of the audit that ended more than `months` months ago, whole, of all organisations (AUD-2). The chain of
 * each goes on from a checkpoint. Only the owner of the tables can: the application's role can't delete an event.
 *
 * @param months {@link RETENTION_MONTHS_MIN} at least
 * @throws {RangeError} where it is less; {NotTheOwner}
 */
export async function dropOldAudit(months: number): Promise<Dropped> {
  if (!Number.isInteger(months) || months < RETENTION_MONTHS_MIN) throw new RangeError('Too short a time to keep');
  return asOwner(async (owner) => {
    let [dropped, events] = [0, 0];
    for (const month of await listMonthsBefore(owner, months)) {
      const gone = await dropMonth(owner, month);
      if (gone === null) return { months: dropped, events, waiting: month.table };
      dropped += 1;
      events += gone;
    }
    return { months: dropped, events, waiting: null };
  });
}
