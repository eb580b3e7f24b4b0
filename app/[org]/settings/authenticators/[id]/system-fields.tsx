import { FormCheckbox, FormField, FormSelect } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { COMPLEXITIES, type Authenticator } from '@/lib/authenticators/model';
import { translator } from '@/lib/language/translate';
import { FactorKindFields, type FieldsProps } from './common-fields';

/** A number of a few digits needs no more room; what it means does. */
const NUMBER = '[&_input]:max-w-32';

/** What passwords must be, and whether a second factor is required (AUTH-2, AUTH-3). */
export function SystemFields({
  locale,
  view,
  authenticator,
  demands,
}: Omit<FieldsProps, 'roles'> & {
  authenticator: Authenticator & { type: 'system' };
  /** Where a new password is demanded from all; null for whoever may not. */
  demands: string | null;
}) {
  const t = translator(locale);
  const { password } = authenticator.settings;
  return (
    <>
      <fieldset className="flex flex-col gap-6 rounded-field border border-line p-4 sm:p-5">
        <legend className="px-1 font-medium">{t('authenticators.passwordTitle')}</legend>
        <p className="text-sm text-quiet">{t('authenticators.passwordAlways')}</p>
        <FormField
          name="lengthMin"
          label={t('authenticators.lengthMin')}
          hint={t('authenticators.lengthMinHint')}
          defaultValue={password.lengthMin ?? ''}
          inputMode="numeric"
          maxLength={2}
          className={NUMBER}
        />
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
        <FormField
          name="history"
          label={t('authenticators.history')}
          hint={t('authenticators.historyHint')}
          defaultValue={password.history === 0 ? '' : password.history}
          inputMode="numeric"
          maxLength={2}
          className={NUMBER}
        />
        <FormField
          name="passwordExpiryDays"
          label={t('authenticators.expiry')}
          hint={t('authenticators.expiryHint')}
          defaultValue={authenticator.passwordExpiryDays ?? ''}
          inputMode="numeric"
          maxLength={4}
          className={NUMBER}
        />
        {demands ? (
          <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
            <p className="max-w-measure text-sm text-quiet">{t('demand.editorText')}</p>
            <Button href={demands}>{t('demand.editorLink')}</Button>
          </div>
        ) : null}
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
