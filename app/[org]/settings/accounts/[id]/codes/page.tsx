import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { backFrom, fullName, helpFor, HelpButton, HelpPage, ReasonAndProof } from '../help-page';
import { revokeCodes } from '../reset/actions';

/** A card that was lost: its codes, and all other recovery codes of the account, are worth nothing from now on. */
export default async function RevokeCodesPage({
  params,
  searchParams,
}: PageProps<'/[org]/settings/accounts/[id]/codes'>) {
  const [{ org, id }, { done }] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/accounts/[id]/codes');
  const help = await helpFor(actor, id);
  const { subject, standing } = help;
  const t = translator(actor.locale);
  const name = fullName(subject);
  return (
    <HelpPage actor={actor} help={help} title={t('resets.codesTitle')}>
      {done === 'revoked' ? (
        <Notice tone="success">{t('resets.codesDone', { name })}</Notice>
      ) : (
        <Panel lead={t('resets.codesLead', { name: subject.firstName })}>
          <ActionForm action={revokeCodes} hidden={{ account: subject.id }} className="max-w-form">
            <ReasonAndProof actor={actor} standing={standing} />
            <div className="flex flex-col gap-3 sm:flex-row-reverse">
              <HelpButton
                actor={actor}
                standing={standing}
                variant="danger"
                className="flex-1"
                pendingLabel={t('site.oneMoment')}
              >
                {t('resets.codesSubmit', { name })}
              </HelpButton>
              <Button href={backFrom(actor, subject.id)}>{t('site.cancel')}</Button>
            </div>
          </ActionForm>
        </Panel>
      )}
    </HelpPage>
  );
}
