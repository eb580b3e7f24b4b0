import type { AccountStatus } from '@/lib/accounts/model';
import type { Translator } from '@/lib/language/translate';

/** How loudly a state speaks; its word says the same. */
export const STATUS_TONES = { active: 'success', invited: 'plain', suspended: 'warning' } as const satisfies Record<
  AccountStatus,
  string
>;

export const fullName = ({ firstName, lastName }: { firstName: string; lastName: string }) =>
  `${firstName} ${lastName}`;

/** What the fields of an account are called, in its form as in a file that is read. */
export const fieldNames = (t: Translator) => ({
  firstName: t('account.firstName'),
  lastName: t('account.lastName'),
  email: t('account.email'),
  username: t('accounts.username'),
  kind: t('accounts.kind'),
  role: t('accounts.role'),
  language: t('accounts.language'),
});
