import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashRecoveryCode, normaliseRecoveryCode } from '@/lib/factors/recovery-codes';
import { hashPassCode, newPassCode, normalisePassCode } from './pass-code';

const key = randomBytes(32);

describe('RESET-3 the one-time pass', () => {
  it('RESET-3 is three groups of four characters without look-alikes, and no two are the same', () => {
    const codes = Array.from({ length: 500 }, newPassCode);
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
    expect(new Set(codes).size).toBe(500);
  });

  it('RESET-3 is read as it is said: in small letters, with spaces, O for 0 and l for 1', () => {
    expect(normalisePassCode(' k7qm 2xtr-90b1 ')).toBe('K7QM2XTR90B1');
    expect(normalisePassCode('k7qm2xtr9Obl')).toBe('K7QM2XTR90B1');
    fc.assert(
      fc.property(fc.integer(), () => {
        const code = newPassCode();
        expect(normalisePassCode(code.toLowerCase().replaceAll('-', ' '))).toBe(code.replaceAll('-', ''));
      }),
    );
  });

  it('RESET-3 is never taken for a recovery code or for anything else', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        const code = normalisePassCode(input);
        expect(code === null || (code.length === 12 && normaliseRecoveryCode(input) === null)).toBe(true);
      }),
    );
  });

  it('RESET-3 is kept as a hash that holds for one account, and for passes alone', async () => {
    const code = normalisePassCode(newPassCode())!;
    const [hash, again, other] = await Promise.all([
      hashPassCode({ code, accountId: 'a', key }),
      hashPassCode({ code, accountId: 'a', key }),
      hashPassCode({ code, accountId: 'b', key }),
    ]);
    expect(hash).toHaveLength(32);
    expect(again).toEqual(hash);
    expect(other).not.toEqual(hash);
    await expect(hashRecoveryCode({ code, accountId: 'a', key })).rejects.toThrow(RangeError);
    await expect(hashPassCode({ code: `${code}0000`, accountId: 'a', key })).rejects.toThrow(RangeError);
  });
});
