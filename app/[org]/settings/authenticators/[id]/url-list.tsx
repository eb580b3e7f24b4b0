import { CopyValue } from '@/components/ui/copy-value';
import { Panel } from '@/components/ui/panel';
import type { AuthenticatorUrls } from '@/lib/authenticators/urls';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';

/** What the provider is told about us, and what people are handed out: there before anything is filled in (AUTH-4). */
export function UrlList({ locale, urls: { signIn, saml, oidc } }: { locale: Locale; urls: AuthenticatorUrls }) {
  const t = translator(locale);
  const labels = { copy: t('enrol.copy'), copied: t('enrol.copied') };
  const external = saml !== null || oidc !== null;
  return (
    <Panel
      title={t('authenticators.urls')}
      titleId="urls"
      lead={t(external ? 'authenticators.urlsText' : 'authenticators.urlsSystem')}
    >
      <div className="flex flex-col divide-y divide-line">
        {saml === null ? null : (
          <>
            <CopyValue label={t('authenticators.entityId')} value={saml.entityId} labels={labels} />
            <CopyValue label={t('authenticators.acs')} value={saml.acs} labels={labels} />
            <CopyValue label={t('authenticators.metadata')} value={saml.metadata} labels={labels} />
            <CopyValue label={t('authenticators.slo')} value={saml.slo} labels={labels} />
          </>
        )}
        {oidc === null ? null : (
          <>
            <CopyValue label={t('authenticators.redirect')} value={oidc.redirect} labels={labels} />
            <CopyValue label={t('authenticators.postLogout')} value={oidc.postLogout} labels={labels} />
            <CopyValue label={t('authenticators.oidc.keys')} value={oidc.keys} labels={labels} />
          </>
        )}
        <CopyValue
          label={t('authenticators.signIn')}
          value={signIn}
          hint={t('authenticators.signInHint')}
          labels={labels}
        />
      </div>
    </Panel>
  );
}
