import fc from 'fast-check';
import { createTranslator } from 'use-intl/core';
import { describe, expect, it } from 'vitest';
import en from '@/messages/en.json';
import fr from '@/messages/fr.json';
import { LOCALES, REGIONAL } from './locale';
import { sentence, translator } from './translate';

/** Every sentence by its key: `home.title`. */
function sentences(messages: object, within = ''): [key: string, message: string][] {
  return Object.entries(messages).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'string'
      ? [[within + name, value] as [string, string]]
      : sentences(value as object, `${within}${name}.`),
  );
}

const namesIn = (message: string) => [...message.matchAll(/\{(\w+)/g)].map(([, name]) => name!);

describe('LOOK-1 sentences', () => {
  it.each(LOCALES)('LOOK-1 read as ICU writes them, whatever stands in their gaps: %s', (locale) => {
    const messages = { fr, en }[locale];
    const icu = createTranslator({ locale: REGIONAL[locale], messages: messages as typeof fr, timeZone: 'UTC' });
    const all = sentences(messages).filter(([, message]) => message.includes('{'));
    expect(all.length).toBeGreaterThan(100);
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.string(), fc.nat({ max: 20_000 }), ([key, message], words, number) => {
        for (const value of [words, `${words}{x} '<b>' {`, String(number), number]) {
          // A plural wants a number; where words are given, ICU says so in its own way.
          if (typeof value === 'string' && /\{\w+,/.test(message)) continue;
          const values = Object.fromEntries(namesIn(message).map((name) => [name, value]));
          const expected = (icu as unknown as (key: string, values: object) => string)(key, values);
          expect(sentence(locale, key, values)).toBe(expected);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('LOOK-1 a name that nobody gave is not left out in silence', () => {
    const lead = () => sentence('fr', 'signIn.lead', {});
    expect(lead()).toBe('signIn.lead');
  });

  it.each(LOCALES)('LOOK-1 are known to be there where use-intl finds them, and nowhere else: %s', (locale) => {
    const messages = { fr, en }[locale];
    const icu = createTranslator({ locale: REGIONAL[locale], messages: messages as typeof fr, timeZone: 'UTC' });
    const has = translator(locale).has as (key: string) => boolean;
    const there = sentences(messages).map(([key]) => key);
    expect(there.filter((key) => !has(key))).toEqual([]);
    const part = fc.constantFrom(...new Set(there.flatMap((key) => key.split('.'))), '', 'nowhere');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        expect(has(parts.join('.'))).toBe(icu.has(parts.join('.') as never));
      }),
    );
    for (const key of ['constructor', 'home.toString', '__proto__', 'home.title.length']) expect(has(key)).toBe(false);
  });
});
