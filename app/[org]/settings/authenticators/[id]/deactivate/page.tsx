import { notFound } from 'next/navigation';
import { ActionForm, FormCheckbox, FormField } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { previewDeactivation } from '@/lib/authenticators/service';
import { sentence, translator } from '@/lib/language/translate';
import { Refusal } from '@/lib/refusals';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../../../settings-page';
import { deactivate } from '../../actions';

export default async function DeactivatePage({ params }: PageProps<'/[org]/settings/authenticators/[id]/deactivate'>) {
  const { org, id } = await params;
  const { actor } = await currentActor(org, '/[org]/settings/authenticators/[id]/deactivate');
  const { name, served, names, sessions, against } = await previewDeactivation(actor, id).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'not-found') notFound();
    throw error;
  });
  const t = translator(actor.locale);
  const back = `/${actor.organisation.slug}/settings/authenticators/${id}`;
  const more = served - names.length;
  const listed = more > 0 ? [...names, t('places.effectMore', { count: more })] : names;
  return (
    <SettingsPage
      actor={actor}
      section="authenticators"
      title={t('authenticators.deactivateNamed', { name })}
      back={actor.permissions.has('authenticators.manage') ? { href: back, label: name } : undefined}
    >
      <Panel title={t('authenticators.losing', { count: served })} titleId="losing">
        <div className="flex flex-col gap-4">
          {served === 0 ? null : (
            <p className="break-words text-quiet">
              {new Intl.ListFormat(actor.locale, { type: 'conjunction' }).format(listed)}
            </p>
          )}
          <ul className="flex flex-col gap-2">
            {[
              t('authenticators.losingSessions', { count: sessions }),
              t('authenticators.losingDoors'),
              t('authenticators.losingBack'),
            ].map((line) => (
              <li key={line} className="flex gap-3">
                <Icon name="forward" className="mt-0.5 text-quiet" />
                <span>{line}</span>
              </li>
            ))}
          </ul>
        </div>
      </Panel>
      {against === null ? (
        <Panel className="max-w-measure">
          <ActionForm action={deactivate} hidden={{ authenticator: id }}>
            <FormCheckbox
              name="tell"
              label={t('authenticators.tell')}
              hint={t('authenticators.tellHint')}
              defaultChecked
            />
            <FormField
              name="reason"
              label={t('authenticators.heldBack')}
              hint={t('authenticators.heldBackHint')}
              maxLength={500}
              autoComplete="off"
            />
            <div className="flex flex-col gap-3 sm:flex-row">
              <SubmitButton variant="danger" pendingLabel={t('authenticators.deactivating')}>
                {t('authenticators.deactivateNamed', { name })}
              </SubmitButton>
              <Button href={back}>{t('site.cancel')}</Button>
            </div>
          </ActionForm>
        </Panel>
      ) : (
        <Notice tone="warning" role="alert">
          {sentence(actor.locale, `refusals.${against.replace('.', '_')}`, { name })}
        </Notice>
      )}
    </SettingsPage>
  );
}
