import { expect, it } from 'vitest';
import { FAULTS, type FaultCode } from '@/lib/external/model';
import { SAML_FAULTS } from '@/lib/saml/fault';
import { LOCALES } from '@/lib/language/locale';
import en from '@/messages/en.json';
import fr from '@/messages/fr.json';
import { REASONS } from '@/lib/policy/decision';
import { REFUSALS, type RefusalCode } from '@/lib/refusals';
import { AUDIT_ACTIONS, AUDIT_DETAILS, AUDIT_GROUPS, AUDIT_OUTCOMES, AUDIT_REASONS } from './model';
import { actionWords, changeWords, detailWords, reasonWords, valueWords } from './words';

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

/** A name for people: something other than the key itself, and no place where words should stand. */
const isWords = (words: string, key: string) =>
  words !== key && !/^(audit|simulator|refusals|options|externalFaults)\./.test(words) && !words.includes('{');

it('AUD-1 LOOK-1 every reason and every detail that can be written down has its words in both languages', () => {
  const refusals = Object.keys(REFUSALS) as RefusalCode[];
  for (const locale of LOCALES) {
    const unnamed = [
      ...AUDIT_ACTIONS.filter((action) => !isWords(actionWords(locale, action), action)),
      ...[...AUDIT_REASONS, ...REASONS, ...refusals, ...(Object.keys(FAULTS) as FaultCode[]), ...SAML_FAULTS].filter(
        (reason) => !isWords(reasonWords(locale, reason), reason),
      ),
      ...AUDIT_DETAILS.filter((name) => !isWords(detailWords(locale, name), name)),
    ];
    expect({ locale, unnamed }).toEqual({ locale, unnamed: [] });
    const { details, reasons } = { fr, en }[locale].audit;
    expect(Object.keys(details).toSorted(), 'no words without a detail').toEqual(AUDIT_DETAILS.toSorted());
    expect(Object.keys(reasons)).toEqual(expect.arrayContaining([...AUDIT_REASONS]));
  }
});

it('AUD-1 LOOK-1 what changed is told in words: options by their names, values of ours, and people’s own words as they are', () => {
  expect(changeWords('fr', { what: 'internalMFA', before: 'off', after: 'mandatory' })).toEqual({
    name: 'Authentification multifacteur des employés',
    before: 'désactivé',
    after: 'obligatoire',
  });
  expect(valueWords('fr', 'kind', { before: 'employee', after: 'parent' })).toBe('employé → parent');
  expect(valueWords('fr', 'subject', { kind: 'employee' })).toBe('Type\u00a0: employé');
  expect(valueWords('en', 'changed', ['firstName', 'roleId'])).toBe('First name, Role');
  expect(valueWords('en', 'changed', ['tokenEndpoint', 'ssoUrl']), 'as its own page calls it').not.toMatch(
    /tokenE|ssoU/,
  );
  expect(valueWords('en', 'reasons', ['network.excepted', 'proof.complete'])).not.toContain('network.');
  expect(valueWords('en', 'filters', ['person', 'until'])).not.toMatch(/^person/);
  expect(valueWords('en', 'reason', 'off')).toBe('off');
  expect(valueWords('en', 'made', true)).toBe('yes');
  expect(valueWords('en', 'role', null)).toBe('nothing');
});
