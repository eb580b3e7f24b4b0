import { BlockList } from 'node:net';
import { parseAddress, type Address } from '@/lib/network/address';
import { compileMatcher, type Interval } from '@/lib/network/matcher';

/**
 * FAST-3: one decision of the network filter over 1, 200 and 20,000 entries (20 locations × 10 rules × 100 addresses),
 * beside a bare binary search over the same number of sorted ranges and beside Node's own `BlockList`, in one run.
 */

/** The same numbers in every run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

const random = randomNumbers(7);
const LOCATIONS = 20;
const ASKED = 4_096;
const ROUNDS = 400;

const hex = (value: number) => value.toString(16);
const ipv4 = (value: number) =>
  parseAddress(`${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`)!;
const ipv6 = (high: number, low: number) =>
  parseAddress(`2001:db8:${hex(high >>> 16)}:${hex(high & 0xffff)}::${hex(low >>> 16)}:${hex(low & 0xffff)}`)!;

/** Nanoseconds that one call takes: the best of five, so that another program's moment doesn't count. */
function nanoseconds(work: (index: number) => unknown): number {
  let best = Infinity;
  let kept = 0;
  for (let repeat = 0; repeat < 7; repeat += 1) {
    const started = process.hrtime.bigint();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let index = 0; index < ASKED; index += 1) if (work(index)) kept += 1;
    }
    // The first two are for the compiler.
    if (repeat > 1) best = Math.min(best, Number(process.hrtime.bigint() - started) / (ROUNDS * ASKED));
  }
  if (kept < 0) throw new Error('The work must not be left out');
  return best;
}

/** The least that finding a number among sorted ranges can cost. */
function bareSearch(starts: Uint32Array, ends: Uint32Array, value: number): boolean {
  let low = 0;
  let high = starts.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (value < starts[middle]!) high = middle - 1;
    else if (value > ends[middle]!) low = middle + 1;
    else return true;
  }
  return false;
}

type Words = readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

function compareAt(columns: Words, place: number, a: number, b: number, c: number, d: number): number {
  return columns[0][place]! - a || columns[1][place]! - b || columns[2][place]! - c || columns[3][place]! - d;
}

/** The same for numbers of 128 bits. */
function bareWideSearch(starts: Words, ends: Words, a: number, b: number, c: number, d: number): boolean {
  let low = 0;
  let high = starts[0].length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (compareAt(starts, middle, a, b, c, d) > 0) high = middle - 1;
    else if (compareAt(ends, middle, a, b, c, d) < 0) low = middle + 1;
    else return true;
  }
  return false;
}

function measure(family: 4 | 6, entries: number): string[] {
  const draw = (): Address => (family === 4 ? ipv4(random()) : ipv6(random(), random()));
  const addresses = Array.from({ length: entries }, draw);
  const sets: Interval[][] = Array.from({ length: LOCATIONS }, () => []);
  addresses.forEach((one, place) => sets[place % LOCATIONS]!.push({ first: one, last: one }));

  const compileStarted = performance.now();
  const matcher = compileMatcher(sets);
  const compileMs = performance.now() - compileStarted;

  const sorted = addresses
    .map(({ words }) => words)
    .toSorted((a, b) => a.reduce((sum, word, at) => sum || word - b[at]!, 0));
  const column = (word: number) => Uint32Array.from(sorted, (words) => words[word] ?? 0);
  const starts: Words = [column(0), column(1), column(2), column(3)];
  const ends: Words = [column(0), column(1), column(2), column(3)];
  const list = new BlockList();
  for (const { text } of addresses) list.addAddress(text, family === 4 ? 'ipv4' : 'ipv6');

  // Half of what is asked is there.
  const asked = Array.from({ length: ASKED }, (_, index) =>
    index % 2 === 0 ? addresses[random() % entries]! : draw(),
  );
  const numbers = [0, 1, 2, 3].map((word) => Uint32Array.from(asked, ({ words }) => words[word] ?? 0));
  const [a, b, c, d] = numbers as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  const texts = asked.map(({ text }) => text);
  const bare =
    family === 4
      ? nanoseconds((index) => bareSearch(starts[0], ends[0], a[index]!))
      : nanoseconds((index) => bareWideSearch(starts, ends, a[index]!, b[index]!, c[index]!, d[index]!));
  const parsed =
    family === 4
      ? nanoseconds((index) => matcher.matchIpv4(a[index]!))
      : nanoseconds((index) => matcher.matchIpv6(a[index]!, b[index]!, c[index]!, d[index]!));
  const fromText = nanoseconds((index) => matcher.matchText(texts[index]!));
  // Node's list is asked fewer times: at 20,000 entries each question takes a while.
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const few = Math.max(20, Math.floor(40_000 / entries));
  const started = process.hrtime.bigint();
  for (let index = 0; index < few; index += 1) list.check(texts[index % ASKED]!, kind);
  const blockList = Number(process.hrtime.bigint() - started) / few;
  const ns = (value: number) => (value >= 1_000 ? `${(value / 1_000).toFixed(1)} µs` : `${value.toFixed(0)} ns`);
  return [
    `IPv${family}`,
    String(entries),
    ns(bare),
    ns(parsed),
    (parsed / bare).toFixed(2),
    ns(fromText),
    family === 4 ? '< 1 µs' : '< 2 µs',
    ns(blockList),
    `${compileMs.toFixed(1)} ms`,
  ];
}

const rows = [
  ['family', 'entries', 'bare search', 'matcher', 'ratio (goal <= 2)', 'from text', 'goal', 'BlockList', 'compiled in'],
  ...([4, 6] as const).flatMap((family) => [1, 200, 20_000].map((entries) => measure(family, entries))),
];
const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
for (const row of rows)
  console.log(
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
