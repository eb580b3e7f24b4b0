import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { TOTP } from 'totp-generator';
import { describe, expect, it } from 'vitest';
import { fastest } from '@/e2e/fixtures/fastest';
import { cleanCode, groupKey, matchTotp, newTotpSecret, otpauthUri } from './totp';

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
const at = (seconds: number) => new Date(seconds * 1000);

describe('ENROL-2 the secret', () => {
  it('ENROL-2 is 160 random bits in upper-case base32 without padding', () => {
    const secrets = Array.from({ length: 100 }, newTotpSecret);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(new Set(secrets).size).toBe(100);
  });
});

describe('ENROL-10 matching a code', () => {
  it.each([
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ])('ENROL-2 RFC 6238 Appendix B at %d s', (seconds, eightDigits) => {
    const code = eightDigits.slice(2);
    const step = Math.floor(seconds / 30);
    expect(matchTotp({ secret: RFC_SECRET, code, now: at(seconds) })).toEqual({ kind: 'match', step });
  });

  it.each(['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'])(
    'ENROL-2 RFC 4226 Appendix D: %s',
    (code) => {
      const values = [
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
      ];
      const step = values.indexOf(code);
      expect(matchTotp({ secret: RFC_SECRET, code, now: at(step * 30) })).toEqual({ kind: 'match', step });
      expect(matchTotp({ secret: RFC_SECRET, code, now: at(step * 30 + 29.999) })).toEqual({ kind: 'match', step });
    },
  );

  it('ENROL-10 takes what an independent generator shows, one step either side and no further', async () => {
    for (let i = 0; i < 40; i++) {
      const secret = newTotpSecret();
      const seconds = 1_700_000_000 + i * 7919;
      const step = Math.floor(seconds / 30);
      const drifts = [-3, -2, -1, 0, 1, 2, 3];
      const shown = await Promise.all(
        drifts.map((drift) => TOTP.generate(secret, { timestamp: (step + drift) * 30_000 })),
      );
      const codes = shown.map(({ otp }) => otp);
      // One secret in fifty thousand shows the same six digits twice within these steps: then the nearer one is right.
      if (new Set(codes).size < codes.length) continue;
      for (const [place, drift] of drifts.entries()) {
        const found = matchTotp({ secret, code: codes[place]!, now: at(seconds) });
        if (Math.abs(drift) <= 1) expect(found).toEqual({ kind: 'match', step: step + drift });
        else expect(found).toEqual({ kind: 'clock-off', offsetSeconds: drift * 30 });
      }
    }
  });

  it('ENROL-10 agrees with a naive reading of the RFC for any secret, time, drift and last step', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.integer({ min: 40 * 30, max: 40_000_000_000 }),
        fc.integer({ min: -25, max: 25 }),
        fc.option(fc.integer({ min: -25, max: 25 })),
        (bytes, seconds, drift, usedDrift) => {
          const secretBytes = Buffer.from(bytes);
          const step = Math.floor(seconds / 30);
          const code = naiveHotp(secretBytes, step + drift);
          const afterStep = usedDrift === null ? null : step + usedDrift;
          const fitting = [];
          for (let d = -20; d <= 20; d++) if (naiveHotp(secretBytes, step + d) === code) fitting.push(d);
          const inWindow = fitting.filter((d) => Math.abs(d) <= 1).sort((a, b) => b - a);
          const nearest = fitting
            .filter((d) => usedDrift === null || d < 0)
            .sort((a, b) => Math.abs(a) - Math.abs(b) || a - b)[0];
          const fresh = inWindow.find((d) => usedDrift === null || d > usedDrift);
          const expected =
            fresh !== undefined
              ? { kind: 'match', step: step + fresh }
              : inWindow[0] !== undefined
                ? { kind: 'reused', step: step + inWindow[0] }
                : nearest === undefined
                  ? { kind: 'no-match' }
                  : usedDrift !== null && nearest <= usedDrift
                    ? { kind: 'reused', step: step + nearest }
                    : { kind: 'clock-off', offsetSeconds: nearest * 30 };
          expect(matchTotp({ secret: naiveBase32(secretBytes), code, now: at(seconds), afterStep })).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('ENROL-10 accepts no step twice, and none before the last', () => {
    const step = 50_000_000;
    const now = at(step * 30 + 10);
    const match = (drift: number, afterStep: number) =>
      matchTotp({ secret: RFC_SECRET, code: naiveHotp(RFC_BYTES, step + drift), now, afterStep });
    expect(match(0, step - 1)).toEqual({ kind: 'match', step });
    expect(match(0, step)).toEqual({ kind: 'reused', step });
    expect(match(-1, step)).toEqual({ kind: 'reused', step: step - 1 });
    expect(match(1, step)).toEqual({ kind: 'match', step: step + 1 });
    expect(match(1, step + 1)).toEqual({ kind: 'reused', step: step + 1 });
    expect(match(0, Number.NaN).kind).toBe('reused');
  });

  it('ENROL-10 takes the later step where one code fits two, so that it cannot be used again', () => {
    const collision = findCollision();
    const now = at((collision + 1) * 30);
    const code = naiveHotp(RFC_BYTES, collision);
    expect(matchTotp({ secret: RFC_SECRET, code, now })).toEqual({ kind: 'match', step: collision + 2 });
    expect(matchTotp({ secret: RFC_SECRET, code, now, afterStep: collision + 2 }).kind).toBe('reused');
    expect(matchTotp({ secret: RFC_SECRET, code, now, afterStep: collision }).kind).toBe('match');
  });

  it('ENROL-5 tells a clock that is off, up to ten minutes, nearest first, and refuses the code all the same', () => {
    const step = 58_000_000;
    const now = at(step * 30);
    const match = (drift: number) => matchTotp({ secret: RFC_SECRET, code: naiveHotp(RFC_BYTES, step + drift), now });
    expect(match(-2)).toEqual({ kind: 'clock-off', offsetSeconds: -60 });
    expect(match(2)).toEqual({ kind: 'clock-off', offsetSeconds: 60 });
    expect(match(-20)).toEqual({ kind: 'clock-off', offsetSeconds: -600 });
    expect(match(20)).toEqual({ kind: 'clock-off', offsetSeconds: 600 });
    expect(match(-21)).toEqual({ kind: 'no-match' });
    expect(match(21)).toEqual({ kind: 'no-match' });
  });

  it('ENROL-5 names no future step once the factor is in use: a guess would become good by waiting', () => {
    const step = 58_000_000;
    const match = (drift: number, afterStep: number) =>
      matchTotp({ secret: RFC_SECRET, code: naiveHotp(RFC_BYTES, step + drift), now: at(step * 30), afterStep });
    for (let drift = 2; drift <= 20; drift++) expect(match(drift, step - 500)).toEqual({ kind: 'no-match' });
    expect(match(-6, step - 500)).toEqual({ kind: 'clock-off', offsetSeconds: -180 });
    expect(match(-6, step - 6)).toEqual({ kind: 'reused', step: step - 6 });
  });

  it('ENROL-10 treats whatever the library throws at as no match', () => {
    const now = at(1_700_000_000);
    const code = '123456';
    for (const secret of ['', 'A', '!!!!', RFC_SECRET.toLowerCase() + '!', 'GEZDGNBV', 'A'.repeat(4000)]) {
      expect(matchTotp({ secret, code, now })).toEqual({ kind: 'no-match' });
    }
    expect(matchTotp({ secret: RFC_SECRET, code, now: new Date(Number.NaN) })).toEqual({ kind: 'no-match' });
    expect(matchTotp({ secret: RFC_SECRET, code, now: at(-100_000) })).toEqual({ kind: 'no-match' });
  });

  it('ENROL-10 matches at the very start of the clock, where there is no step before', () => {
    expect(matchTotp({ secret: RFC_SECRET, code: '755224', now: at(0) })).toEqual({ kind: 'match', step: 0 });
  });
});

function findCollision(): number {
  for (let step = 100; step < 6_000_000; step++) {
    if (naiveHotp(RFC_BYTES, step) === naiveHotp(RFC_BYTES, step + 2)) return step;
  }
  throw new Error('no collision found');
}

describe('ENROL-4 what people type', () => {
  it.each([
    ['123456'],
    ['123 456'],
    ['123-456'],
    [' 12 34 56 '],
    ['\u00A0123456'],
    ['123\u202F456'],
    ['123\u2009456\n'],
    ['123–456'],
    ['123\u2212456'],
    ['\u200F123456\u200F'],
    ['\u2066123456\u2069'],
    ['\uFEFF123456'],
    ['١٢٣٤٥٦'],
    ['۱۲۳۴۵۶'],
    ['１２３４５６'],
    ['१२३ ४५६'],
    ['𝟏𝟐𝟑𝟒𝟓𝟔'],
    ['𝟙𝟚𝟛𝟜𝟝𝟞'],
  ])('ENROL-4 Bad inputs 38–39: %j is 123456', (typed) => {
    expect(cleanCode(typed)).toBe('123456');
    const now = at(1_700_000_000);
    expect(matchTotp({ secret: RFC_SECRET, code: typed, now })).toEqual(
      matchTotp({ secret: RFC_SECRET, code: '123456', now }),
    );
  });

  it('ENROL-4 a typed code with spaces, in another script, signs in', () => {
    const arabic = '287082'.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)));
    expect(matchTotp({ secret: RFC_SECRET, code: ` ${arabic.slice(0, 3)} ${arabic.slice(3)}`, now: at(59) })).toEqual({
      kind: 'match',
      step: 1,
    });
  });

  it.each<[string, unknown]>([
    ['5 digits', '12345'],
    ['7 digits', '1234567'],
    ['8 digits', '12345678'],
    ['nothing', ''],
    ['spaces only', '   '],
    ['letters', 'abcdef'],
    ['a NUL', '12345\0'],
    ['a NUL beside six digits', '123456\0'],
    ['a sign', '+123456'],
    ['a fraction', '12.3456'],
    ['an exponent', '1234e5'],
    ['numerals that are no digits', '一二三四五六'],
    ['superscripts', '¹²³⁴⁵⁶'],
    ['circled digits', '①②③④⑤⑥'],
    ['an array', ['123456', '000000']],
    ['an array of one', ['123456']],
    ['an object', { $gt: '' }],
    ['a number', 123456],
    ['a bigint', 123456n],
    ['null', null],
    ['undefined', undefined],
    [
      'an object that throws',
      {
        toString: () => {
          throw new Error('no');
        },
      },
    ],
    ['six digits in 65 characters', '123456' + ' '.repeat(59)],
    ['a lone surrogate', '12345\uD835'],
  ])('ENROL-4 Bad inputs 40–41: %s is no code', (_, typed) => {
    expect(cleanCode(typed)).toBeNull();
    expect(matchTotp({ secret: RFC_SECRET, code: typed, now: at(59) })).toEqual({ kind: 'no-match' });
  });

  it('ENROL-4 is quick on a megabyte', () => {
    const took = fastest(() => {
      expect(cleanCode('1'.repeat(1_000_000))).toBeNull();
      expect(cleanCode(' '.repeat(1_000_000) + '123456')).toBeNull();
    });
    expect(took).toBeLessThan(50);
  });

  it('ENROL-4 gives every decimal digit of Unicode the value that its own numbering system gives it', () => {
    let scripts = 0;
    for (const system of Intl.supportedValuesOf('numberingSystem')) {
      const format = new Intl.NumberFormat(`en-u-nu-${system}`, { useGrouping: false, minimumIntegerDigits: 6 });
      const typed = format.format(13579).concat(format.format(246800));
      if (!/^\p{Nd}{12}$/u.test(typed)) continue;
      scripts++;
      const points = [...typed];
      expect(cleanCode(points.slice(0, 6).join('')), system).toBe('013579');
      expect(cleanCode(points.slice(6).join('')), system).toBe('246800');
    }
    expect(scripts).toBeGreaterThan(40);
  });

  it('ENROL-4 gives six ASCII digits or null for anything at all, and does not change them again', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9 -]{5,9}$/)),
        (typed) => {
          const code = cleanCode(typed);
          if (code !== null) {
            expect(code).toMatch(/^[0-9]{6}$/);
            expect(cleanCode(code)).toBe(code);
          }
        },
      ),
    );
  });
});

describe('ENROL-2 the otpauth URI', () => {
  const secret = RFC_SECRET;

  it('ENROL-2 has the standard form and leaves the defaults out', () => {
    expect(otpauthUri({ issuer: 'Les petits pas', account: 'zoe@example.test', secret })).toBe(
      `otpauth://totp/Les%20petits%20pas:zoe%40example.test?secret=${secret}&issuer=Les%20petits%20pas`,
    );
  });

  it('ENROL-2 Bad inputs 23: takes colons out of issuer and account', () => {
    expect(otpauthUri({ issuer: 'Vest:ibule', account: 'a:b', secret })).toBe(
      `otpauth://totp/Vestibule:ab?secret=${secret}&issuer=Vestibule`,
    );
    expect(otpauthUri({ issuer: '::', account: 'a', secret })).toContain('totp/Vestibule:a?');
    expect(otpauthUri({ issuer: 'V\uD800\n', account: '\uDC00a\0b', secret })).toContain('totp/V:a%20b?');
  });

  it('ENROL-2 stays one unbroken URI whatever the names hold, and gives them back', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        (issuer, name) => {
          const account = `x${name}`;
          const uri = otpauthUri({ issuer, account, secret });
          expect(uri).toMatch(
            /^otpauth:\/\/totp\/[A-Za-z0-9%._~-]+:[A-Za-z0-9%._~-]+\?secret=[A-Z2-7]+&issuer=[A-Za-z0-9%._~-]+$/,
          );
          expect(uri.length).toBeLessThan(450);
          const url = new URL(uri);
          const [shownIssuer, shownAccount] = url.pathname.slice(1).split(':').map(decodeURIComponent);
          expect([...url.searchParams.keys()]).toEqual(['secret', 'issuer']);
          expect(url.searchParams.get('issuer')).toBe(shownIssuer);
          expect(shownIssuer + shownAccount!).not.toMatch(/:/);
        },
      ),
    );
    const uri = new URL(otpauthUri({ issuer: "L'École & Cie ? #1", account: 'Zoë+test@é.test', secret }));
    expect(uri.searchParams.get('issuer')).toBe("L'École & Cie ? #1");
    expect(uri.host).toBe('totp');
    expect(decodeURIComponent(uri.pathname)).toBe("/L'École & Cie ? #1:Zoë+test@é.test");
  });

  it('ENROL-2 keeps an e-mail of usual length whole and cuts a long name between characters', () => {
    const account = `${'a'.repeat(64)}@${'b'.repeat(40)}.test`;
    expect(decodeURIComponent(otpauthUri({ issuer: 'V', account, secret }))).toContain(account);
    const long = new URL(otpauthUri({ issuer: '👨‍👩‍👧'.repeat(20), account: 'a', secret })).searchParams.get('issuer')!;
    expect(long).toMatch(/^(👨‍👩‍👧)+$/u);
    expect(long.length).toBeLessThan(100);
    const cut = otpauthUri({ issuer: `${'a'.repeat(117)} bc`, account: 'a', secret });
    expect(cut).toContain(`issuer=${'a'.repeat(117)}`);
    expect(cut).not.toContain('%20');
  });

  it('ENROL-2 refuses to be made without an account or with a secret of another shape', () => {
    expect(() => otpauthUri({ issuer: 'V', account: ' : ', secret })).toThrow(RangeError);
    expect(() => otpauthUri({ issuer: 'V', account: 'a', secret: 'abc' })).toThrow(RangeError);
    expect(() => otpauthUri({ issuer: 'V', account: 'a', secret: 'ABC&issuer=evil' })).toThrow(RangeError);
  });
});

describe('ENROL-3 the key to type', () => {
  it('ENROL-3 is the same key in groups of four', () => {
    expect(groupKey(RFC_SECRET)).toBe('GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ');
    const secret = naiveBase32(randomBytes(20));
    expect(groupKey(secret).replaceAll(' ', '')).toBe(secret);
    expect(groupKey('')).toBe('');
  });
});
