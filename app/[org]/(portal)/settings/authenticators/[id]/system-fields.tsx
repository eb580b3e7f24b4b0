import { FormCheckbox, FormField, FormSelect } from '@/components/ui/action-form';
import { COMPLEXITIES, type Authenticator } from '@/lib/authenticators/model';
import { translator } from '@/lib/language/translate';
import { FactorKindFields, type FieldsProps } from './common-fields';

/** What passwords must be, and whether a second factor is required (AUTH-2, AUTH-3). */
export function SystemFields({
  locale,
  view,
  authenticator,
}: Omit<FieldsProps, 'roles'> & { authenticator: Authenticator & { type: 'system' } }) {
  const t = translator(locale);
  const { password } = authenticator.settings;
  return (
    <>
      <fieldset className="flex flex-col gap-4 rounded-field border border-line p-4">
        <legend className="px-1 font-medium">{t('authenticators.passwordTitle')}</legend>
        <FormSelect
          name="complexity"
          label={t('authenticators.complexity')}
          hint={t('authenticators.complexityHint')}
          defaultValue={password.complexity}
        >
          {COMPLEXITIES.map((one) => (
            <option key={one} value={one}>
              {t(`authenticators.complexities.${one}`)}
            </option>
          ))}
        </FormSelect>
        <div className="grid gap-4 sm:grid-cols-3">
          <FormField
            name="lengthMin"
            label={t('authenticators.lengthMin')}
            hint={t('authenticators.lengthMinHint')}
            defaultValue={password.lengthMin ?? ''}
            inputMode="numeric"
            maxLength={2}
          />
          <FormField
            name="history"
            label={t('authenticators.history')}
            hint={t('authenticators.historyHint')}
            defaultValue={password.history === 0 ? '' : password.history}
            inputMode="numeric"
            maxLength={2}
          />
          <FormField
            name="passwordExpiryDays"
            label={t('authenticators.expiry')}
            hint={t('authenticators.expiryHint')}
            defaultValue={authenticator.passwordExpiryDays ?? ''}
            inputMode="numeric"
            maxLength={4}
          />
        </div>
      </fieldset>
      <fieldset className="flex flex-col gap-4 rounded-field border border-line p-4">
        <legend className="px-1 font-medium">{t('authenticators.mfaTitle')}</legend>
        <FormCheckbox
          name="mfaRequired"
          label={t('authenticators.mfaRequired')}
          hint={t('authenticators.mfaRequiredHint')}
          defaultChecked={authenticator.mfaRequired}
          className="-mx-3"
        />
        <FactorKindFields locale={locale} view={view} />
      </fieldset>
    </>
  );
}
