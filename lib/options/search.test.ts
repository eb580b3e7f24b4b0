import { expect, it } from 'vitest';
import { LOCALES, type Locale } from '@/lib/language/locale';
import { OPTION_KEYS } from './registry';
import { holdsWords } from './search';
import { optionWords } from './words';

const found = (locale: Locale, typed: string) =>
  OPTION_KEYS.filter((key) => {
    const { label, help } = optionWords(locale, key);
    return holdsWords([key, label, help].join(' '), typed);
  });

it('OPT-1 « MFA » leaves the options of MFA, in both languages and any case', () => {
  const ofMfa = ['internalMFA', 'portalMFA', 'externalMFA', 'mfaGraceDays', 'mfaRememberDeviceDays'];
  for (const locale of LOCALES) {
    for (const typed of ['MFA', 'mfa', ' Mfa ']) expect(found(locale, typed)).toEqual(ofMfa);
  }
});

it('OPT-1 the search forgives accents and takes words in any order', () => {
  expect(found('fr', 'durée PARENTS')).toEqual(found('fr', 'parents duree'));
  expect(found('fr', 'durée parents')).toContain('portalSessionHours');
  expect(found('fr', 'telephone')).toEqual([]);
  expect(found('en', '')).toEqual(OPTION_KEYS);
  expect(found('fr', '(.*)')).toEqual([]);
});
