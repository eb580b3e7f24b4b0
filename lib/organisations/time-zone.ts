import { z } from 'zod';

/**
 * The name of a time zone (`America/Toronto`, `UTC`), in the spelling of this machine's IANA data. Offsets such as
 * `+05:00` are refused: they know no summer time.
 * Issue: `text.invalid`.
 */
export const timeZone = z.string({ error: 'text.invalid' }).transform((typed, context) => {
  if (/^[A-Za-z][A-Za-z0-9_+/-]{1,49}$/.test(typed)) {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: typed }).resolvedOptions().timeZone;
    } catch {
      // Intl knows no zone of this name.
    }
  }
  context.addIssue({ code: 'custom', message: 'text.invalid' });
  return z.NEVER;
});
