import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slug } from '@/lib/accounts/text';
import { proposeSlug } from './model';

describe('ACC-1 proposals', () => {
  it.each([
    ['Garderie des Érables', 'garderie-des-erables'],
    ['L’Œuvre d’été', 'l-oeuvre-d-ete'],
    ['  École n° 7 — « Les Petits Pas »  ', 'ecole-n-7-les-petits-pas'],
    ['日本', ''],
  ])('ACC-1 a short name of %s', (name, proposed) => {
    expect(proposeSlug(name)).toBe(proposed);
  });

  it('ACC-1 what is proposed has the shape of a short name, or is empty', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), (name) => {
        const proposed = proposeSlug(name);
        const reading = slug.safeParse(proposed);
        const codes = reading.error?.issues.map(({ message }) => message) ?? [];
        expect(codes.filter((code) => !['text.required', 'text.tooShort', 'slug.reserved'].includes(code))).toEqual([]);
      }),
    );
  });
});
