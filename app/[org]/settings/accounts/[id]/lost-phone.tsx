import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ManagedAccount } from '@/lib/accounts/administration';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { listBlocked } from '@/lib/resets/service';
import { unblockCode, unblockPassword } from './reset/actions';

/**
 * Letting somebody in again: a lost phone, one left at home, each where one's role allows it; too many tries, where there
 * is something to unblock. Of those whose provider asks for the second factor nothing is kept here but what stood before.
 */
export async function LostPhone({ actor, account }: { actor: Actor; account: ManagedAccount }) {
  const t = translator(actor.locale);
  const { id: accountId, askedHere, factors } = account;
  const here = `/${actor.organisation.slug}/settings/accounts/${accountId}`;
  const resets = actor.permissions.has('mfa.reset');
  const blocked = resets || actor.permissions.has('passwords.manage') ? await listBlocked(actor, accountId) : [];
  if (!resets && blocked.length === 0) return null;
  return (
    <Panel title={t('resets.panelTitle')} titleId="lost-phone">
      <div className="flex flex-col gap-5">
        {resets && !askedHere ? (
          <p className="max-w-measure">{t(factors > 0 ? 'resets.byProviderKept' : 'resets.byProvider')}</p>
        ) : null}
        {resets && (askedHere || factors > 0) ? (
          <div className="flex flex-wrap gap-3">
            <Button href={`${here}/reset`}>{t('resets.title')}</Button>
            {askedHere ? <Button href={`${here}/pass`}>{t('resets.passTitle')}</Button> : null}
            <Button href={`${here}/codes`}>{t('resets.codesTitle')}</Button>
          </div>
        ) : null}
        {blocked.length === 0 ? null : (
          <div className="flex flex-col gap-3">
            <p className="max-w-measure">{t('resets.unblockLead')}</p>
            <div className="flex flex-wrap gap-3">
              {blocked.includes('password') ? (
                <ActionForm action={unblockPassword} hidden={{ account: accountId }}>
                  <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')}>
                    {t('resets.unblockPassword')}
                  </SubmitButton>
                </ActionForm>
              ) : null}
              {blocked.includes('code') ? (
                <ActionForm action={unblockCode} hidden={{ account: accountId }}>
                  <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')}>
                    {t('resets.unblockCode')}
                  </SubmitButton>
                </ActionForm>
              ) : null}
            </div>
          </div>
        )}
      </div>
    </Panel>
  );
}
