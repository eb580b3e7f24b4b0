import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fastest } from '@/e2e/fixtures/fastest';
import { commonHash, countCommonPasswords, HASH_BYTES, isCommonPassword } from './common';

describe('AUTH-2 common passwords', () => {
  it('AUTH-2 at least 100,000 are known, in order and each once', () => {
    expect(countCommonPasswords()).toBeGreaterThanOrEqual(100_000);
    const bytes = readFileSync(path.resolve('lib/passwords/common-passwords.bin'));
    expect(bytes.length % HASH_BYTES).toBe(0);
    for (let place = HASH_BYTES; place < bytes.length; place += HASH_BYTES) {
      if (bytes.readUIntBE(place, HASH_BYTES) <= bytes.readUIntBE(place - HASH_BYTES, HASH_BYTES)) {
        throw new Error(`Out of order at ${place}`);
      }
    }
  });

  it.each([
    // English, and of everywhere.
    'sunshine1',
    'iloveyou123',
    'trustno1',
    'football',
    'qwertyuiop',
    'letmein123',
    'correcthorsebatterystaple',
    // French, and of Québec.
    'azertyuiop',
    'marseille',
    'chouchou',
    'jetaime123',
    'bonjour123',
    'soleil2024',
    'tabarnak',
    'canadiensdemontreal',
    'jetaimepourlavie',
    'anniversaire',
    'extraordinaires',
  ])('AUTH-2 %s is one', (password) => {
    expect(isCommonPassword(password)).toBe(true);
  });

  it.each([
    ['SUNSHINE1', 'capitals'],
    ['Ｓｕｎｓｈｉｎｅ１', 'full-width letters'],
    ['5un5h1n3', 'substitutions'],
    ['ch0c0l4t', 'substitutions'],
    ['Je t’aime pour la vie', 'spaces and an apostrophe'],
    ['Canadiens de Montréal', 'spaces and accents'],
    ['f-o-o-t-b-a-l-l', 'hyphens'],
    ['Chocolat2024', 'a year behind'],
    ['!!chocolat!!', 'signs around'],
    ['Correct Horse Battery Staple', 'spaces'],
  ])('AUTH-2 %s is one behind %s', (password) => {
    expect(isCommonPassword(password)).toBe(true);
  });

  it.each([
    'Une longue phrase à soi',
    'Orage-Lanterne-Verger-7',
    'vélo brûlé sur le quai',
    'chocolat au lait 20250112',
    'k7Qz!p2Wm9#xLr4T',
    '',
    ' ',
    '😀🌲🐟🎈🚲',
  ])('AUTH-2 « %s » is none', (password) => {
    expect(isCommonPassword(password)).toBe(false);
  });

  it('AUTH-2 is answered within a millisecond, and the list is small', () => {
    isCommonPassword('warm');
    const took = fastest(() => {
      for (let round = 0; round < 100; round += 1) isCommonPassword(`Une longue phrase à soi ${round}`);
    });
    expect(took / 100).toBeLessThan(1);
    expect(statSync(path.resolve('lib/passwords/common-passwords.bin')).size).toBeLessThan(2_000_000);
  });

  it('AUTH-2 a hash is the first 48 bits of SHA-256', () => {
    expect(commonHash('abc')).toBe(0xba7816bf8f01);
  });

  it('AUTH-2 FAST-5 nothing that a browser gets knows of the list', () => {
    const inBrowser = readdirSync(path.resolve('components'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.tsx?$/.test(file),
    );
    const asking = inBrowser.filter((file) =>
      readFileSync(path.resolve('components', file), 'utf8').includes('passwords/common'),
    );
    expect(asking).toEqual([]);
    expect(readFileSync(path.resolve('lib/passwords/rules.ts'), 'utf8')).not.toMatch(/from '\.\/|node:/);
  });
});
