import type { Actor } from '@/lib/actors/model';
import { REGIONAL, type Locale } from './locale';

/** A day, and the time where it matters, in words; « 20 h 02 » stays on one line. */
export function moment(date: Date, locale: Locale, timeZone: string, timeStyle?: 'short'): string {
  return new Intl.DateTimeFormat(REGIONAL[locale], { dateStyle: 'long', timeStyle, timeZone })
    .format(date)
    .replace(/(?<=\d) (?=h\b)|(?<=\bh) (?=\d)/g, '\u00a0');
}

/** A day and time as somebody's own clock shows it. */
export function momentFor({ locale, account, organisation }: Actor, date: Date): string {
  return moment(date, locale, account.timeZone ?? organisation.timeZone, 'short');
}
