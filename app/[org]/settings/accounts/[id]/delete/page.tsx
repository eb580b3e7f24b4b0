import { redirect } from 'next/navigation';
import { ActionForm, FormField } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../../../settings-page';
import { remove } from '../../actions';
import { fullName } from '../../words';
import { managedAccount } from '../managed';

export default async function RemovePage({ params }: PageProps<'/[org]/settings/accounts/[id]/delete'>) {
  const { org, id } = await params;
  const { actor } = await currentActor(org, '/[org]/settings/accounts/[id]/delete');
  const account = await managedAccount(actor, id);
  const back = `/${actor.organisation.slug}/settings/accounts/${account.id}`;
  if (account.own || !account.withinReach) redirect(back);
  const t = translator(actor.locale);
  const name = fullName(account);
  const title = t('accounts.removeNamed', { name });
  return (
    <SettingsPage actor={actor} section="accounts" title={title} back={{ href: back, label: name }}>
      <Panel className="max-w-measure">
        <ActionForm action={remove} hidden={{ account: account.id }} refusalField="name">
          <p>{t('accounts.removeLead')}</p>
          <FormField
            name="name"
            label={t('accounts.removeType', { name })}
            autoComplete="off"
            spellCheck={false}
            maxLength={500}
            required
          />
          <div className="flex flex-col gap-3 sm:flex-row">
            <SubmitButton variant="danger" pendingLabel={t('accounts.removing')}>
              {title}
            </SubmitButton>
            <Button href={back}>{t('site.cancel')}</Button>
          </div>
        </ActionForm>
      </Panel>
    </SettingsPage>
  );
}
