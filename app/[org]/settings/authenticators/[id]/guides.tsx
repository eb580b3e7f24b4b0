import { Icon } from '@/components/ui/icon';
import { Panel } from '@/components/ui/panel';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';

const GUIDES = {
  saml: [
    'saml.guidesOf.okta',
    'saml.guidesOf.entra',
    'saml.guidesOf.google',
    'saml.guidesOf.keycloak',
    'saml.guidesOf.lemonldap',
    'saml.guidesOf.simplesamlphp',
  ],
  oidc: [
    'oidc.guidesOf.okta',
    'oidc.guidesOf.entra',
    'oidc.guidesOf.google',
    'oidc.guidesOf.keycloak',
    'oidc.guidesOf.lemonldap',
  ],
} as const;

/** What to do at the usual providers, in a few lines each. */
export function Guides({ locale, protocol }: { locale: Locale; protocol: 'saml' | 'oidc' }) {
  const t = translator(locale);
  return (
    <Panel title={t(`authenticators.${protocol}.guides`)} titleId="guides">
      <div className="flex max-w-measure flex-col divide-y divide-line">
        {GUIDES[protocol].map((one) => (
          <details key={one} className="group py-1">
            <summary className="-mx-2 flex min-h-11 cursor-pointer list-none items-center gap-2 rounded-field px-2 font-medium hover:bg-wash [&::-webkit-details-marker]:hidden">
              <Icon name="forward" className="text-quiet transition-transform group-open:rotate-90" />
              {t(`authenticators.${one}.title`)}
            </summary>
            <p className="pt-1 pb-3">{t(`authenticators.${one}.text`)}</p>
          </details>
        ))}
      </div>
    </Panel>
  );
}
