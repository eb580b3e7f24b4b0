import type { Address } from '@/lib/network/address';
import { compileMatcher, type Interval } from '@/lib/network/matcher';
import { readRule, type IpVersion, type RuleType } from '@/lib/network/rule';
import type { AccountKind } from '@/lib/policy/decision';
import type { FilterMode, NetworkFacts } from '@/lib/policy/network';

/** What an organisation's filters are made of, as the database keeps it. */
export interface PlaceRows {
  readonly rules: readonly {
    /** The place of its location, 0 to 19. */
    readonly place: number;
    readonly type: RuleType;
    readonly ipVersion: IpVersion | null;
    readonly definition: string;
  }[];
  readonly filters: readonly {
    readonly kind: AccountKind | null;
    readonly authenticatorId: string | null;
    readonly mode: FilterMode;
    readonly applies: 'sign-in' | 'request';
    readonly paused: boolean;
    /** The places of the locations that satisfy it. */
    readonly places: readonly number[];
  }[];
  readonly exceptions: readonly { readonly accountId: string; readonly endsAt: Date }[];
}

/** An organisation's locations and filters, compiled: good for one settings version (SCALE-1). */
export interface Places {
  /** The places of the locations that hold an address, as bits; 0 for an unknown one. */
  locate(address: Address | null): number;
  /** What the decision is told of the filters that concern one person (LOC-3). */
  factsFor(
    person: { readonly accountId: string; readonly kind: AccountKind; readonly authenticatorId: string },
    address: Address | null,
    moment: NetworkFacts['moment'],
  ): NetworkFacts;
  /** Whether any filter is in force at all. */
  readonly filtered: boolean;
}

/**
 * Compiles them. An exception that has ended is told to the decision with its end, which the decision compares with the
 * time of the request: so nothing has to be compiled anew when time passes.
 *
 * @param countryOf of an address, as two capital letters; asked only where a rule speaks of countries
 */
export function compilePlaces(rows: PlaceRows, countryOf: (address: Address) => string | null): Places {
  const sets: Interval[][] = [];
  const countries = new Map<string, number>();
  for (const { place, type, ipVersion, definition } of rows.rules) {
    while (sets.length <= place) sets.push([]);
    const reading = readRule(type, ipVersion ?? 4, definition);
    // Only what was readable was kept: a rule that no longer is lets nobody in.
    if (!reading.ok) continue;
    sets[place]!.push(...reading.intervals);
    for (const country of reading.countries) countries.set(country, (countries.get(country) ?? 0) | (1 << place));
  }
  const matcher = compileMatcher(sets);
  const filters = rows.filters.map(({ places, ...filter }) => ({
    ...filter,
    mask: places.reduce((mask, place) => mask | (1 << place), 0),
  }));
  const exceptions = new Map<string, Date>();
  for (const { accountId, endsAt } of rows.exceptions) {
    const known = exceptions.get(accountId);
    if (known === undefined || known < endsAt) exceptions.set(accountId, endsAt);
  }

  const locate = (address: Address | null): number => {
    if (address === null) return 0;
    const byCountry = countries.size === 0 ? 0 : (countries.get(countryOf(address) ?? '') ?? 0);
    return matcher.match(address) | byCountry;
  };
  return {
    filtered: filters.some(({ paused }) => !paused),
    locate,
    factsFor: ({ accountId, kind, authenticatorId }, address, moment) => {
      const concerned = filters.filter((filter) => filter.kind === kind || filter.authenticatorId === authenticatorId);
      if (concerned.length === 0) return { filters: [], exceptedUntil: null, moment };
      const inside = locate(address);
      return {
        filters: concerned.map(({ mode, applies, paused, mask }) => ({
          mode,
          applies,
          paused,
          inside: (inside & mask) !== 0,
        })),
        exceptedUntil: exceptions.get(accountId) ?? null,
        moment,
      };
    },
  };
}

/** What one kind of account would require; null: nothing. */
export type FilterDraft = Pick<PlaceRows['filters'][number], 'mode' | 'applies' | 'paused' | 'places'> | null;

/** The same rows with the filter of one kind replaced by a draft. */
export function withFilter(rows: PlaceRows, kind: AccountKind, draft: FilterDraft): PlaceRows {
  const others = rows.filters.filter((filter) => filter.kind !== kind);
  return { ...rows, filters: draft === null ? others : [...others, { ...draft, kind, authenticatorId: null }] };
}
