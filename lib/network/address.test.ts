import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { fastest } from '@/e2e/fixtures/fastest';
import { addressBucket, compareAddresses, contains, parseAddress, parseCidr, type Address } from './address';

const ipv4Text = fc.ipV4();
const ipv6Text = fc.oneof(
  fc.ipV6(),
  fc
    .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 })
    .map((groups) => groups.map((group) => group.toString(16)).join(':')),
  ipv4Text.map((text) => `::ffff:${text}`),
);
const almostAddress = fc.oneof(
  fc.stringMatching(/^[0-9a-f:.]{1,24}$/),
  fc.stringMatching(/^[0-9]{1,4}(\.[0-9]{1,4}){2,4}$/),
  fc.stringMatching(/^[0-9A-Fa-f]{0,5}(:{1,2}[0-9A-Fa-f]{0,5}){1,9}$/),
  fc.stringMatching(/^(:|::|1:|::ffff:)[0-9]{1,3}(\.[0-9]{1,3}){3}$/),
  fc.tuple(ipv6Text, fc.nat(40), fc.constantFrom(':', '.', '0', 'f', ' ', '%')).map(([text, at, sign]) => {
    return text.slice(0, at) + sign + text.slice(at);
  }),
);

const bytesOf = (address: Address) =>
  address.words.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
const numberOf = (address: Address) => address.words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
const parse = (text: string) => {
  const address = parseAddress(text);
  if (!address) throw new Error(`${text} is no address`);
  return address;
};
const parseBlock = (text: string) => {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(`${text} is no block`);
  return cidr;
};

describe('LOC-5 reading an address', () => {
  it.each([
    ['0.0.0.0', 4, [0], '0.0.0.0'],
    ['255.255.255.255', 4, [0xffffffff], '255.255.255.255'],
    ['192.0.2.7', 4, [0xc0000207], '192.0.2.7'],
    ['::', 6, [0, 0, 0, 0], '::'],
    ['::1', 6, [0, 0, 0, 1], '::1'],
    ['2001:DB8::0001', 6, [0x20010db8, 0, 0, 1], '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', 6, [0x20010db8, 0, 0x10000, 1], '2001:db8::1:0:0:1'],
    ['1:2:3:4:5:6:7::', 6, [0x10002, 0x30004, 0x50006, 0x70000], '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', 6, [2, 0x30004, 0x50006, 0x70008], '0:2:3:4:5:6:7:8'],
    ['64:ff9b::192.0.2.33', 6, [0x64ff9b, 0, 0, 0xc0000221], '64:ff9b::c000:221'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255', 6, Array(4).fill(0xffffffff), Array(8).fill('ffff').join(':')],
  ])('LOC-5 %s', (text, family, words, canonical) => {
    expect(parseAddress(text)).toEqual({ family, words, text: canonical });
  });

  it.each(['::ffff:1.2.3.4', '::FFFF:102:304', '0:0:0:0:0:ffff:1.2.3.4', '0:0::ffff:0102:0304'])(
    'LOC-5 IPv4-mapped %s is 1.2.3.4',
    (text) => {
      expect(parseAddress(text)).toEqual(parseAddress('1.2.3.4'));
    },
  );

  it('LOC-5 the deprecated IPv4-compatible form and near-mapped forms stay IPv6', () => {
    expect(parseAddress('::1.2.3.4')).toEqual({ family: 6, words: [0, 0, 0, 0x01020304], text: '::102:304' });
    expect(parseAddress('::fffe:1.2.3.4')?.family).toBe(6);
    expect(parseAddress('::ffff:0:1.2.3.4')?.family).toBe(6);
    expect(parseAddress('::1:ffff:1.2.3.4')?.family).toBe(6);
    expect(parseAddress('1::ffff:1.2.3.4')?.family).toBe(6);
  });

  it.each<[unknown]>([
    // Bad inputs 72
    ['010.0.0.1'],
    ['0x0a.0.0.1'],
    ['167772161'],
    ['10.1'],
    ['1.2.3'],
    ['1.2.3.256'],
    ['１.２.３.４'],
    ['::ffff:010.0.0.1'],
    // Bad inputs 75
    ['fe80::1%eth0'],
    ['fe80::1%25eth0'],
    ['::ffff:1.2.3.4%1'],
    ['2001:db8::1/64'],
    ['[2001:db8::1]'],
    ['[::1]:443'],
    ['1.2.3.4:443'],
    ['1.2.3.4/32'],
    // spaces, signs, leftovers
    [' 1.2.3.4'],
    ['1.2.3.4 '],
    ['1.2.3.4\n'],
    ['1.2.3.4\0'],
    ['+1.2.3.4'],
    ['-1.2.3.4'],
    ['1.2.3.00'],
    ['1.2.3.'],
    ['.1.2.3.4'],
    ['1..2.3'],
    ['1.2.3.4.5'],
    ['1.2.3.4.'],
    [''],
    [':'],
    [':::'],
    [':1'],
    ['1:'],
    ['1::2::3'],
    ['1:2:3:4:5:6:7'],
    ['1:2:3:4:5:6:7:8:9'],
    ['1:2:3:4:5:6:7:8:'],
    ['1:2:3:4:5:6:7:8::'],
    ['::1:2:3:4:5:6:7:8'],
    ['1:2:3:4::5:6:7:8'],
    ['12345::'],
    ['g::'],
    ['1:2:3:4:5:6:7:1.2.3.4'],
    ['::1.2.3.4:5'],
    ['::1.2.3'],
    ['1.2.3.4::'],
    ['localhost'],
    ['unknown'],
    ['_hidden'],
    [null],
    [undefined],
    [16909060],
    [['1.2.3.4']],
    [{ toString: () => '1.2.3.4' }],
  ])('LOC-2 Bad inputs 72, 75: %j is no address', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it('LOC-2 a megabyte is no address and no block, at once', () => {
    const took = fastest(() => {
      for (const sign of ['1', ':', '1.', '::1/', ' ']) {
        expect(parseAddress(sign.repeat(1_000_000))).toBeNull();
        expect(parseCidr(sign.repeat(1_000_000))).toBeNull();
      }
    });
    expect(took).toBeLessThan(200);
  });

  it('LOC-5 agrees with the system on what an address is', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4Text, ipv6Text, almostAddress, fc.string({ maxLength: 20 })), (text) => {
        const valid = isIPv4(text) || (isIPv6(text) && !text.includes('%'));
        expect(parseAddress(text) !== null, text).toBe(valid);
      }),
      { numRuns: 5000 },
    );
  });

  it('FAST-3 agrees with ipaddr.js on the bits and on the family', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4Text, ipv6Text), (text) => {
        // ipaddr.js takes the deprecated ::a.b.c.d for a mapped address, which it is not (RFC 4291 §2.5.5).
        fc.pre(!/^[0:]*:\d+\.\d+\.\d+\.\d+$/.test(text));
        const theirs = ipaddr.process(text);
        const ours = parse(text);
        expect(bytesOf(ours)).toEqual(theirs.toByteArray());
        expect(ours.family).toBe(theirs.kind() === 'ipv4' ? 4 : 6);
      }),
      { numRuns: 2000 },
    );
  });

  it('LOC-5 writes one canonical text, which reads back as the same address', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4Text, ipv6Text), (text) => {
        const address = parse(text);
        expect(parse(address.text)).toEqual(address);
        if (address.family === 6) {
          // The URL standard writes IPv6 hosts as RFC 5952 does.
          expect(new URL(`http://[${text}]/`).hostname).toBe(`[${address.text}]`);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('LOC-2 blocks', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0/8', '10.0.0.0', '10.255.255.255', false],
    ['10.0.0.1/8', '10.0.0.0/8', '10.0.0.0', '10.255.255.255', true],
    ['100.0.0.1/32', '100.0.0.1/32', '100.0.0.1', '100.0.0.1', false],
    ['0.0.0.0/0', '0.0.0.0/0', '0.0.0.0', '255.255.255.255', false],
    ['203.0.113.129/25', '203.0.113.128/25', '203.0.113.128', '203.0.113.255', true],
    ['::/0', '::/0', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', false],
    ['2001:DB8::/32', '2001:db8::/32', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', false],
    ['2001:db8::1/64', '2001:db8::/64', '2001:db8::', '2001:db8::ffff:ffff:ffff:ffff', true],
    ['::1/128', '::1/128', '::1', '::1', false],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8', '10.0.0.0', '10.255.255.255', false],
    ['::ffff:1.2.3.4/128', '1.2.3.4/32', '1.2.3.4', '1.2.3.4', false],
  ])('LOC-2 Bad inputs 79: %s is %s', (typed, text, first, last, hadHostBits) => {
    const cidr = parseBlock(typed);
    expect(cidr.text).toBe(text);
    expect([cidr.first.text, cidr.last.text, cidr.hadHostBits]).toEqual([first, last, hadHostBits]);
    expect(parseCidr(cidr.text)).toEqual({ ...cidr, hadHostBits: false });
  });

  it.each<[unknown]>([
    ['10.0.0.0/33'],
    ['10.0.0.0/-1'],
    ['10.0.0.0/08'],
    ['10.0.0.0/255.255.255.0'],
    ['10/8'],
    ['10.0.0.0/8/8'],
    ['10.0.0.0 /8'],
    ['10.0.0.0/ 8'],
    [' 10.0.0.0/8'],
    ['10.0.0.0/8\n'],
    ['10.0.0.0'],
    ['10.0.0.0/'],
    ['/8'],
    ['010.0.0.0/8'],
    ['::/129'],
    ['::/1e1'],
    ['fe80::%eth0/64'],
    ['[::]/0'],
    ['::ffff:0.0.0.0/95'],
    ['::ffff:1.2.3.4/129'],
    ['１０.0.0.0/8'],
    ['10.0.0.0/８'],
    [''],
    [null],
    [['10.0.0.0/8']],
  ])('LOC-2 Bad inputs 78: %j is no block', (text) => {
    expect(parseCidr(text)).toBeNull();
  });

  const block = fc.oneof(
    fc.tuple(ipv4Text, fc.integer({ min: 0, max: 32 })),
    fc.tuple(
      ipv6Text.filter((text) => parseAddress(text)?.family === 6),
      fc.integer({ min: 0, max: 128 }),
    ),
  );

  it('LOC-2 contains exactly the addresses that share its first bits', () => {
    fc.assert(
      fc.property(block, fc.oneof(ipv4Text, ipv6Text), fc.nat(200), ([base, prefix], other, flip) => {
        const cidr = parseBlock(`${base}/${prefix}`);
        const bits = cidr.family === 4 ? 32 : 128;
        // Beside a stranger, a neighbour: one bit away, so that both answers come up at every prefix.
        const neighbour = numberOf(parse(base)) ^ (1n << BigInt(flip % bits));
        const hex = neighbour.toString(16).padStart(bits / 4, '0');
        const near =
          bits === 32
            ? hex.replace(/../g, (byte) => `${parseInt(byte, 16)}.`).slice(0, -1)
            : hex.replace(/.{4}(?=.)/g, '$&:');
        for (const text of [base, other, near]) {
          const address = parse(text);
          const shift = BigInt(bits - prefix);
          const expected =
            address.family === cidr.family && numberOf(address) >> shift === numberOf(parse(base)) >> shift;
          expect(contains(cidr, address), `${text} in ${base}/${prefix}`).toBe(expected);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('LOC-2 agrees with ipaddr.js on what a block contains', () => {
    fc.assert(
      fc.property(ipv4Text, fc.integer({ min: 0, max: 32 }), ipv4Text, (base, prefix, text) => {
        const theirs = ipaddr.IPv4.parse(text).match(ipaddr.IPv4.parse(base), prefix);
        expect(contains(parseBlock(`${base}/${prefix}`), parse(text))).toBe(theirs);
      }),
    );
  });

  it('LOC-5 IPv4 is never in an IPv6 block, nor the reverse, and a mapped address is in the IPv4 one', () => {
    expect(contains(parseBlock('::/0'), parse('1.2.3.4'))).toBe(false);
    expect(contains(parseBlock('::/0'), parse('::ffff:1.2.3.4'))).toBe(false);
    expect(contains(parseBlock('0.0.0.0/0'), parse('::1'))).toBe(false);
    expect(contains(parseBlock('1.2.3.0/24'), parse('::ffff:1.2.3.4'))).toBe(true);
  });

  it('LOC-2 orders addresses by family, then by number', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4Text, ipv6Text), fc.oneof(ipv4Text, ipv6Text), (left, right) => {
        const [a, b] = [parse(left), parse(right)];
        const expected = a.family - b.family || Number(numberOf(a) > numberOf(b)) - Number(numberOf(a) < numberOf(b));
        expect(Math.sign(compareAddresses(a, b))).toBe(Math.sign(expected));
      }),
    );
  });
});

describe('SIGN-4 the bucket of an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7/32'],
    ['::ffff:192.0.2.7', '192.0.2.7/32'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::', '2001:db8:1:3::/64'],
    ['::1', '::/64'],
  ])('SIGN-4 %s counts as %s', (text, bucket) => {
    expect(addressBucket(parse(text))).toBe(bucket);
    expect(parseCidr(bucket)?.text).toBe(bucket);
  });

  it('SIGN-4 holds its address, and the same for all of a /64', () => {
    fc.assert(
      fc.property(ipv6Text, (text) => {
        const address = parse(text);
        const bucket = parseBlock(addressBucket(address));
        expect(contains(bucket, address)).toBe(true);
        expect(addressBucket(bucket.last)).toBe(bucket.text);
      }),
    );
  });
});
