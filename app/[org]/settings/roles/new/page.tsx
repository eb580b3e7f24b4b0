import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../../settings-page';
import { create } from '../actions';
import { RoleFields } from '../role-fields';

export default async function NewRolePage({ params }: PageProps<'/[org]/settings/roles/new'>) {
  const { actor } = await currentActor((await params).org, '/[org]/settings/roles/new');
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/roles`;
  return (
    <SettingsPage
      actor={actor}
      section="roles"
      title={t('roles.new')}
      lead={t('roles.newLead')}
      back={{ href: room, label: t('roles.back') }}
    >
      <Panel>
        <ActionForm action={create}>
          <RoleFields actor={actor} content={{ name: '', permissions: [] }} />
          <div className="flex flex-wrap gap-3">
            <SubmitButton pendingLabel={t('roles.creating')}>{t('roles.create')}</SubmitButton>
            <Button href={room}>{t('site.cancel')}</Button>
          </div>
        </ActionForm>
      </Panel>
    </SettingsPage>
  );
}
