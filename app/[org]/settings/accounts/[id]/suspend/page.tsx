import { redirect } from 'next/navigation';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../../../settings-page';
import { suspend } from '../../actions';
import { fullName } from '../../words';
import { managedAccount } from '../managed';

export default async function SuspendPage({ params }: PageProps<'/[org]/settings/accounts/[id]/suspend'>) {
  const { org, id } = await params;
  const { actor } = await currentActor(org, '/[org]/settings/accounts/[id]/suspend');
  const account = await managedAccount(actor, id);
  const back = `/${actor.organisation.slug}/settings/accounts/${account.id}`;
  if (account.own || !account.withinReach || account.status === 'suspended') redirect(back);
  const t = translator(actor.locale);
  const title = t('accounts.suspendNamed', { name: fullName(account) });
  return (
    <SettingsPage actor={actor} section="accounts" title={title} back={{ href: back, label: fullName(account) }}>
      <Panel className="max-w-measure">
        <ActionForm action={suspend} hidden={{ account: account.id }}>
          <p>{t('accounts.suspendLead')}</p>
          <div className="flex flex-col gap-3 sm:flex-row">
            <SubmitButton variant="danger" pendingLabel={t('accounts.suspending')}>
              {title}
            </SubmitButton>
            <Button href={back}>{t('site.cancel')}</Button>
          </div>
        </ActionForm>
      </Panel>
    </SettingsPage>
  );
}
