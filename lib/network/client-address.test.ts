import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress, parseCidr, type Cidr } from './address';
import { clientAddress } from './client-address';

const blocks = (...texts: string[]): Cidr[] => texts.map((text) => parseCidr(text)!);
const seen = (peer: string | null, forwardedFor: string | null, ...trusted: string[]) =>
  clientAddress({ peer, forwardedFor, trustedProxies: blocks(...trusted) })?.text ?? null;

describe('LOC-5 the client address', () => {
  it('LOC-5 is the peer where nobody is trusted, whatever the header says', () => {
    for (const header of [null, '', '6.6.6.6', '6.6.6.6, 127.0.0.1', 'garbage', ',,,', '::1']) {
      expect(seen('192.0.2.1', header)).toBe('192.0.2.1');
      expect(seen('192.0.2.1', header, '10.0.0.0/8')).toBe('192.0.2.1');
    }
    expect(seen('::ffff:127.0.0.1', '6.6.6.6')).toBe('127.0.0.1');
  });

  it('LOC-5 no header that a client sends changes anything without trusted proxies', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
        fc.oneof(fc.string(), fc.ipV4(), fc.array(fc.ipV4()).map(String)),
        (peer, forwardedFor) => {
          const without = clientAddress({ peer, forwardedFor: null, trustedProxies: [] });
          expect(clientAddress({ peer, forwardedFor, trustedProxies: [] })).toEqual(without);
          expect(without).toEqual(parseAddress(peer));
        },
      ),
    );
  });

  it('LOC-5 behind proxies is the first address from the right that is not a proxy', () => {
    const proxies = ['10.0.0.0/8', '2001:db8:f::/48'];
    expect(seen('10.0.0.1', '192.0.2.7', ...proxies)).toBe('192.0.2.7');
    expect(seen('10.0.0.1', '192.0.2.7, 10.0.0.2', ...proxies)).toBe('192.0.2.7');
    expect(seen('10.0.0.1', ' 192.0.2.7\t,2001:db8:f::2 , 10.0.0.2', ...proxies)).toBe('192.0.2.7');
    expect(seen('::ffff:10.0.0.1', '::ffff:192.0.2.7', ...proxies)).toBe('192.0.2.7');
    expect(seen('2001:db8:f::1', '2001:DB8:0::7', ...proxies)).toBe('2001:db8::7');
  });

  it('LOC-5 a forged entry further left never counts, not even a malformed one', () => {
    for (const forged of ['6.6.6.6', '10.0.0.9', 'garbage', '', ',', '1.2.3.4:5', 'x'.repeat(100_000)]) {
      expect(seen('10.0.0.1', `${forged}, 192.0.2.7`, '10.0.0.0/8')).toBe('192.0.2.7');
      expect(seen('10.0.0.1', `${forged}, 192.0.2.7, 10.0.0.2`, '10.0.0.0/8')).toBe('192.0.2.7');
    }
  });

  it.each([
    ['no header', null],
    ['an empty header', ''],
    ['spaces', '  '],
    ['a comma', ','],
    ['an empty entry at the end', '192.0.2.7,'],
    ['an empty entry after a proxy', '192.0.2.7,,10.0.0.2'],
    ['a word', 'unknown'],
    ['a port', '192.0.2.7:443'],
    ['brackets', '[2001:db8::1]'],
    ['brackets and a port', '[2001:db8::1]:443'],
    ['a zone', 'fe80::1%eth0'],
    ['quotes', '"192.0.2.7"'],
    ['an octal reading', '0300.0.2.7'],
    ['a malformed entry beyond a proxy', 'garbage, 10.0.0.2'],
    ['semicolons', '192.0.2.7; 10.0.0.2'],
    ['only proxies', '10.0.0.3, 10.0.0.2'],
    ['the proxy itself', '10.0.0.1'],
  ])('LOC-5 fails closed on %s', (_, header) => {
    expect(seen('10.0.0.1', header, '10.0.0.0/8')).toBeNull();
  });

  it('LOC-5 fails closed where the peer is unknown or malformed, even for one who sends a header', () => {
    for (const peer of [null, '', 'unknown', 'fe80::1%eth0', '10.0.0.1:5000', '10.0.0.1, 192.0.2.7']) {
      expect(seen(peer, '192.0.2.7', '10.0.0.0/8', '::/0', '0.0.0.0/0')).toBeNull();
    }
  });

  it('LOC-5 agrees with a naive reading from the right', () => {
    const trustedProxies = blocks('10.0.0.0/8', '::1/128');
    const isTrusted = (text: string) => text.startsWith('10.') || text === '::1' || text === '::ffff:10.0.0.9';
    const entry = fc.oneof(
      fc.constantFrom('10.0.0.1', '10.255.0.1', '::1', '::ffff:10.0.0.9', '192.0.2.7', '2001:db8::7', '9.255.255.255'),
      fc.constantFrom('', 'x', '1.2.3.4:80', '[::1]', '010.0.0.1'),
    );
    fc.assert(
      fc.property(entry, fc.array(entry, { maxLength: 5 }), fc.constantFrom(',', ', ', ' ,\t'), (peer, hops, comma) => {
        let expected: string | null = null;
        for (const hop of [...hops, peer].reverse()) {
          if (parseAddress(hop) !== null && isTrusted(hop)) continue;
          expected = parseAddress(hop)?.text ?? null;
          break;
        }
        const forwardedFor = hops.length === 0 ? null : hops.join(comma);
        expect(clientAddress({ peer, forwardedFor, trustedProxies })?.text ?? null).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });
});
