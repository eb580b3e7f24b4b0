import { ActionForm } from '@/components/ui/action-form';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import type { AuthenticatorView } from '@/lib/authenticators/service';
import { translator } from '@/lib/language/translate';
import { makeClientKey } from '../actions';
import { dayOf } from '../words';

/** The key that we sign our assertions with, where the provider knows us by one (OIDC-2). It is never shown. */
export function OidcKey({ actor, view }: { actor: Actor; view: AuthenticatorView }) {
  const t = translator(actor.locale);
  const kept = view.secrets['client-key'];
  return (
    <Panel title={t('authenticators.oidc.keyTitle')} titleId="key" lead={t('authenticators.oidc.keyText')}>
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p>
          {kept === undefined
            ? t('authenticators.oidc.keyNone')
            : t('authenticators.oidc.keyKept', { date: dayOf(kept, actor.locale, actor.organisation.timeZone) })}
        </p>
        {view.withinReach ? (
          <ActionForm action={makeClientKey} hidden={{ authenticator: view.authenticator.id }}>
            <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')}>
              {t('authenticators.oidc.makeKey')}
            </SubmitButton>
          </ActionForm>
        ) : null}
      </div>
    </Panel>
  );
}
