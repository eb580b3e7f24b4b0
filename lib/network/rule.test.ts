import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareAddresses } from './address';
import { compileMatcher } from './matcher';
import { LIST_MAX, readRule, RULE_ISSUES, RULE_TYPES, type IpVersion, type RuleType } from './rule';

const read = (type: RuleType, text: string, version: IpVersion = 4) => readRule(type, version, text);
const issues = (type: RuleType, text: string, version: IpVersion = 4) => {
  const reading = read(type, text, version);
  return reading.ok ? [] : reading.issues.map(({ code, entry }) => [code, entry]);
};
const accepted = (type: RuleType, text: string, version: IpVersion = 4) => {
  const reading = read(type, text, version);
  if (!reading.ok) throw new Error(JSON.stringify(reading.issues));
  return reading;
};

describe('LOC-1 rules as people write them', () => {
  it.each([
    ['list', 4, '100.0.1.100, 100.0.1.101 et'.replace(' et', ''), '100.0.1.100, 100.0.1.101'],
    ['list', 4, '  10.0.0.1\n10.0.0.2,,10.0.0.3,\r\n', '10.0.0.1, 10.0.0.2, 10.0.0.3'],
    ['list', 6, '2001:DB8::1 2001:db8:0::2', '2001:db8::1, 2001:db8::2'],
    ['range', 4, '100.0.1.100-100.0.1.125', '100.0.1.100-100.0.1.125'],
    ['range', 4, ' 10.0.0.1 – 10.0.0.9 ', '10.0.0.1-10.0.0.9'],
    ['range', 6, '2001:db8::1-2001:db8::ff', '2001:db8::1-2001:db8::ff'],
    ['subnet', 4, '100.0.0.1/32', '100.0.0.1/32'],
    ['subnet', 6, '2001:db8:0:0::/64', '2001:db8::/64'],
    ['countries', 4, 'ca, fr', 'CA, FR'],
  ] as const)('LOC-1 %s of version %i: %j', (type, version, text, canonical) => {
    expect(accepted(type, text, version).text).toBe(canonical);
  });

  it('LOC-1 a list holds a hundred addresses and not one more', () => {
    const list = (count: number) => Array.from({ length: count }, (_, place) => `10.0.0.${place}`).join('\n');
    expect(accepted('list', list(LIST_MAX)).intervals).toHaveLength(LIST_MAX);
    expect(issues('list', list(LIST_MAX + 1))).toEqual([['too-many', '101']]);
    expect(issues('list', `${'1'.repeat(7_000)}`)).toEqual([['too-long', '']]);
  });
});

describe('LOC-2 each refusal names the entry and the reason', () => {
  it.each([
    ['list', 4, '', 'empty', ''],
    ['list', 4, ' , ,\n', 'empty', ''],
    ['list', 4, '10.0.0.1, 010.0.0.1', 'octal', '010.0.0.1'],
    ['list', 4, '0x0a.0.0.1', 'octal', '0x0a.0.0.1'],
    ['list', 4, '167772161', 'short', '167772161'],
    ['list', 4, '10.1', 'short', '10.1'],
    ['list', 4, '1.2.3', 'short', '1.2.3'],
    ['list', 4, '1.2.3.256', 'not-an-address', '1.2.3.256'],
    ['list', 4, '１.２.３.４', 'not-an-address', '１.２.３.４'],
    ['list', 4, '1.2.3.4;1.2.3.5', 'not-an-address', '1.2.3.4;1.2.3.5'],
    ['list', 4, '10.0.0.0/8', 'prefix-in-list', '10.0.0.0/8'],
    ['list', 6, '2001:db8::1/64', 'prefix-in-list', '2001:db8::1/64'],
    ['list', 6, 'fe80::1%eth0', 'zone', 'fe80::1%eth0'],
    ['list', 6, '[2001:db8::1]', 'brackets', '[2001:db8::1]'],
    ['list', 4, '1.2.3.4:443', 'port', '1.2.3.4:443'],
    ['list', 4, '2001:db8::1', 'version', '2001:db8::1'],
    ['list', 6, '10.0.0.1', 'version', '10.0.0.1'],
    ['list', 6, '::ffff:1.2.3.4', 'mapped', '::ffff:1.2.3.4'],
    ['list', 4, '1.2.3.4 1.2.3.4', 'duplicate', '1.2.3.4'],
    ['list', 6, '::1 0:0::1', 'duplicate', '0:0::1'],
    ['range', 4, '100.0.1.125-100.0.1.100', 'reversed', '100.0.1.125-100.0.1.100'],
    ['range', 4, '1.2.3.4-', 'range-form', '1.2.3.4-'],
    ['range', 4, '1.2.3.4', 'range-form', '1.2.3.4'],
    ['range', 4, '1.2.3.4-1.2.3.5-1.2.3.6', 'range-form', '1.2.3.4-1.2.3.5-1.2.3.6'],
    ['range', 4, '1.2.3.4-::1', 'version', '::1'],
    ['range', 4, '1.2.3.4-1.2.3.5, 1.2.3.7-1.2.3.8', 'one-value', '1.2.3.4-1.2.3.5, 1.2.3.7-1.2.3.8'],
    ['subnet', 4, '10.0.0.0/33', 'prefix', '10.0.0.0/33'],
    ['subnet', 4, '10.0.0.0/-1', 'prefix', '10.0.0.0/-1'],
    ['subnet', 4, '10.0.0.0/08', 'prefix', '10.0.0.0/08'],
    ['subnet', 4, '10.0.0.0/8/8', 'prefix', '10.0.0.0/8/8'],
    ['subnet', 4, '10.0.0.0/255.255.255.0', 'mask', '10.0.0.0/255.255.255.0'],
    ['subnet', 4, '10.0.0.0/255.0.255.0', 'prefix', '10.0.0.0/255.0.255.0'],
    ['subnet', 4, '10/8', 'short', '10/8'],
    ['subnet', 4, '10.0.0.0 /8', 'one-value', '10.0.0.0 /8'],
    ['subnet', 4, '10.0.0.0', 'no-prefix', '10.0.0.0'],
    ['subnet', 4, '10.0.0.1/8', 'host-bits', '10.0.0.1/8'],
    ['subnet', 6, '::ffff:10.0.0.0/104', 'mapped', '::ffff:10.0.0.0/104'],
    ['countries', 4, 'Canada', 'country', 'Canada'],
    ['countries', 4, 'CA, XX', 'country', 'XX'],
    ['countries', 4, ',', 'empty', ''],
    ['countries', 4, 'CA ca', 'duplicate', 'ca'],
  ] as const)('LOC-2 %s of version %i: %j is refused (%s)', (type, version, text, code, entry) => {
    expect(issues(type, text, version)).toEqual([[code, entry]]);
  });

  it.each([
    ['subnet', '10.0.0.1/8', '10.0.0.0/8'],
    ['subnet', '10.0.0.7/255.255.255.0', '10.0.0.0/24'],
    ['subnet', '10.0.0.7', '10.0.0.7/32'],
    ['range', '10.0.0.9-10.0.0.1', '10.0.0.1-10.0.0.9'],
    ['list', '10.0.0.1, 10.0.0.1 10.0.0.2', '10.0.0.1, 10.0.0.2'],
    ['list', '10.0.0.1, 010.0.0.1', null],
  ] as const)('LOC-2 offers %s %j corrected: %j', (type, text, corrected) => {
    const reading = read(type, text);
    expect(!reading.ok && reading.corrected).toBe(corrected);
    if (corrected !== null) expect(accepted(type, corrected).text).toBe(corrected);
  });

  it('LOC-2 has a sentence for every reason, in both languages', () => {
    for (const language of ['fr', 'en']) {
      const file = path.resolve(import.meta.dirname, `../../messages/${language}.json`);
      const { rules } = JSON.parse(readFileSync(file, 'utf8')) as { rules: Record<string, string> };
      expect(Object.keys(rules).toSorted()).toEqual(RULE_ISSUES.toSorted());
    }
  });

  it.each([
    ['subnet', 4, '0.0.0.0/0', true],
    ['subnet', 4, '10.0.0.0/7', true],
    ['subnet', 4, '10.0.0.0/8', false],
    ['range', 4, '0.0.0.0-255.255.255.255', true],
    ['subnet', 6, '::/0', true],
    ['subnet', 6, '2000::/7', true],
    ['subnet', 6, '2000::/8', false],
    ['list', 4, '10.0.0.1', false],
  ] as const)('LOC-2 %s of version %i: %s lets in a large part of the world: %s', (type, version, text, wide) => {
    expect(accepted(type, text, version).wide).toBe(wide);
  });

  it('LOC-2 never throws, and what it accepts it reads again to the same', () => {
    const piece = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom('-', '–', '/', ',', ' ', '\n', '/24', '/64', '%', '[', 'CA', '010.0.0.1', '\u0000', '\ud800'),
      fc.string({ unit: 'binary', maxLength: 8 }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...RULE_TYPES),
        fc.constantFrom<IpVersion>(4, 6),
        fc.array(piece, { maxLength: 6 }).map((parts) => parts.join('')),
        (type, version, text) => {
          const reading = readRule(type, version, text);
          if (!reading.ok) {
            expect(reading.issues.length).toBeGreaterThan(0);
            if (reading.corrected !== null) expect(readRule(type, version, reading.corrected).ok).toBe(true);
            return;
          }
          const again = accepted(type, reading.text, version);
          expect(again.text).toBe(reading.text);
          const matcher = compileMatcher([reading.intervals]);
          for (const { first, last } of reading.intervals) {
            expect(compareAddresses(first, last)).toBeLessThanOrEqual(0);
            expect([matcher.match(first), matcher.match(last)]).toEqual([1, 1]);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
