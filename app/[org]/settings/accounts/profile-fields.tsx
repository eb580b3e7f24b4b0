import { FormField, FormSelect } from '@/components/ui/action-form';
import { KINDS, type AccountDetails, type RoleChoice } from '@/lib/accounts/model';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { roleLabel } from '../roles/words';

/** What an administrator says of an account; the same fields for a new one and for one that is there. */
export function ProfileFields({
  locale,
  account,
  roles,
}: {
  locale: Locale;
  account?: AccountDetails;
  /** Those that the actor may give. */
  roles: readonly RoleChoice[];
}) {
  const t = translator(locale);
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <FormField
        name="firstName"
        label={t('account.firstName')}
        defaultValue={account?.firstName}
        autoComplete="off"
        maxLength={200}
        required
      />
      <FormField
        name="lastName"
        label={t('account.lastName')}
        defaultValue={account?.lastName}
        autoComplete="off"
        maxLength={200}
        required
      />
      <FormField
        name="email"
        type="email"
        label={t('account.email')}
        hint={account ? t('accounts.emailHint') : undefined}
        defaultValue={account?.email}
        autoComplete="off"
        maxLength={254}
        required
        className="sm:col-span-2"
      />
      <FormField
        name="username"
        label={t('accounts.username')}
        hint={account ? undefined : t('accounts.usernameHint')}
        defaultValue={account?.username}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={64}
        className="sm:col-span-2"
      />
      <FormSelect name="kind" label={t('accounts.kind')} defaultValue={account?.kind ?? 'parent'}>
        {KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {t(`accounts.kinds.${kind}`)}
          </option>
        ))}
      </FormSelect>
      <FormSelect
        name="role"
        label={t('accounts.role')}
        hint={t('accounts.roleHint')}
        defaultValue={account?.role?.id ?? ''}
      >
        <option value="">{t('accounts.noRole')}</option>
        {roles.map((role) => (
          <option key={role.id} value={role.id}>
            {roleLabel(locale, role)}
          </option>
        ))}
      </FormSelect>
      <FormSelect
        name="language"
        label={t('accounts.language')}
        defaultValue={account?.locale ?? ''}
        className="sm:col-span-2"
      >
        <option value="">{t('accounts.languageOrganisation')}</option>
        <option value="fr" lang="fr-CA">
          {t('account.french')}
        </option>
        <option value="en" lang="en-CA">
          {t('account.english')}
        </option>
      </FormSelect>
    </div>
  );
}
