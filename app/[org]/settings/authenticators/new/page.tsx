import { ActionForm, FormField } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { ChoiceRadio } from '@/components/ui/choice-card';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { AUTHENTICATOR_TYPES } from '@/lib/authenticators/model';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../../settings-page';
import { create } from '../actions';

export default async function NewAuthenticatorPage({ params }: PageProps<'/[org]/settings/authenticators/new'>) {
  const { actor } = await currentActor((await params).org, '/[org]/settings/authenticators/new');
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/authenticators`;
  return (
    <SettingsPage
      actor={actor}
      section="authenticators"
      title={t('authenticators.new')}
      lead={t('authenticators.newLead')}
      back={{ href: room, label: t('authenticators.back') }}
    >
      <Panel className="max-w-measure">
        <ActionForm action={create} refusalField={{ 'authenticator.name-taken': 'name' }}>
          <FormField
            name="name"
            label={t('authenticators.name')}
            hint={t('authenticators.nameHint')}
            maxLength={100}
            autoComplete="off"
            required
          />
          <fieldset className="flex flex-col gap-3">
            <legend className="mb-2 font-medium">{t('authenticators.type')}</legend>
            {AUTHENTICATOR_TYPES.map((type, index) => (
              <ChoiceRadio
                key={type}
                id={`type-${type}`}
                name="type"
                value={type}
                title={t(`authenticators.types.${type}.label`)}
                defaultChecked={index === 0}
              >
                {t(`authenticators.types.${type}.sentence`)}
              </ChoiceRadio>
            ))}
          </fieldset>
          <div className="flex flex-col gap-3 sm:flex-row">
            <SubmitButton pendingLabel={t('site.oneMoment')}>{t('authenticators.create')}</SubmitButton>
            <Button href={room}>{t('site.cancel')}</Button>
          </div>
        </ActionForm>
      </Panel>
    </SettingsPage>
  );
}
