/** Minutes until a letter that did not leave is tried again: soon at first, then every six hours. */
const MINUTES = [1, 2, 5, 15, 30, 60, 120, 240, 360] as const;

/** Hours for which a letter is tried (RFC 5321 §4.5.4.1 asks for 4 to 5 days of a relay; our links live for 72 h at most). */
export const PATIENCE_HOURS = 72;

/**
 * Seconds until the next try.
 *
 * @param tries how often it was tried so far, 1 or more
 */
export function secondsUntilNextTry(tries: number): number {
  return MINUTES[Math.min(Math.max(tries, 1), MINUTES.length) - 1]! * 60;
}
