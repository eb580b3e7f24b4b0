import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SealError, createSealer, parseSealingKeys, type SealErrorCode } from './seal';

const key = (id: string) => ({ id, key: randomBytes(32) });

function codeOf(work: () => unknown): SealErrorCode | 'nothing thrown' {
  try {
    work();
  } catch (error) {
    if (error instanceof SealError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('SAFE-2 sealed values', () => {
  const keys = [key('k2'), key('k1')];
  const sealer = createSealer(keys);

  it('SAFE-2 opens what it sealed, text and bytes, of any length', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ minLength: 1, unit: 'grapheme' }),
        (bytes, context) => {
          expect(sealer.open(sealer.seal(Buffer.from(bytes), context), context)).toEqual(Buffer.from(bytes));
        },
      ),
    );
    expect(sealer.open(sealer.seal('Zoë 李', 'c'), 'c').toString('utf8')).toBe('Zoë 李');
  });

  it('SAFE-2 has the layout that it promises, and shows nothing of the plaintext', () => {
    const sealed = sealer.seal('SECRETSECRETSECRET', 'factor:a:b:secret');
    expect([...sealed.subarray(0, 4)]).toEqual([1, 2, 0x6b, 0x32]);
    expect(sealed.length).toBe(4 + 12 + 16 + 18);
    expect(sealed.includes('SECRET')).toBe(false);
  });

  it('SAFE-2 never seals the same way twice', () => {
    const seen = new Set(Array.from({ length: 200 }, () => sealer.seal('same', 'c').toString('hex')));
    expect(seen.size).toBe(200);
  });

  it('SAFE-2 does not open in another row', () => {
    const sealed = sealer.seal('secret', 'factor:alice:1:secret');
    expect(codeOf(() => sealer.open(sealed, 'factor:bob:1:secret'))).toBe('seal.notAuthentic');
    expect(codeOf(() => sealer.open(sealed, 'factor:alice:1:secret '))).toBe('seal.notAuthentic');
  });

  it('SAFE-2 refuses every single changed bit', () => {
    const sealed = sealer.seal('secret', 'c');
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(
        codeOf(() => sealer.open(changed, 'c')),
        `bit ${bit}`,
      ).not.toBe('nothing thrown');
    }
  });

  it('SAFE-2 refuses every shortened value, and garbage, with a code of its own', () => {
    const sealed = sealer.seal('secret', 'c');
    for (let length = 0; length < sealed.length; length++) {
      expect(
        codeOf(() => sealer.open(sealed.subarray(0, length), 'c')),
        `${length} bytes`,
      ).not.toBe('nothing thrown');
    }
    expect(codeOf(() => sealer.open(Buffer.alloc(0), 'c'))).toBe('seal.malformed');
    expect(codeOf(() => sealer.open(Buffer.from([1, 255, 1, 2]), 'c'))).toBe('seal.malformed');
    expect(codeOf(() => sealer.open(Buffer.from([9, 2, 1, 2]), 'c'))).toBe('seal.unknownVersion');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(codeOf(() => sealer.open(Buffer.from(bytes), 'c'))).not.toBe('nothing thrown');
      }),
    );
  });

  it('SAFE-2 authenticates the name of the key: the same key under another name does not open', () => {
    const one = key('aa');
    const sealed = createSealer([one]).seal('secret', 'c');
    const renamed = Buffer.from(sealed);
    renamed.write('bb', 2, 'ascii');
    expect(codeOf(() => createSealer([{ id: 'bb', key: one.key }]).open(renamed, 'c'))).toBe('seal.notAuthentic');
  });

  it('SAFE-2 does not let the border between key name and context slide', () => {
    const one = key('a');
    const sealed = createSealer([one]).seal('x', 'bc');
    const moved = Buffer.concat([Buffer.from([1, 2]), Buffer.from('ab'), sealed.subarray(3)]);
    expect(codeOf(() => createSealer([{ id: 'ab', key: one.key }]).open(moved, 'c'))).toBe('seal.notAuthentic');
  });

  it('SAFE-2 rotates: a new first key seals, the old one still opens, and old values can be told', () => {
    const [old, fresh] = [key('old'), key('new')];
    const before = createSealer([old]);
    const during = createSealer([fresh, old]);
    const after = createSealer([fresh]);
    const sealed = before.seal('secret', 'c');
    expect(before.isCurrent(sealed)).toBe(true);
    expect(during.isCurrent(sealed)).toBe(false);
    const resealed = during.seal(during.open(sealed, 'c'), 'c');
    expect(during.isCurrent(resealed)).toBe(true);
    expect(after.open(resealed, 'c').toString()).toBe('secret');
    expect(codeOf(() => after.open(sealed, 'c'))).toBe('seal.unknownKey');
  });

  it('SAFE-2 refuses an empty context, no key, a key of another size and doubles', () => {
    expect(codeOf(() => sealer.seal('x', ''))).toBe('seal.noContext');
    expect(codeOf(() => sealer.open(sealer.seal('x', 'c'), ''))).toBe('seal.noContext');
    expect(codeOf(() => createSealer([]))).toBe('keys.missing');
    expect(codeOf(() => createSealer([{ id: 'a', key: randomBytes(31) }]))).toBe('keys.short');
    expect(codeOf(() => createSealer([{ id: 'a', key: randomBytes(33) }]))).toBe('keys.long');
    expect(codeOf(() => createSealer([{ id: 'é', key: randomBytes(32) }]))).toBe('keys.malformed');
    expect(codeOf(() => createSealer([keys[0]!, { ...keys[1]!, id: 'k2' }]))).toBe('keys.duplicate');
  });
});

describe('SAFE-2 the key list', () => {
  const one = randomBytes(32);
  const two = randomBytes(32);

  it('SAFE-2 reads one key or several, in order, base64 or base64url', () => {
    const text = ` k2:${two.toString('base64')}, k1:${one.toString('base64url')} `;
    expect(parseSealingKeys(text)).toEqual([
      { id: 'k2', key: two },
      { id: 'k1', key: one },
    ]);
  });

  const b = (bytes: Buffer) => bytes.toString('base64');
  it.each<[string, string, SealErrorCode]>([
    ['nothing', '', 'keys.missing'],
    ['spaces', '  ', 'keys.missing'],
    ['no id', b(one), 'keys.malformed'],
    ['an empty id', `:${b(one)}`, 'keys.malformed'],
    ['an id with a space', `a b:${b(one)}`, 'keys.malformed'],
    ['an id of 33 characters', `${'a'.repeat(33)}:${b(one)}`, 'keys.malformed'],
    ['a second colon', `a:b:${b(one)}`, 'keys.malformed'],
    ['a trailing comma', `a:${b(one)},`, 'keys.malformed'],
    ['an empty key', 'a:', 'keys.malformed'],
    ['not base64', 'a:***', 'keys.malformed'],
    ['31 bytes', `a:${b(one.subarray(1))}`, 'keys.short'],
    ['33 bytes', `a:${b(Buffer.concat([one, Buffer.from([1])]))}`, 'keys.long'],
    ['64 hexadecimal digits', `a:${one.toString('hex')}`, 'keys.long'],
    ['zeros', `a:${b(Buffer.alloc(32))}`, 'keys.weak'],
    ['eight bytes repeated', `a:${b(Buffer.concat([one, one, one, one].map((x) => x.subarray(0, 8))))}`, 'keys.weak'],
    ['bytes counted up', `a:${b(Buffer.from(Array.from({ length: 32 }, (_, i) => 200 + i)))}`, 'keys.weak'],
    ['a typed phrase', `a:${b(Buffer.from('abcdefghijklmnopqrstuvwxyz012345'))}`, 'keys.weak'],
    ['the same id twice', `a:${b(one)},a:${b(two)}`, 'keys.duplicate'],
    ['the same key twice', `a:${b(one)},b:${b(one)}`, 'keys.duplicate'],
  ])('SAFE-2 RUN-3 refuses %s', (_, text, code) => {
    expect(codeOf(() => parseSealingKeys(text))).toBe(code);
  });

  it('SAFE-2 RUN-6 says which key is wrong without showing it', () => {
    const bad = one.subarray(0, 20);
    expect(() => parseSealingKeys(`k9:${b(two)},k7:${b(bad)}`)).toThrow('key "k7" has 20 bytes; it must have 32');
    const texts = [`a:${b(one)},a:${b(two)}`, `${b(one)}`, `a:${b(one)}!`, `x y:${b(one)}`, `${b(one)}:!`];
    for (const text of texts) {
      try {
        parseSealingKeys(text);
        expect.unreachable();
      } catch (error) {
        expect((error as Error).message).not.toContain(b(one).slice(0, 8));
      }
    }
  });

  it('SAFE-2 never calls random bytes weak', () => {
    for (let i = 0; i < 500; i++) expect(parseSealingKeys(`a:${b(randomBytes(32))}`)).toHaveLength(1);
  });
});
