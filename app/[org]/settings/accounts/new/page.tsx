import { ProfileFields } from '@/components/accounts/profile-fields';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { listAssignableRoles } from '@/lib/accounts/administration';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../../settings-page';
import { create } from '../actions';
import { profileValues } from '../profile';

export default async function NewAccountPage({ params }: PageProps<'/[org]/settings/accounts/new'>) {
  const { actor } = await currentActor((await params).org, '/[org]/settings/accounts/new');
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/accounts`;
  return (
    <SettingsPage
      actor={actor}
      section="accounts"
      title={t('accounts.newTitle')}
      lead={t('accounts.newLead')}
      back={{ href: room, label: t('accounts.back') }}
    >
      <Panel className="max-w-measure">
        <ActionForm action={create}>
          <ProfileFields {...profileValues(actor.locale, await listAssignableRoles(actor))} />
          <div className="flex flex-col gap-3 sm:flex-row">
            <SubmitButton pendingLabel={t('accounts.creating')}>{t('accounts.create')}</SubmitButton>
            <Button href={room}>{t('site.cancel')}</Button>
          </div>
        </ActionForm>
      </Panel>
    </SettingsPage>
  );
}
