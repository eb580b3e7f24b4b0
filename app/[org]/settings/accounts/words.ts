import type { AccountStatus } from '@/lib/accounts/model';
import { REGIONAL, type Locale } from '@/lib/language/locale';

/** How loudly a state speaks; its word says the same. */
export const STATUS_TONES = { active: 'success', invited: 'plain', suspended: 'warning' } as const satisfies Record<
  AccountStatus,
  string
>;

export const fullName = ({ firstName, lastName }: { firstName: string; lastName: string }) =>
  `${firstName} ${lastName}`;

/** « 21 novembre 2026, 20 h 02 »; the hour stays on one line. */
export function moment(date: Date, locale: Locale, timeZone: string): string {
  return new Intl.DateTimeFormat(REGIONAL[locale], { dateStyle: 'long', timeStyle: 'short', timeZone })
    .format(date)
    .replace(/(?<=\d) (?=h\b)|(?<=\bh) (?=\d)/g, '\u00a0');
}
