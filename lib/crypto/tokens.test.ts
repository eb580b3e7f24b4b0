import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantTimeEqual, hashToken, keyedHash, newToken } from './tokens';

describe('SAFE-3 tokens', () => {
  it('SAFE-3 makes 256 random bits in base64url, all of them used', () => {
    const tokens = Array.from({ length: 500 }, newToken);
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(new Set(tokens).size).toBe(500);
    const or = tokens.map((t) => Buffer.from(t, 'base64url')).reduce((a, t) => Buffer.from(a.map((x, i) => x | t[i]!)));
    expect([...or]).toEqual(Array(32).fill(255));
  });

  it('SAFE-3 hashes with SHA-256 (FIPS 180-4, "abc")', () => {
    expect(hashToken('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('SAFE-3 compares like ===, and bytes like their text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }), (a, b) => {
        expect(constantTimeEqual(a, b)).toBe(a === b);
        expect(constantTimeEqual(Buffer.from(a), a)).toBe(true);
      }),
    );
    expect(constantTimeEqual('', 'a')).toBe(false);
    expect(constantTimeEqual('aa', 'ab')).toBe(false);
    expect(constantTimeEqual('a', 'ab')).toBe(false);
  });
});

describe('SIGN-4 keyed hashes', () => {
  const key = Buffer.alloc(32, 7);

  it('SIGN-4 is HMAC-SHA256 over length of label, label and value', () => {
    const expected = createHmac('sha256', key).update(Buffer.from('\0\0\0\x02ipx', 'latin1')).digest('hex');
    expect(keyedHash(key, 'ip', 'x').toString('hex')).toBe(expected);
  });

  it('SIGN-4 keeps keys, labels and values apart, and the border between label and value', () => {
    const hashes = [
      keyedHash(key, 'ab', 'c'),
      keyedHash(key, 'a', 'bc'),
      keyedHash(key, 'abc', ''),
      keyedHash(key, '', 'abc'),
      keyedHash(Buffer.alloc(32, 8), 'ab', 'c'),
    ].map((hash) => hash.toString('hex'));
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(keyedHash(key, 'ab', Buffer.from('c')).toString('hex')).toBe(hashes[0]);
  });

  it('SIGN-4 refuses a key under 32 bytes', () => {
    expect(() => keyedHash(Buffer.alloc(31), 'a', 'b')).toThrow(RangeError);
  });
});
