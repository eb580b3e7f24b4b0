import { ActionForm, FormPasswordField } from '@/components/ui/action-form';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { hasFreshProof } from '@/lib/actions/define-action';
import type { Actor } from '@/lib/actors/model';
import { BIND_PROOF_SECONDS } from '@/lib/external/model';
import type { OwnIdentity } from '@/lib/external/own';
import { REGIONAL } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { comesByProvider } from '@/lib/passwords/service';
import { ProviderFirst } from '../provider-first';
import { bindIdentity } from './actions';

const RESULTS = ['bound', 'taken', 'unexpected', 'lost', 'cancelled', 'away', 'answer', 'no-account'] as const;

/** Who one is at the organisation's providers: bound by oneself, after a fresh proof (AUTH-7). */
export function Identities({
  actor,
  identities,
  result,
}: {
  actor: Actor;
  identities: readonly OwnIdentity[];
  result: string | string[] | undefined;
}) {
  const t = translator(actor.locale);
  const told = RESULTS.find((one) => one === result);
  const fresh = hasFreshProof(actor, BIND_PROOF_SECONDS);
  const day = new Intl.DateTimeFormat(REGIONAL[actor.locale], {
    dateStyle: 'long',
    timeZone: actor.account.timeZone ?? actor.organisation.timeZone,
  });
  return (
    <Panel title={t('identities.title')} titleId="identities" lead={t('identities.lead')}>
      {told === undefined ? null : (
        <Notice tone={told === 'bound' ? 'success' : 'warning'}>
          {t(`identities.results.${told === 'no-account' ? 'lost' : told}`)}
        </Notice>
      )}
      <ul className="flex flex-col divide-y divide-line">
        {identities.map(({ id, name, boundAt }) => (
          <li key={id} className="flex flex-col gap-3 py-4">
            <p className="font-medium">{name}</p>
            {boundAt === null ? (
              <ActionForm
                action={bindIdentity}
                hidden={{ authenticator: id }}
                refusalField={{
                  'proof.too-old': 'password',
                  'password.wrong': 'password',
                  'code.throttled': 'password',
                }}
              >
                {fresh ? null : comesByProvider(actor) ? (
                  <ProviderFirst
                    slug={actor.organisation.slug}
                    locale={actor.locale}
                    next={`/${actor.organisation.slug}/account#identities`}
                    quiet
                  />
                ) : (
                  <FormPasswordField
                    name="password"
                    id={`identity-password-${id}`}
                    label={t('account.currentPassword')}
                    showLabel={t('identities.showFor', { provider: name })}
                    autoComplete="current-password"
                  />
                )}
                <SubmitButton variant="secondary" className="self-start" pendingLabel={t('site.oneMoment')}>
                  {t('identities.bind', { provider: name })}
                </SubmitButton>
              </ActionForm>
            ) : (
              <p className="text-quiet">{t('identities.boundOn', { date: day.format(boundAt) })}</p>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
