import { expect, it } from 'vitest';
import { LOCALES } from '@/lib/language/locale';
import { REASONS } from '@/lib/policy/decision';
import { reasonWords } from './words';

it.each(LOCALES)('GUARD-3 every reason of a decision has a sentence of its own, %s', (locale) => {
  const sentences = REASONS.map((reason) => reasonWords(locale, reason));
  for (const [index, sentence] of sentences.entries()) expect(sentence, REASONS[index]).toMatch(/^[^_]+ [^_]+\.$/);
  expect(new Set(sentences).size).toBe(REASONS.length);
});
