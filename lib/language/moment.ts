import type { Actor, Operator } from '@/lib/actors/model';
import { REGIONAL, type Locale } from './locale';

type Style = Pick<Intl.DateTimeFormatOptions, 'dateStyle' | 'timeStyle'>;

/** To make one costs fifty times what it costs to use it; a page has dozens of moments, and few zones. */
const clocks = new Map<string, Intl.DateTimeFormat>();
const CLOCKS_MAX = 100;

/** What writes days and times in a language, as a zone's clocks show them. */
export function clock(locale: Locale, timeZone: string, { dateStyle, timeStyle }: Style): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${dateStyle} ${timeStyle}`;
  let known = clocks.get(key);
  if (known === undefined) {
    if (clocks.size >= CLOCKS_MAX) clocks.clear();
    clocks.set(key, (known = new Intl.DateTimeFormat(REGIONAL[locale], { dateStyle, timeStyle, timeZone })));
  }
  return known;
}

/** The zone in which somebody reads times and counts days. */
export function zoneOf(actor: Actor | Operator): string {
  return (actor.kind === 'account' ? actor.account.timeZone : null) ?? actor.organisation.timeZone;
}

/** {@link clock}, as somebody's own clock shows it. */
export const clockOf = (actor: Actor, style: Style): Intl.DateTimeFormat => clock(actor.locale, zoneOf(actor), style);

/** A day, and the time where it matters, in words; « 20 h 02 » stays on one line. */
export function moment(date: Date, locale: Locale, timeZone: string, timeStyle?: 'short'): string {
  return clock(locale, timeZone, { dateStyle: 'long', timeStyle })
    .format(date)
    .replace(/(?<=\d) (?=h\b)|(?<=\bh) (?=\d)/g, '\u00a0');
}

/** A day and time as somebody's own clock shows it. */
export function momentFor(actor: Actor, date: Date): string {
  return moment(date, actor.locale, zoneOf(actor), 'short');
}
