import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOOK_AHEAD, matchHotp, resynchroniseHotp, RESYNCHRONISE_WITHIN } from './hotp';

/** RFC 4226 §5.3 written out, independent of the library that the code uses. */
function naiveHotp(secret: Buffer, counter: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', secret).update(message).digest();
  const binary = mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff;
  return String(binary % 1_000_000).padStart(6, '0');
}

function naiveBase32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.replace(/.{5}/g, (five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(five, 2)]!);
}

const RFC_BYTES = Buffer.from('12345678901234567890');
const RFC_SECRET = naiveBase32(RFC_BYTES);
const RFC_CODES = [
  '755224',
  '287082',
  '359152',
  '969429',
  '338314',
  '254676',
  '287922',
  '162583',
  '399871',
  '520489',
] as const;
const key = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => Buffer.from(bytes));
const counter = fc.integer({ min: 0, max: 1_000_000 });

describe('ENROL-8 a counter', () => {
  it.each(RFC_CODES.map((code, at) => [at, code] as const))('ENROL-8 RFC 4226 Appendix D: %d is %s', (at, code) => {
    expect(matchHotp({ secret: RFC_SECRET, code, nextCounter: at })).toEqual({ kind: 'match', counter: at });
  });

  it('ENROL-8 looks five ahead and never back, as a naive oracle does', () => {
    fc.assert(
      fc.property(key, counter, fc.integer({ min: -60, max: 60 }), (secret, nextCounter, distance) => {
        const at = nextCounter + distance;
        if (at < 0) return;
        const code = naiveHotp(secret, at);
        const window = Array.from({ length: LOOK_AHEAD + 1 }, (_, ahead) => nextCounter + ahead);
        const expected = window.find((one) => naiveHotp(secret, one) === code);
        const match = matchHotp({ secret: naiveBase32(secret), code, nextCounter });
        if (expected !== undefined) expect(match).toEqual({ kind: 'match', counter: expected });
        else
          expect(match.kind).toBe(
            nextCounter > 0 && naiveHotp(secret, nextCounter - 1) === code ? 'reused' : 'no-match',
          );
      }),
      { numRuns: 300 },
    );
  });

  it('ENROL-8 two in a row within fifty find it again, and nothing else does', () => {
    fc.assert(
      fc.property(
        key,
        counter,
        fc.integer({ min: -3, max: 55 }),
        fc.integer({ min: -2, max: 3 }),
        (secret, nextCounter, distance, step) => {
          const at = nextCounter + distance;
          if (at < 0 || at + step < 0) return;
          const [first, second] = [naiveHotp(secret, at), naiveHotp(secret, at + step)];
          let expected: number | null = null;
          for (let ahead = 0; ahead < RESYNCHRONISE_WITHIN && expected === null; ahead++) {
            const one = nextCounter + ahead;
            if (naiveHotp(secret, one) === first && naiveHotp(secret, one + 1) === second) expected = one + 1;
          }
          expect(resynchroniseHotp({ secret: naiveBase32(secret), first, second, nextCounter })).toBe(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('ENROL-8 takes spaces and digits of any script, and anything else for no match', () => {
    expect(matchHotp({ secret: RFC_SECRET, code: ' 755 224', nextCounter: 0 })).toEqual({ kind: 'match', counter: 0 });
    fc.assert(
      fc.property(fc.anything(), (code) => {
        expect(() => matchHotp({ secret: RFC_SECRET, code, nextCounter: 0 })).not.toThrow();
      }),
    );
    for (const secret of ['', 'A', 'no base32', 'AAAA']) {
      expect(matchHotp({ secret, code: '755224', nextCounter: 0 })).toEqual({ kind: 'no-match' });
    }
    expect(matchHotp({ secret: RFC_SECRET, code: '755224', nextCounter: Number.MAX_SAFE_INTEGER }).kind).toBe(
      'no-match',
    );
  });
});
