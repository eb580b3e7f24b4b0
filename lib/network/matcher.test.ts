import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareAddresses, parseAddress, parseCidr, type Address } from './address';
import { compileMatcher, SETS_MAX, type Interval } from './matcher';

const address = (text: string): Address => {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(`${text} is no address`);
  return parsed;
};
const between = (first: string, last: string): Interval => ({ first: address(first), last: address(last) });
const block = (text: string): Interval => parseCidr(text)!;

/** What a matcher answers, found the slow and obvious way. */
const oracle = (sets: readonly (readonly Interval[])[], asked: Address): number =>
  sets.reduce(
    (mask, set, place) =>
      set.some(
        ({ first, last }) =>
          first.family === asked.family && compareAddresses(first, asked) <= 0 && compareAddresses(asked, last) <= 0,
      )
        ? mask | (1 << place)
        : mask,
    0,
  );

/** Numbers that crowd together, so that intervals touch, overlap and share their ends. */
const word = fc.oneof(fc.nat(12), fc.integer({ min: 0xfffffff4, max: 0xffffffff }), fc.constant(0x80000000));
const anyAddress: fc.Arbitrary<Address> = fc.oneof(
  word.map((one) => address(`${one >>> 24}.${(one >>> 16) & 255}.${(one >>> 8) & 255}.${one & 255}`)),
  fc
    .tuple(word, word, word, word)
    .map((words) =>
      address(words.flatMap((one) => [(one >>> 16).toString(16), (one & 0xffff).toString(16)]).join(':')),
    ),
);
const interval = fc
  .tuple(anyAddress, anyAddress)
  .filter(([a, b]) => a.family === b.family)
  .map(([a, b]): Interval => (compareAddresses(a, b) <= 0 ? { first: a, last: b } : { first: b, last: a }));

describe('LOC-4 in which locations an address lies', () => {
  it('LOC-4 what the sets hold and nothing beside it, at both ends of each interval', () => {
    const matcher = compileMatcher([[between('10.0.0.5', '10.0.0.9')], [block('10.0.0.8/30'), block('2001:db8::/64')]]);
    const answers = ['10.0.0.4', '10.0.0.5', '10.0.0.7', '10.0.0.8', '10.0.0.9', '10.0.0.10', '10.0.0.11', '10.0.0.12'];
    expect(answers.map((text) => matcher.matchText(text))).toEqual([0, 1, 1, 3, 3, 2, 2, 0]);
    expect(matcher.matchText('2001:db8::')).toBe(2);
    expect(matcher.matchText('2001:db8::ffff:ffff:ffff:ffff')).toBe(2);
    expect(matcher.matchText('2001:db8:0:1::')).toBe(0);
    expect(matcher.matchText('2001:db7:ffff:ffff:ffff:ffff:ffff:ffff')).toBe(0);
  });

  it('LOC-5 an IPv4-mapped address is the IPv4 address; families never meet', () => {
    const matcher = compileMatcher([[block('0.0.0.0/0')], [block('::/0')]]);
    expect(matcher.matchText('::ffff:203.0.113.7')).toBe(1);
    expect(matcher.matchText('203.0.113.7')).toBe(1);
    expect(matcher.matchText('::1')).toBe(2);
    expect(matcher.matchText('255.255.255.255')).toBe(1);
    expect(matcher.matchText('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')).toBe(2);
  });

  it('LOC-5 what is no address lies nowhere, whatever the rules', () => {
    const matcher = compileMatcher([[block('0.0.0.0/0'), block('::/0')]]);
    for (const text of [
      '',
      'localhost',
      '010.0.0.1',
      '10.1',
      '1.2.3.4:443',
      'fe80::1%eth0',
      '[::1]',
      '１.２.３.４',
      '::1 ',
    ]) {
      expect(matcher.matchText(text), text).toBe(0);
    }
  });

  it('LOC-4 no sets, and sets without a rule, hold nothing', () => {
    expect(compileMatcher([]).matchText('10.0.0.1')).toBe(0);
    expect(compileMatcher([[], []]).matchText('::1')).toBe(0);
  });

  it('LOC-1 takes as many sets as an organisation can have, and says so where there are more', () => {
    const sets = Array.from({ length: SETS_MAX }, () => [block('10.0.0.0/8')]);
    expect(compileMatcher(sets).matchText('10.1.2.3')).toBe(2 ** SETS_MAX - 1);
    expect(() => compileMatcher([...sets, []])).toThrow(RangeError);
  });

  it('LOC-4 agrees with the obvious way, whatever overlaps, touches and repeats', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(interval, { maxLength: 6 }), { maxLength: 5 }),
        fc.array(anyAddress, { minLength: 1, maxLength: 20 }),
        (sets, asked) => {
          const matcher = compileMatcher(sets);
          const ends = sets.flat().flatMap(({ first, last }) => [first, last]);
          for (const one of [...asked, ...ends]) {
            expect(matcher.match(one)).toBe(oracle(sets, one));
            expect(matcher.matchText(one.text)).toBe(oracle(sets, one));
          }
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('LOC-4 agrees with the obvious way on a million random pairs of rules and addresses', () => {
    // A small generator of our own (mulberry32): the same million each time, at a price that a test can pay.
    let state = 20_261_122;
    const random = (below: number) => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
    };
    const v4 = (value: number): Address => ({ family: 4, words: [value], text: '' });
    const v6 = (value: number): Address => ({
      family: 6,
      words: [0x20010db8, value >>> 8, (value << 24) >>> 0, value],
      text: '',
    });
    const fresh = (make: (value: number) => Address): Interval => {
      const from = random(100_000);
      return { first: make(from), last: make(from + random(2_000)) };
    };
    let wrong = 0;
    for (let round = 0; round < 1_000; round += 1) {
      const make = round % 2 === 0 ? v4 : (value: number) => v6(value & 0xffff);
      const sets = Array.from({ length: 1 + random(4) }, () =>
        Array.from({ length: random(12) }, () => fresh(make)).filter(
          ({ first, last }) => compareAddresses(first, last) <= 0,
        ),
      );
      const matcher = compileMatcher(sets);
      for (let pair = 0; pair < 1_000; pair += 1) {
        const asked = make(random(110_000));
        if (matcher.match(asked) !== oracle(sets, asked)) wrong += 1;
      }
    }
    expect(wrong).toBe(0);
  });
});
