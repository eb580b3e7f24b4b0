import type { ProfileValues } from '@/components/accounts/profile-fields';
import { KINDS, type AccountDetails, type RoleChoice } from '@/lib/accounts/model';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { roleLabel } from '../roles/words';
import { fieldNames } from './words';

/**
 * What the fields of an account say, for a new one and for one that is there.
 *
 * @param roles those that the actor may give
 */
export function profileValues(locale: Locale, roles: readonly RoleChoice[], account?: AccountDetails): ProfileValues {
  const t = translator(locale);
  return {
    labels: fieldNames(t),
    hints: {
      ...(account ? { email: t('accounts.emailHint') } : { username: t('accounts.usernameHint') }),
      role: t('accounts.roleHint'),
    },
    kinds: KINDS.map((kind) => ({ id: kind, label: t(`accounts.kinds.${kind}`) })),
    roles: [
      { id: '', label: t('accounts.noRole') },
      ...roles.map((role) => ({ id: role.id, label: roleLabel(locale, role) })),
    ],
    languages: [
      { id: '', label: t('accounts.languageOrganisation') },
      { id: 'fr', label: t('account.french'), lang: 'fr-CA' },
      { id: 'en', label: t('account.english'), lang: 'en-CA' },
    ],
    known: {
      ...(account
        ? {
            firstName: account.firstName,
            lastName: account.lastName,
            email: account.email,
            username: account.username,
          }
        : {}),
      kind: account?.kind ?? 'parent',
      role: account?.role?.id ?? '',
      language: account?.locale ?? '',
    },
  };
}
