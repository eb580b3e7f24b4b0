import { ActionForm, FormField, FormSelect } from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ManagedAccount } from '@/lib/accounts/administration';
import type { Actor } from '@/lib/actors/model';
import { loadWayIn, type WayIn } from '@/lib/authenticators/identities/service';
import { momentFor } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { assign, unbind } from '../actions';

/** By which authenticator somebody signs in, and as whom at its provider (AUTH-1, AUTH-7). */
export async function WayInPanel({ actor, account }: { actor: Actor; account: ManagedAccount }) {
  const way = await loadWayIn(actor, account.id, account.authenticator.id);
  const t = translator(actor.locale);
  const anyExternal = way.choices.some(({ type }) => type !== 'system');
  return (
    <Panel title={t('accounts.wayIn')} titleId="way-in" lead={t('accounts.wayInText')}>
      <div className="flex flex-col gap-6">
        <ActionForm
          action={assign}
          hidden={{ account: account.id }}
          refusalField={{ 'identity.taken': 'identity', 'authenticator.inactive': 'authenticator' }}
          className="max-w-measure"
        >
          <FormSelect
            name="authenticator"
            label={t('accounts.authenticatorField')}
            defaultValue={account.authenticator.id}
          >
            {way.choices.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </FormSelect>
          {anyExternal ? (
            <FormField
              name="identity"
              label={t('accounts.identity')}
              hint={t('accounts.identityHint', { example: `claim(email):${account.email}` })}
              defaultValue={way.identity?.expected ?? ''}
              maxLength={300}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
            />
          ) : null}
          <SubmitButton className="self-start" pendingLabel={t('site.saving')}>
            {t('site.save')}
          </SubmitButton>
        </ActionForm>
        {way.type === 'system' ? null : <Bound actor={actor} account={account} way={way} />}
      </div>
    </Panel>
  );
}

function Bound({ actor, account, way: { identity, refused } }: { actor: Actor; account: ManagedAccount; way: WayIn }) {
  const t = translator(actor.locale);
  return (
    <div className="flex flex-col gap-4 border-t border-line pt-5">
      {identity?.boundAt ? (
        <>
          <p className="flex flex-wrap items-center gap-2">
            <Badge tone="success">{t('accounts.bound')}</Badge>
            <span>{t('accounts.boundAt', { date: momentFor(actor, identity.boundAt) })}</span>
          </p>
          <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
            <div className="min-w-0">
              <dt className="text-sm text-quiet">{t('accounts.boundIssuer')}</dt>
              <dd className="font-mono text-sm wrap-anywhere">{identity.issuer}</dd>
            </div>
            <div className="min-w-0">
              <dt className="text-sm text-quiet">{t('accounts.boundSubject')}</dt>
              <dd className="font-mono text-sm wrap-anywhere">{identity.subject}</dd>
            </div>
          </dl>
          <ActionForm action={unbind} hidden={{ account: account.id }} className="max-w-measure">
            <FormField
              name="reason"
              label={t('accounts.unbindReason')}
              hint={t('accounts.unbindHint')}
              maxLength={500}
              autoComplete="off"
              required
            />
            <SubmitButton variant="secondary" className="self-start" pendingLabel={t('site.oneMoment')}>
              {t('accounts.unbind')}
            </SubmitButton>
          </ActionForm>
        </>
      ) : (
        <p>{t(identity?.expected ? 'accounts.notBoundYet' : 'accounts.noIdentity')}</p>
      )}
      {identity?.nearSaid && identity.nearAt ? (
        <Notice tone="warning" title={t('accounts.nearTitle', { date: momentFor(actor, identity.nearAt) })}>
          <p className="font-mono text-sm wrap-anywhere">{identity.nearSaid}</p>
          <p className="mt-1">{t('accounts.nearText')}</p>
        </Notice>
      ) : null}
      {refused.length === 0 ? null : (
        <div className="flex flex-col gap-1">
          <p className="font-medium">{t('authenticators.refusedTitle')}</p>
          <ul className="flex flex-col">
            {refused.map(({ id, at }) => (
              <li key={id} className="flex flex-wrap items-center gap-x-3">
                <span className="text-quiet">{momentFor(actor, at)}</span>
                {actor.permissions.has('audit.read') ? (
                  <Link href={`/${actor.organisation.slug}/settings/audit/${id}`}>
                    {t('authenticators.refusedEvent')}
                  </Link>
                ) : null}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
