import { FormCheckbox, FormField, FormSelect, FormTextArea } from '@/components/ui/action-form';
import { FormFileField } from '@/components/ui/file-field';
import { NAME_ID_FORMATS, type Authenticator } from '@/lib/authenticators/model';
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
        <legend className="px-1 font-medium">{t('authenticators.saml.fill')}</legend>
        <p className="text-quiet">{t('authenticators.saml.fillHint')}</p>
        <FormField
          name="metadataUrl"
          label={t('authenticators.saml.metadataUrl')}
          hint={t('authenticators.saml.metadataUrlHint')}
          defaultValue={settings.metadataUrl ?? ''}
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
          inputMode="url"
        />
        <FormFileField
          name="metadataFile"
          label={t('authenticators.saml.metadataFile')}
          labels={{ choose: t('site.chooseFile'), none: t('site.noFile') }}
          accept=".xml,application/xml,text/xml,application/samlmetadata+xml"
        />
        <FormTextArea
          name="metadata"
          label={t('authenticators.saml.metadataXml')}
          autoComplete="off"
          spellCheck={false}
          rows={3}
        />
      </fieldset>
      <fieldset className="flex flex-col gap-4 rounded-field border border-line p-4">
        <legend className="px-1 font-medium">{t('authenticators.provider')}</legend>
        <FormField
          name="entityId"
          label={t('authenticators.saml.entityId')}
          defaultValue={settings.entityId}
          maxLength={1024}
          autoComplete="off"
          spellCheck={false}
        />
        <FormField
          name="ssoUrl"
          label={t('authenticators.saml.ssoUrl')}
          defaultValue={settings.ssoUrl ?? ''}
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
          inputMode="url"
        />
        <FormSelect name="ssoBinding" label={t('authenticators.saml.ssoBinding')} defaultValue={settings.ssoBinding}>
          {(['redirect', 'post'] as const).map((binding) => (
            <option key={binding} value={binding}>
              {t(`authenticators.saml.binding_${binding}`)}
            </option>
          ))}
        </FormSelect>
        <FormField
          name="sloUrl"
          label={t('authenticators.saml.sloUrl')}
          hint={t('authenticators.saml.sloUrlHint')}
          defaultValue={settings.sloUrl ?? ''}
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
          inputMode="url"
        />
        <FormSelect name="sloBinding" label={t('authenticators.saml.sloBinding')} defaultValue={settings.sloBinding}>
          {(['redirect', 'post'] as const).map((binding) => (
            <option key={binding} value={binding}>
              {t(`authenticators.saml.binding_${binding}`)}
            </option>
          ))}
        </FormSelect>
        <FormTextArea
          id="certificates"
          name="certificate"
          label={t('authenticators.saml.certificateNew')}
          hint={t('authenticators.saml.certificateNewHint')}
          autoComplete="off"
          spellCheck={false}
          rows={4}
        />
        <FormFileField
          name="certificateFile"
          label={t('authenticators.saml.certificateFile')}
          labels={{ choose: t('site.chooseFile'), none: t('site.noFile') }}
          accept=".pem,.crt,.cer,.cert,application/x-pem-file"
        />
        <FormCheckbox
          name="allowExpiredCertificate"
          label={t('authenticators.saml.allowExpired')}
          hint={t('authenticators.saml.allowExpiredHint')}
          defaultChecked={settings.allowExpiredCertificate}
          className="-mx-3"
        />
      </fieldset>
      <fieldset className="flex flex-col gap-4 rounded-field border border-line p-4">
        <legend className="px-1 font-medium">{t('authenticators.saml.identity')}</legend>
        <FormField
          name="identityAttribute"
          label={t('authenticators.saml.identityAttribute')}
          hint={t('authenticators.saml.identityAttributeHint')}
          defaultValue={settings.identityAttribute}
          maxLength={300}
          autoComplete="off"
          spellCheck={false}
        />
        <FormCheckbox
          name="identityIsEmail"
          label={t('authenticators.saml.identityIsEmail')}
          hint={t('authenticators.saml.identityIsEmailHint')}
          defaultChecked={settings.identityIsEmail}
          className="-mx-3"
        />
        <FormSelect
          name="nameIdFormat"
          label={t('authenticators.saml.nameIdFormat')}
          defaultValue={settings.nameIdFormat}
        >
          {NAME_ID_FORMATS.map((format) => (
            <option key={format} value={format}>
              {t(`authenticators.saml.format_${format}`)}
            </option>
          ))}
        </FormSelect>
      </fieldset>
      <fieldset className="flex flex-col gap-4 rounded-field border border-line p-4">
        <legend className="px-1 font-medium">{t('authenticators.saml.more')}</legend>
        <FormCheckbox
          name="signRequests"
          label={t('authenticators.saml.signRequests')}
          hint={t('authenticators.saml.signRequestsHint')}
          defaultChecked={settings.signRequests}
          className="-mx-3"
        />
        <FormCheckbox
          name="idpInitiated"
          label={t('authenticators.saml.idpInitiated')}
          hint={t('authenticators.saml.idpInitiatedHint')}
          defaultChecked={settings.idpInitiated}
          className="-mx-3"
        />
        <FormCheckbox
          name="allowLongValidity"
          label={t('authenticators.saml.allowLongValidity')}
          hint={t('authenticators.saml.allowLongValidityHint')}
          defaultChecked={settings.allowLongValidity}
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
