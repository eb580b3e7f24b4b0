import { FormCheckbox, FormField, FormTextArea } from '@/components/ui/action-form';
import type { Authenticator } from '@/lib/authenticators/model';
import { translator } from '@/lib/language/translate';
import { ExternalFields, type FieldsProps } from './common-fields';

/** What is known of a SAML provider (SAML-1). */
export function SamlFields({
  locale,
  view,
  roles,
  authenticator: { settings },
}: FieldsProps & { authenticator: Authenticator & { type: 'saml' } }) {
  const t = translator(locale);
  return (
    <>
      <fieldset className="flex flex-col gap-4 rounded-field border border-line p-4">
        <legend className="px-1 font-medium">{t('authenticators.provider')}</legend>
        <FormField
          name="ssoUrl"
          label={t('authenticators.saml.ssoUrl')}
          defaultValue={settings.ssoUrl ?? ''}
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
          inputMode="url"
        />
        <FormField
          name="entityId"
          label={t('authenticators.saml.entityId')}
          defaultValue={settings.entityId}
          maxLength={1024}
          autoComplete="off"
          spellCheck={false}
        />
        <FormTextArea
          id="certificates"
          name="certificate"
          label={t('authenticators.saml.certificate')}
          hint={t('authenticators.saml.certificateHint')}
          defaultValue={settings.certificates[0]}
          maxLength={20_000}
          autoComplete="off"
          spellCheck={false}
        />
        <FormCheckbox
          name="idpInitiated"
          label={t('authenticators.saml.idpInitiated')}
          hint={t('authenticators.saml.idpInitiatedHint')}
          defaultChecked={settings.idpInitiated}
          className="-mx-3"
        />
        <FormCheckbox
          name="ficam"
          label={t('authenticators.ficam')}
          hint={t('authenticators.saml.ficamHint')}
          defaultChecked={settings.ficam}
          className="-mx-3"
        />
        <FormField
          name="mfaClasses"
          label={t('authenticators.saml.mfaClasses')}
          hint={t('authenticators.saml.mfaClassesHint')}
          defaultValue={settings.mfaClasses.join(' ')}
          maxLength={6000}
          autoComplete="off"
          spellCheck={false}
        />
      </fieldset>
      <ExternalFields locale={locale} view={view} roles={roles} />
    </>
  );
}
