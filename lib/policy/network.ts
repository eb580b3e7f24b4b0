/** How far a network filter goes (LOC-8): it only records, it warns the person, or it refuses. */
export type FilterMode = 'watch' | 'warn' | 'block';

/** One filter that concerns a person, and whether the address they come from satisfies it. */
export interface FilterFact {
  readonly mode: FilterMode;
  /** Paused, a filter keeps its rules and does nothing. */
  readonly paused: boolean;
  /** Only while signing in, or on every request (LOC-3). */
  readonly applies: 'sign-in' | 'request';
  /** Whether one of the locations that the filter stands on holds the address; an unknown address lies nowhere (LOC-5). */
  readonly inside: boolean;
}

export interface NetworkFacts {
  /** The filters on the person's kind and on their authenticator: all of them must be satisfied. */
  readonly filters: readonly FilterFact[];
  /** Until when this person may come from anywhere (LOC-9); null: no exception. */
  readonly exceptedUntil: Date | null;
  readonly moment: 'sign-in' | 'request';
}

/** Facts of a person whom no filter concerns. */
export const NO_FILTER: NetworkFacts = { filters: [], exceptedUntil: null, moment: 'request' };

/**
 * What the filters say of where somebody comes from. The strictest one counts.
 *
 * - `open`: no filter is in force; `inside`: all are satisfied
 * - `excepted`: a filter would have said more, but this person is let in for a while
 * - `watched`, `warned`, `refused`: outside of a filter of that mode
 */
export type NetworkVerdict = 'open' | 'inside' | 'excepted' | 'watched' | 'warned' | 'refused';

const SAYS = { watch: 'watched', warn: 'warned', block: 'refused' } as const;
const STRICTNESS: readonly FilterMode[] = ['watch', 'warn', 'block'];

export function judgeNetwork({ filters, exceptedUntil, moment }: NetworkFacts, now: Date): NetworkVerdict {
  const inForce = filters.filter(({ paused, applies }) => !paused && (moment === 'sign-in' || applies === 'request'));
  if (inForce.length === 0) return 'open';
  const broken = inForce.filter(({ inside }) => !inside).map(({ mode }) => STRICTNESS.indexOf(mode));
  if (broken.length === 0) return 'inside';
  if (exceptedUntil !== null && exceptedUntil > now) return 'excepted';
  return SAYS[STRICTNESS[Math.max(...broken)]!];
}
