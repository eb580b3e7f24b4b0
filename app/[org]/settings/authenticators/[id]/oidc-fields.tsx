import { FormCheckbox, FormField, FormSelect, FormTextArea } from '@/components/ui/action-form';
import { SubmitButton } from '@/components/ui/submit-button';
import { CLIENT_AUTHENTICATIONS, ID_TOKEN_ALGORITHMS, type Authenticator } from '@/lib/authenticators/model';
import { translator } from '@/lib/language/translate';
import { ExternalFields, type FieldsProps } from './common-fields';

const ENDPOINTS = [
  'issuer',
  'authorizationEndpoint',
  'tokenEndpoint',
  'jwksUri',
  'userinfoEndpoint',
  'revocationEndpoint',
  'endSessionEndpoint',
] as const;

/** What is known of an OIDC provider, and how we prove ourselves to it (OIDC-1, OIDC-2). */
export function OidcFields({
  locale,
  view,
  roles,
  authenticator: { settings },
}: FieldsProps & { authenticator: Authenticator & { type: 'oidc' } }) {
  const t = translator(locale);
  const kept = view.secrets['client-secret'] !== undefined;
  return (
    <>
      {/* What Enter presses: the first button of the form, which would be « Découvrir ». */}
      <button name="button" value="save" hidden tabIndex={-1} />
      <fieldset className="flex flex-col gap-4 rounded-field border border-line p-4">
        <legend className="px-1 font-medium">{t('authenticators.oidc.discovery')}</legend>
        <FormField
          name="discovery"
          label={t('authenticators.oidc.discoveryUrl')}
          hint={t('authenticators.oidc.discoveryHint')}
          defaultValue={settings.issuer ?? ''}
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
          inputMode="url"
        />
        {view.withinReach ? (
          <SubmitButton
            variant="secondary"
            name="button"
            value="discover"
            className="self-start"
            pendingLabel={t('authenticators.oidc.discovering')}
          >
            {t('authenticators.oidc.discover')}
          </SubmitButton>
        ) : null}
      </fieldset>
      <fieldset className="flex flex-col gap-4 rounded-field border border-line p-4">
        <legend className="px-1 font-medium">{t('authenticators.provider')}</legend>
        {ENDPOINTS.map((endpoint) => (
          <FormField
            key={endpoint}
            name={endpoint}
            label={t(`authenticators.oidc.${endpoint}`)}
            defaultValue={settings[endpoint] ?? ''}
            maxLength={2000}
            autoComplete="off"
            spellCheck={false}
            inputMode="url"
          />
        ))}
        <FormCheckbox
          name="issuerInResponse"
          label={t('authenticators.oidc.issuerInResponse')}
          hint={t('authenticators.oidc.issuerInResponseHint')}
          defaultChecked={settings.issuerInResponse}
          className="-mx-3"
        />
      </fieldset>
      <fieldset className="flex flex-col gap-4 rounded-field border border-line p-4">
        <legend className="px-1 font-medium">{t('authenticators.oidc.client')}</legend>
        <FormField
          name="clientId"
          label={t('authenticators.oidc.clientId')}
          defaultValue={settings.clientId}
          maxLength={500}
          autoComplete="off"
          spellCheck={false}
        />
        <FormSelect
          name="clientAuthentication"
          label={t('authenticators.oidc.clientAuthentication')}
          defaultValue={settings.clientAuthentication}
        >
          {CLIENT_AUTHENTICATIONS.map((one) => (
            <option key={one} value={one}>
              {t(`authenticators.oidc.clientAuthentications.${one}`)}
            </option>
          ))}
        </FormSelect>
        <FormField
          name="clientSecret"
          type="password"
          label={t('authenticators.oidc.clientSecret')}
          hint={t(kept ? 'authenticators.oidc.secretKept' : 'authenticators.oidc.secretNone')}
          maxLength={1000}
          autoComplete="new-password"
        />
        <FormField
          name="clientSecretAgain"
          type="password"
          label={t('authenticators.oidc.clientSecretAgain')}
          maxLength={1000}
          autoComplete="new-password"
        />
        <FormTextArea
          name="clientKey"
          label={t('authenticators.oidc.clientKey')}
          hint={t('authenticators.oidc.clientKeyHint')}
          maxLength={20000}
          autoComplete="off"
          spellCheck={false}
          rows={3}
        />
        <FormSelect
          name="idTokenAlgorithm"
          label={t('authenticators.oidc.idTokenAlgorithm')}
          defaultValue={settings.idTokenAlgorithm}
        >
          {ID_TOKEN_ALGORITHMS.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </FormSelect>
        <FormField
          name="scopes"
          label={t('authenticators.oidc.scopes')}
          defaultValue={settings.scopes.join(' ')}
          maxLength={1000}
          autoComplete="off"
          spellCheck={false}
        />
        <FormField
          name="mfaValues"
          label={t('authenticators.oidc.mfaValues')}
          hint={t('authenticators.oidc.mfaValuesHint')}
          defaultValue={settings.mfaValues.join(' ')}
          maxLength={6000}
          autoComplete="off"
          spellCheck={false}
        />
      </fieldset>
      <fieldset className="flex flex-col gap-4 rounded-field border border-line p-4">
        <legend className="px-1 font-medium">{t('authenticators.oidc.ficamTitle')}</legend>
        <p className="text-quiet">{t('authenticators.oidc.ficamText')}</p>
        <FormCheckbox
          name="ficam"
          label={t('authenticators.ficam')}
          hint={t('authenticators.oidc.ficamHint')}
          defaultChecked={settings.ficam}
          className="-mx-3"
        />
        <FormField
          name="acrValues"
          label={t('authenticators.oidc.acrValues')}
          defaultValue={settings.acrValues.join(' ')}
          maxLength={6000}
          autoComplete="off"
          spellCheck={false}
        />
      </fieldset>
      <ExternalFields locale={locale} view={view} roles={roles} />
    </>
  );
}
