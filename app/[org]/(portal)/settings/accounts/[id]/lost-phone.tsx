import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { unblockCode, unblockPassword } from './reset/actions';

/** Letting somebody in again: a lost phone, one left at home, too many tries; each where one's role allows it. */
export function LostPhone({ actor, accountId }: { actor: Actor; accountId: string }) {
  const t = translator(actor.locale);
  const here = `/${actor.organisation.slug}/settings/accounts/${accountId}`;
  const resets = actor.permissions.has('mfa.reset');
  const passwords = actor.permissions.has('passwords.manage');
  if (!resets && !passwords) return null;
  return (
    <Panel title={t('resets.panelTitle')} titleId="lost-phone">
      <div className="flex flex-col gap-5">
        {resets ? (
          <div className="flex flex-wrap gap-3">
            <Button href={`${here}/reset`}>{t('resets.title')}</Button>
            <Button href={`${here}/pass`}>{t('resets.passTitle')}</Button>
          </div>
        ) : null}
        <div className="flex flex-col gap-3">
          <p className="max-w-measure text-quiet">{t('resets.unblockLead')}</p>
          <div className="flex flex-wrap gap-3">
            {passwords ? (
              <ActionForm action={unblockPassword} hidden={{ account: accountId }}>
                <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')}>
                  {t('resets.unblockPassword')}
                </SubmitButton>
              </ActionForm>
            ) : null}
            {resets ? (
              <ActionForm action={unblockCode} hidden={{ account: accountId }}>
                <SubmitButton variant="secondary" pendingLabel={t('site.oneMoment')}>
                  {t('resets.unblockCode')}
                </SubmitButton>
              </ActionForm>
            ) : null}
          </div>
        </div>
      </div>
    </Panel>
  );
}
