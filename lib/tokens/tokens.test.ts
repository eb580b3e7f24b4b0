import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTokensFile } from './csv';
import { readSerial } from './model';
import { readSeed } from './seed';

const RFC_SEED = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('ENROL-8 what is typed of a token', () => {
  it('ENROL-8 reads a seed in hexadecimal and in base32, as makers write them', () => {
    const hexadecimal = Buffer.from('12345678901234567890').toString('hex');
    for (const typed of [hexadecimal, hexadecimal.toUpperCase(), hexadecimal.replace(/../g, '$& '), RFC_SEED]) {
      expect(readSeed(typed), typed).toBe(RFC_SEED);
    }
    expect(readSeed(`${RFC_SEED.toLowerCase().replace(/.{4}/g, '$&-')}====`)).toBe(RFC_SEED);
  });

  it('ENROL-8 refuses fewer than 128 bits, more than 64 bytes, and what is neither', () => {
    for (const typed of ['', 'zz', randomBytes(15).toString('hex'), randomBytes(65).toString('hex'), 'A'.repeat(33)]) {
      expect(readSeed(typed), typed).toBeNull();
    }
    expect(readSeed(randomBytes(16).toString('hex'))).toHaveLength(26);
    fc.assert(fc.property(fc.string(), (typed) => void readSeed(typed)));
  });

  it('ENROL-8 reads a serial number however it is copied', () => {
    for (const typed of ['ab-12 34', ' AB1234', 'AB–1234', 'ａｂ１２３４']) expect(readSerial(typed)).toBe('AB1234');
    for (const typed of ['', '-', 'AB/12', 'é1', 'A'.repeat(65)]) expect(readSerial(typed)).toBeNull();
  });

  it('ENROL-8 reads a file of tokens line by line, with what is wrong beside it', () => {
    const file = ['Numéro de série;Graine;Type;Compteur', `1;${RFC_SEED};TOTP;`, `2;${RFC_SEED};compteur;7`, `1;x;y;z`];
    const [first, second, third] = readTokensFile(Buffer.from(file.join('\n')));
    expect(first).toMatchObject({ serialKey: '1', kind: 'totp', counter: 0, issues: [] });
    expect(second).toMatchObject({ serialKey: '2', kind: 'hotp', counter: 7, issues: [] });
    expect(third!.issues.map(({ code }) => code)).toEqual([
      'serial.twice',
      'seed.wrong',
      'kind.unknown',
      'counter.wrong',
    ]);
    expect(third!.issues[0]!.line).toBe(first!.line);
    expect(() => readTokensFile(Buffer.from('a,b\n1,2'))).toThrow('import.columns');
    expect(() => readTokensFile(Buffer.from('serial,seed'))).toThrow('import.no-lines');
    const many = ['serial,seed', ...Array.from({ length: 1_001 }, (_, index) => `${index},${RFC_SEED}`)];
    expect(() => readTokensFile(Buffer.from(many.join('\n')))).toThrow('import.too-many-lines');
  });
});
