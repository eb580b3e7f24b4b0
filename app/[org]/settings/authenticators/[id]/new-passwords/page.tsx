import { notFound } from 'next/navigation';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { translator } from '@/lib/language/translate';
import { viewDemand } from '@/lib/passwords/demand';
import { Refusal } from '@/lib/refusals';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../../../settings-page';
import { demandAll } from './actions';

/** Whom a new password is demanded from, before it is: all whom an authenticator serves, at once (AUTH-2). */
export default async function NewPasswordsPage({
  params,
  searchParams,
}: PageProps<'/[org]/settings/authenticators/[id]/new-passwords'>) {
  const [{ org, id }, { done }] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/authenticators/[id]/new-passwords');
  const view = await viewDemand(actor, id).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'not-found') notFound();
    throw error;
  });
  const t = translator(actor.locale);
  const settings = `/${actor.organisation.slug}/settings`;
  const editor = `${settings}/authenticators/${view.id}`;
  const back = actor.permissions.has('authenticators.manage')
    ? { href: editor, label: view.name }
    : { href: settings, label: t('settings.title') };
  const demanded = /^\d{1,9}$/.test(String(done)) ? Number(done) : null;
  return (
    <SettingsPage actor={actor} section="authenticators" title={t('demand.allTitle')} back={back}>
      {demanded === null ? (
        <Panel className="max-w-measure">
          <div className="flex flex-col gap-4">
            <p>{t('demand.allConcerned', { count: view.concerned, name: view.name })}</p>
            <p className="text-quiet">{t('demand.allText')}</p>
            {view.beyond > 0 ? <Notice>{t('demand.allBeyond', { count: view.beyond })}</Notice> : null}
            {view.concerned > 0 ? (
              <ActionForm action={demandAll} hidden={{ authenticator: view.id }}>
                <div className="flex flex-col gap-3 sm:flex-row">
                  <SubmitButton variant="danger" pendingLabel={t('demand.demanding')}>
                    {t('demand.allSubmit', { count: view.concerned })}
                  </SubmitButton>
                  <Button href={back.href}>{t('site.cancel')}</Button>
                </div>
              </ActionForm>
            ) : (
              <Button href={back.href} className="self-start">
                {t('demand.back')}
              </Button>
            )}
          </div>
        </Panel>
      ) : (
        <>
          <Notice tone="success">{t('demand.allDone', { count: demanded })}</Notice>
          <Button href={back.href} className="self-start">
            {t('demand.back')}
          </Button>
        </>
      )}
    </SettingsPage>
  );
}
