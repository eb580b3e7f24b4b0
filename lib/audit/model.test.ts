import { expect, it } from 'vitest';
import { LOCALES } from '@/lib/language/locale';
import en from '@/messages/en.json';
import fr from '@/messages/fr.json';
import { AUDIT_ACTIONS, AUDIT_GROUPS, AUDIT_OUTCOMES } from './model';

it('AUD-1 LOOK-1 every action, group and outcome that can be written down has its words in both languages', () => {
  for (const locale of LOCALES) {
    const { actions, groups, outcomes } = { fr, en }[locale].audit;
    expect({ locale, actions: Object.keys(actions).toSorted() }).toEqual({
      locale,
      actions: AUDIT_ACTIONS.map((action) => action.replace('.', '_')).toSorted(),
    });
    expect({ locale, groups: Object.keys(groups).toSorted() }).toEqual({ locale, groups: AUDIT_GROUPS.toSorted() });
    expect(Object.keys(outcomes)).toEqual([...AUDIT_OUTCOMES]);
  }
});
