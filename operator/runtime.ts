/**
 * The day after which a line of Node.js gets no fixes any more, not even for its security (github.com/nodejs/Release). A line that
 * is missing is newer than this table, or one that the portal doesn't run on.
 */
const FIXED_UNTIL: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  21: '2024-06-01',
  22: '2027-04-30',
  23: '2025-06-01',
  24: '2028-04-30',
  25: '2026-06-01',
};

/**
 * @param version as Node.js tells it: `20.20.2`
 * @returns the last day of a line that has ended, `YYYY-MM-DD`; null while it is kept, as far as we know
 */
export function endedOn(version: string, today: Date): string | null {
  const until = FIXED_UNTIL[Number.parseInt(version, 10)];
  return until !== undefined && until < today.toISOString().slice(0, 10) ? until : null;
}
