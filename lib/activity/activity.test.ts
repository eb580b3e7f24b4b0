import { expect, it } from 'vitest';
import { LOCALES } from '@/lib/language/locale';
import { sentence } from '@/lib/language/translate';
import { ACTIVITY, activityKey } from './model';

it('SELF-1 everything that My account may show of what happened has its words in both languages', () => {
  for (const [action, outcome] of ACTIVITY) {
    const key = `activity.${activityKey({ action, outcome })}`;
    for (const locale of LOCALES) expect(sentence(locale, key)).not.toBe(key);
  }
});
