import { REGIONAL, type Locale } from './locale';

/** Canada's zones, from the Atlantic to the Pacific; whoever lives elsewhere finds theirs below. */
const CANADIAN = {
  'America/St_Johns': 'St. John’s',
  'America/Halifax': 'Halifax',
  'America/Toronto': 'Toronto',
  'America/Winnipeg': 'Winnipeg',
  'America/Regina': 'Regina',
  'America/Edmonton': 'Edmonton',
  'America/Vancouver': 'Vancouver',
  'America/Whitehorse': 'Whitehorse',
} as const;

/** The time zones that one chooses from. */
export type TimeZones = {
  /** The country's own, each with what it is called. */
  readonly near: readonly { readonly zone: string; readonly label: string }[];
  /** The names of all others (`Europe/Paris`), with a space between them: four hundred, so one string and no list. */
  readonly far: string;
};

const known = new Map<Locale, TimeZones>();

/** All zones of the machine's IANA data, once each; the near ones in the words of the language (`Toronto, heure de l’Est`). */
export function timeZonesIn(locale: Locale): TimeZones {
  let zones = known.get(locale);
  if (zones === undefined) {
    const near = Object.entries(CANADIAN).map(([zone, city]) => ({ zone, label: `${city}, ${hourOf(zone, locale)}` }));
    const far = Intl.supportedValuesOf('timeZone').filter((zone) => !(zone in CANADIAN));
    known.set(locale, (zones = { near, far: far.join(' ') }));
  }
  return zones;
}

/** What the hour of a zone is called today: where clocks change now they may not have in 1970. */
function hourOf(timeZone: string, locale: Locale): string {
  const words = new Intl.DateTimeFormat(REGIONAL[locale], { timeZone, timeZoneName: 'longGeneric' });
  const name = words.formatToParts().find((part) => part.type === 'timeZoneName')!.value;
  return name.replaceAll(' ', '\u00a0');
}

/** The city that a zone is named after: `America/St_Johns` → St Johns. */
export const cityOf = (timeZone: string): string => timeZone.split('/').at(-1)!.replaceAll('_', ' ');
