import type { Actor } from '@/lib/actors/model';
import { REGIONAL, type Locale } from './locale';

/** To make one costs fifty times what it costs to use it; a page has dozens of moments, and few zones. */
const formats = new Map<string, Intl.DateTimeFormat>();
const FORMATS_MAX = 50;

function formatOf(locale: Locale, timeZone: string, timeStyle?: 'short'): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${timeStyle}`;
  let format = formats.get(key);
  if (format === undefined) {
    if (formats.size >= FORMATS_MAX) formats.clear();
    formats.set(key, (format = new Intl.DateTimeFormat(REGIONAL[locale], { dateStyle: 'long', timeStyle, timeZone })));
  }
  return format;
}

/** A day, and the time where it matters, in words; « 20 h 02 » stays on one line. */
export function moment(date: Date, locale: Locale, timeZone: string, timeStyle?: 'short'): string {
  return formatOf(locale, timeZone, timeStyle)
    .format(date)
    .replace(/(?<=\d) (?=h\b)|(?<=\bh) (?=\d)/g, '\u00a0');
}

/** A day and time as somebody's own clock shows it. */
export function momentFor({ locale, account, organisation }: Actor, date: Date): string {
  return moment(date, locale, account.timeZone ?? organisation.timeZone, 'short');
}
