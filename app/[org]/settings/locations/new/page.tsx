import { ActionForm } from '@/components/ui/action-form';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../../settings-page';
import { save } from '../actions';
import { LocationFields } from '../location-fields';

export default async function NewLocationPage({ params }: PageProps<'/[org]/settings/locations/new'>) {
  const { actor } = await currentActor((await params).org, '/[org]/settings/locations/new');
  const t = translator(actor.locale);
  return (
    <SettingsPage
      actor={actor}
      section="locations"
      title={t('places.newTitle')}
      back={{ href: `/${actor.organisation.slug}/settings/locations`, label: t('places.back') }}
    >
      <Panel>
        <ActionForm action={save} refusalField="name" className="max-w-measure">
          <LocationFields locale={actor.locale} location={null} />
          <SubmitButton className="self-start" pendingLabel={t('site.saving')}>
            {t('places.save')}
          </SubmitButton>
        </ActionForm>
      </Panel>
    </SettingsPage>
  );
}
