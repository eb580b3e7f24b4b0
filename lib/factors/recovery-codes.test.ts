import { createHmac, scryptSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashRecoveryCode, newRecoveryCodes, normaliseRecoveryCode } from './recovery-codes';

describe('ENROL-7 new recovery codes', () => {
  it('ENROL-7 are ten, in groups of four, all different, and normalise to themselves', () => {
    const codes = newRecoveryCodes();
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) {
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
      expect(normaliseRecoveryCode(code)).toBe(code.replaceAll('-', ''));
    }
  });

  it('ENROL-7 use all 32 characters evenly in every place', () => {
    const codes = Array.from({ length: 100 }, () => newRecoveryCodes(100)).flat();
    const groups = codes.map((code) => code.replaceAll('-', ''));
    for (let place = 0; place < 16; place++) {
      const counts = new Map<string, number>();
      for (const code of groups) counts.set(code[place]!, (counts.get(code[place]!) ?? 0) + 1);
      expect(counts.size).toBe(32);
      // 10,000 draws of 32: 312.5 each, standard deviation 17.4; eight of them are out of reach of chance.
      for (const count of counts.values()) expect(Math.abs(count - 312.5)).toBeLessThan(140);
    }
  });

  it.each([0, -1, 1.5, 101, Number.NaN])('ENROL-7 refuses a count of %d', (count) => {
    expect(() => newRecoveryCodes(count)).toThrow(RangeError);
  });
});

describe('ENROL-7 what people type', () => {
  it.each([
    '0123-4567-89AB-CDEF',
    '0123456789abcdef',
    ' 0123 4567 89ab cdef\n',
    'o123-4567-89ab-cdef',
    'OI23-4567-89AB-CDEF',
    'Ol23–4567–89AB–CDEF',
    '0i23\u00A04567\u202F89AB\u2009CDEF',
    '\uFEFF0123456789ABCDEF\u200B',
    '０１２３４５６７８９ＡＢＣＤＥＦ',
  ])('ENROL-7 Bad inputs 44: %j', (typed) => {
    expect(normaliseRecoveryCode(typed)).toBe('0123456789ABCDEF');
  });

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['15 characters', '0123456789ABCDE'],
    ['17 characters', '0123456789ABCDEF0'],
    ['a U', '0123456789ABCDEU'],
    ['a NUL', '0123456789ABCDEF\0'],
    ['punctuation', '0123.4567.89AB.CDEF'],
    ['a Cyrillic А', '0123456789АBCDEF'],
    ['a dotless i', 'ı123456789ABCDEF'],
    ['six digits', '123456'],
    ['an array', ['0123456789ABCDEF']],
    ['an object', { $gt: '' }],
    ['a number', 1234567890123456],
    ['null', null],
    ['65 characters', '0123456789ABCDEF'.padEnd(65)],
    ['a megabyte', '0'.repeat(1_000_000)],
    ['a lone surrogate', '0123456789ABCDE\uD800'],
  ])('ENROL-7 %s is no code', (_, typed) => {
    expect(normaliseRecoveryCode(typed)).toBeNull();
  });

  it('ENROL-7 forgives case, spaces, dashes and look-alikes in any mixture', () => {
    const looks: Record<string, string[]> = { '0': ['0', 'O', 'o'], '1': ['1', 'I', 'i', 'L', 'l'] };
    const scrambled = fc
      .array(
        fc.tuple(fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'), fc.nat(), fc.constantFrom('', ' ', '-')),
        {
          minLength: 16,
          maxLength: 16,
        },
      )
      .map((places) => ({
        code: places.map(([letter]) => letter).join(''),
        typed: places
          .map(([letter, n, gap]) => {
            const forms = looks[letter] ?? [letter, letter.toLowerCase()];
            return forms[n % forms.length]! + gap;
          })
          .join(''),
      }));
    fc.assert(
      fc.property(scrambled, ({ code, typed }) => {
        expect(normaliseRecoveryCode(typed)).toBe(code);
      }),
    );
  });

  it('ENROL-7 gives 16 characters or null for anything at all, and does not change them again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.stringMatching(/^[0-9A-Za-z -]{14,20}$/)), (typed) => {
        const code = normaliseRecoveryCode(typed);
        if (code !== null) {
          expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
          expect(normaliseRecoveryCode(code)).toBe(code);
        }
      }),
    );
  });
});

describe('ENROL-7 recovery codes at rest', () => {
  const key = Buffer.alloc(32, 1);
  const code = '0123456789ABCDEF';

  it('ENROL-7 is the construction that the docstring names', async () => {
    const hmac = (label: string, value: string | Buffer) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(label.length);
      return createHmac('sha256', key).update(length).update(label).update(value).digest();
    };
    const stretched = scryptSync(code, hmac('recovery-code-salt', 'account-1'), 32, { N: 4096, r: 8, p: 1 });
    const hash = await hashRecoveryCode({ code, accountId: 'account-1', key });
    expect(hash).toEqual(hmac('recovery-code', stretched));
  });

  it('ENROL-7 differs by code, by account and by pepper', async () => {
    const hashes = await Promise.all([
      hashRecoveryCode({ code, accountId: 'account-1', key }),
      hashRecoveryCode({ code, accountId: 'account-1', key }),
      hashRecoveryCode({ code: '0123456789ABCDEG', accountId: 'account-1', key }),
      hashRecoveryCode({ code, accountId: 'account-2', key }),
      hashRecoveryCode({ code, accountId: 'account-1', key: Buffer.alloc(32, 2) }),
    ]);
    expect(new Set(hashes.map((hash) => hash.toString('hex'))).size).toBe(4);
    expect(hashes[0]).toEqual(hashes[1]);
  });

  it('ENROL-7 refuses what was not normalised, no account, and a short key', async () => {
    const accountId = 'account-1';
    for (const raw of ['0123-4567-89AB-CDEF', '0123456789abcdef', '', 'O123456789ABCDEF']) {
      await expect(hashRecoveryCode({ code: raw, accountId, key })).rejects.toThrow(RangeError);
    }
    await expect(hashRecoveryCode({ code, accountId: '', key })).rejects.toThrow(RangeError);
    await expect(hashRecoveryCode({ code, accountId, key: Buffer.alloc(31) })).rejects.toThrow(RangeError);
  });
});
