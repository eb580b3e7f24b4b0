import { Icon } from '@/components/ui/icon';
import { Panel } from '@/components/ui/panel';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';

/** What to do at the usual providers, in a few lines each. */
export function Guides({ locale, protocol }: { locale: Locale; protocol: 'saml' | 'oidc' }) {
  const t = translator(locale);
  return (
    <Panel title={t(`authenticators.${protocol}.guides`)} titleId="guides">
      <div className="flex max-w-measure flex-col divide-y divide-line">
        {(['okta', 'entra', 'google', 'keycloak'] as const).map((one) => (
          <details key={one} className="group py-1">
            <summary className="-mx-2 flex min-h-11 cursor-pointer list-none items-center gap-2 rounded-field px-2 font-medium hover:bg-wash [&::-webkit-details-marker]:hidden">
              <Icon name="forward" className="text-quiet transition-transform group-open:rotate-90" />
              {t(`authenticators.${protocol}.guidesOf.${one}.title`)}
            </summary>
            <p className="pt-1 pb-3">{t(`authenticators.${protocol}.guidesOf.${one}.text`)}</p>
          </details>
        ))}
      </div>
    </Panel>
  );
}
