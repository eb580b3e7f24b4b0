import { FormCheckbox, FormField, FormSelect, FormTextArea } from '@/components/ui/action-form';
import type { RoleChoice } from '@/lib/accounts/model';
import { isPublicDomain } from '@/lib/authenticators/domains';
import type { AuthenticatorView } from '@/lib/authenticators/service';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { FACTOR_KINDS } from '@/lib/policy/decision';
import { roleLabel } from '../../roles/words';

export interface FieldsProps {
  readonly locale: Locale;
  readonly view: AuthenticatorView;
  /** Those that the actor may give to accounts that are made by themselves. */
  readonly roles: readonly RoleChoice[];
}

/** What every authenticator has: a name and a description. */
export function NameFields({ locale, view: { authenticator } }: Pick<FieldsProps, 'locale' | 'view'>) {
  const t = translator(locale);
  return (
    <>
      <FormField
        name="name"
        label={t('authenticators.name')}
        defaultValue={authenticator.name}
        maxLength={100}
        autoComplete="off"
        required
      />
      <FormField
        name="description"
        label={t('authenticators.description')}
        defaultValue={authenticator.description}
        maxLength={500}
        autoComplete="off"
      />
    </>
  );
}

/** The kinds of second factors that those whom it serves may set up, each in a sentence (AUTH-3). */
export function FactorKindFields({ locale, view: { authenticator } }: Pick<FieldsProps, 'locale' | 'view'>) {
  const t = translator(locale);
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 font-medium">{t('authenticators.factorKinds')}</legend>
      {FACTOR_KINDS.map((kind) => (
        <FormCheckbox
          key={kind}
          name={`factor_${kind}`}
          label={t(`authenticators.factors.${kind}.label`)}
          hint={t(`authenticators.factors.${kind}.sentence`)}
          defaultChecked={authenticator.factorKinds.includes(kind)}
          className="-mx-3"
        />
      ))}
    </fieldset>
  );
}

/** What only an authenticator with a provider has: its second factor, its domains, the accounts made by themselves. */
export function ExternalFields({ locale, view, roles }: FieldsProps) {
  const t = translator(locale);
  const { authenticator, domains } = view;
  const open = domains.filter(isPublicDomain);
  const made = 'justInTime' in authenticator.settings ? authenticator.settings.justInTime : null;
  return (
    <>
      <fieldset className="flex flex-col gap-4 rounded-field border border-line p-4">
        <legend className="px-1 font-medium">{t('authenticators.mfaTitle')}</legend>
        <FormSelect
          name="externalMfa"
          label={t('authenticators.externalMfa')}
          hint={(['trust', 'demand', 'ask'] as const)
            .map((one) => t(`authenticators.externalMfaText.${one}`))
            .join(' ')}
          defaultValue={authenticator.externalMfa}
        >
          {(['trust', 'demand', 'ask'] as const).map((one) => (
            <option key={one} value={one}>
              {t(`authenticators.externalMfaLabel.${one}`)}
            </option>
          ))}
        </FormSelect>
        <FactorKindFields locale={locale} view={view} />
      </fieldset>
      <FormTextArea
        name="domains"
        label={t('authenticators.domains')}
        hint={
          open.length === 0
            ? t('authenticators.domainsHint')
            : `${t('authenticators.domainsHint')} ${t('authenticators.domainsPublic', { domains: open.join(', ') })}`
        }
        defaultValue={domains.join('\n')}
        maxLength={6000}
        autoComplete="off"
        spellCheck={false}
      />
      <fieldset className="flex flex-col gap-4 rounded-field border border-line p-4">
        <legend className="px-1 font-medium">{t('authenticators.jitTitle')}</legend>
        <FormCheckbox
          name="jit"
          label={t('authenticators.jit')}
          hint={t('authenticators.jitHint')}
          defaultChecked={made !== null}
          className="-mx-3"
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <FormSelect name="jitKind" label={t('authenticators.jitKind')} defaultValue={made?.kind ?? 'employee'}>
            {(['employee', 'parent', 'external'] as const).map((kind) => (
              <option key={kind} value={kind}>
                {t(`accounts.kinds.${kind}`)}
              </option>
            ))}
          </FormSelect>
          <FormSelect name="jitRole" label={t('authenticators.jitRole')} defaultValue={made?.roleId ?? ''}>
            <option value="">{t('accounts.noRole')}</option>
            {roles.map((role) => (
              <option key={role.id} value={role.id}>
                {roleLabel(locale, role)}
              </option>
            ))}
          </FormSelect>
        </div>
        <FormTextArea
          name="jitDomains"
          label={t('authenticators.jitDomains')}
          hint={t('authenticators.jitDomainsHint')}
          defaultValue={made?.domains.join('\n')}
          maxLength={6000}
          autoComplete="off"
          spellCheck={false}
        />
      </fieldset>
    </>
  );
}
