import { readAddress, type Address } from './address';

/** All addresses from `first` to `last`, both included, of one family. */
export interface Interval {
  readonly first: Address;
  readonly last: Address;
}

/** At most so many sets: each is a bit of a 32-bit number. An organisation has 20 locations (LOC-1). */
export const SETS_MAX = 31;

/**
 * Tells in which of an organisation's sets of addresses an address lies: bit `n` of the answer is set where the set that
 * was given in place `n` holds it. All sets are asked in one binary search, so twenty locations cost what one costs.
 */
export interface Matcher {
  /** The sets that hold an address written as text; 0 where none does, and for whatever is no address (LOC-5). */
  matchText(text: string): number;
  match(address: Address): number;
  /** {@link match} for the 32 bits of an IPv4 address. */
  matchIpv4(value: number): number;
  /** {@link match} for the four words of an IPv6 address. */
  matchIpv6(a: number, b: number, c: number, d: number): number;
}

/**
 * Compiles sets of intervals (in any order, overlapping or not) into sorted segments, each with the sets that cover all of
 * it. Compiling costs n log n, a match log n (FAST-3).
 *
 * @throws {RangeError} where there are more than {@link SETS_MAX} sets
 */
export function compileMatcher(sets: readonly (readonly Interval[])[]): Matcher {
  if (sets.length > SETS_MAX) throw new RangeError(`A matcher holds ${SETS_MAX} sets at most`);
  const v4 = segmentsOf(sets, 4);
  const v6 = segmentsOf(sets, 6);
  const [starts] = v4.starts as [Uint32Array];
  const [starts0, starts1, starts2, starts3] = v6.starts as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  const masks4 = v4.masks;
  const masks6 = v6.masks;
  const half4 = masks4.length >>> 1;
  const half6 = masks6.length >>> 1;
  const typed = new Uint32Array(4);

  // Both look for the last start that is not above the address, by halving steps: there are 2ⁿ starts, and the first is
  // zero, so that no step leaves them and none has to be checked.
  const matchIpv4 = (value: number): number => {
    let place = 0;
    for (let step = half4; step > 0; step >>>= 1) if (starts[place + step]! <= value) place += step;
    return masks4[place]!;
  };
  const matchIpv6 = (a: number, b: number, c: number, d: number): number => {
    let place = 0;
    for (let step = half6; step > 0; step >>>= 1) {
      const probe = place + step;
      // Most are decided by the first words; the others are looked at only where these are the same.
      let difference = starts0[probe]! - a;
      if (difference === 0) {
        difference = starts1[probe]! - b;
        if (difference === 0) {
          difference = starts2[probe]! - c;
          if (difference === 0) difference = starts3[probe]! - d;
        }
      }
      if (difference <= 0) place = probe;
    }
    return masks6[place]!;
  };
  const ask = (family: 0 | 4 | 6, words: ArrayLike<number>): number => {
    if (family === 4) return matchIpv4(words[0]!);
    return family === 6 ? matchIpv6(words[0]!, words[1]!, words[2]!, words[3]!) : 0;
  };
  return {
    matchText: (text) => ask(readAddress(text, typed), typed),
    match: ({ family, words }) => ask(family, words),
    matchIpv4,
    matchIpv6,
  };
}

/**
 * Addresses from `starts[i]` up to the next start lie in the sets of `masks[i]`. The first start is the address zero; the
 * last one is repeated until there are 2ⁿ of them.
 */
interface Segments {
  /** A column for each word of an address, the most significant first. */
  readonly starts: readonly Uint32Array[];
  readonly masks: Uint32Array;
}

/** A place where a set begins or ceases to hold addresses. */
interface Edge {
  readonly words: readonly number[];
  readonly bit: number;
}

function segmentsOf(sets: readonly (readonly Interval[])[], family: 4 | 6): Segments {
  const width = family === 4 ? 1 : 4;
  const edges: Edge[] = [];
  for (const [place, set] of sets.entries()) {
    const ofFamily = set.filter(({ first }) => first.family === family);
    // Merged first: then a set's edges alternate between in and out, and each simply flips its bit.
    for (const { first, after } of merge(ofFamily)) {
      edges.push({ words: first, bit: 1 << place });
      if (after !== null) edges.push({ words: after, bit: 1 << place });
    }
  }
  edges.sort((a, b) => compareWords(a.words, b.words));

  const starts: number[][] = Array.from({ length: width }, () => [0]);
  const masks = [0];
  for (const { words, bit } of edges) {
    if (starts.some((column, word) => column.at(-1) !== words[word])) {
      starts.forEach((column, word) => column.push(words[word]!));
      masks.push(masks.at(-1)!);
    }
    masks[masks.length - 1]! ^= bit;
  }
  const size = 2 ** Math.ceil(Math.log2(masks.length));
  const fill = (column: number[]) =>
    Uint32Array.from({ length: size }, (_, place) => column[Math.min(place, column.length - 1)]!);
  return { starts: starts.map(fill), masks: fill(masks) };
}

/** The union of intervals of one family, ascending and apart. `after` is the first address beyond; null: there is none. */
function merge(intervals: readonly Interval[]): { first: readonly number[]; after: readonly number[] | null }[] {
  const sorted = intervals.toSorted((a, b) => compareWords(a.first.words, b.first.words));
  const merged: { first: readonly number[]; after: readonly number[] | null }[] = [];
  for (const { first, last } of sorted) {
    const open = merged.at(-1);
    const after = successor(last.words);
    if (open === undefined || (open.after !== null && compareWords(first.words, open.after) > 0)) {
      merged.push({ first: first.words, after });
    } else if (open.after !== null && (after === null || compareWords(after, open.after) > 0)) {
      open.after = after;
    }
  }
  return merged;
}

/** Whether every address of `inner` lies in `outer`: then a rule adds nothing to the others (LOC-2). */
export function covers(outer: readonly Interval[], inner: readonly Interval[]): boolean {
  return inner.every((interval) => {
    const merged = merge(outer.filter(({ first }) => first.family === interval.first.family));
    return merged.some(
      ({ first, after }) =>
        compareWords(first, interval.first.words) <= 0 &&
        (after === null || compareWords(interval.last.words, after) < 0),
    );
  });
}

/** The next address; null after the last one. */
function successor(words: readonly number[]): number[] | null {
  const next = [...words];
  for (let word = next.length - 1; word >= 0; word--) {
    if (next[word] !== 0xffffffff) {
      next[word]! += 1;
      return next;
    }
    next[word] = 0;
  }
  return null;
}

function compareWords(a: readonly number[], b: readonly number[]): number {
  for (let word = 0; word < a.length; word++) {
    const difference = a[word]! - b[word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
