import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { listBlocked } from '@/lib/resets/service';
import { unblockCode, unblockPassword } from './reset/actions';

/**
 * Letting somebody in again: a lost phone, one left at home, each where one's role allows it; too many tries, where there
 * is something to unblock.
 */
export async function LostPhone({ actor, accountId }: { actor: Actor; accountId: string }) {
  const t = translator(actor.locale);
  const here = `/${actor.organisation.slug}/settings/accounts/${accountId}`;
  const resets = actor.permissions.has('mfa.reset');
  const blocked = resets || actor.permissions.has('passwords.manage') ? await listBlocked(actor, accountId) : [];
  if (!resets && blocked.length === 0) return null;
  return (
    <Panel title={t('resets.panelTitle')} titleId="lost-phone">
      <div className="flex flex-col gap-5">
        {resets ? (
          <div className="flex flex-wrap gap-3">
            <Button href={`${here}/reset`}>{t('resets.title')}</Button>
            <Button href={`${here}/pass`}>{t('resets.passTitle')}</Button>
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
