import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { backFrom, fullName, helpFor, HelpButton, HelpPage, ReasonAndProof } from '../help-page';
import { reset } from './actions';

export default async function ResetPage({ params, searchParams }: PageProps<'/[org]/settings/accounts/[id]/reset'>) {
  const [{ org, id }, { done }] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/accounts/[id]/reset');
  const help = await helpFor(actor, id);
  const { subject, standing } = help;
  const t = translator(actor.locale);
  const settings = `/${actor.organisation.slug}/settings`;
  const name = fullName(subject);
  const consequences = [
    t('resets.factorsGo', { count: subject.factors }),
    t('resets.sessionsEnd', { count: subject.sessions }),
    t('resets.devicesForget'),
    t('resets.letterGoes'),
  ];
  return (
    <HelpPage actor={actor} help={help} title={t('resets.title')}>
      {done === 'reset' ? (
        <>
          <Notice tone="success" title={t('resets.done', { name })}>
            {t('resets.doneNext', { name: subject.firstName })}
          </Notice>
          <Button href={`${settings}/requests`} className="self-start">
            {t('resets.toRequests')}
          </Button>
        </>
      ) : (
        <>
          <Panel title={t('resets.consequences', { name: subject.firstName })} titleId="consequences">
            <ul className="flex flex-col gap-2">
              {consequences.map((line) => (
                <li key={line} className="flex gap-3">
                  <Icon name="forward" className="mt-0.5 text-quiet" />
                  <span>{line}</span>
                </li>
              ))}
            </ul>
          </Panel>
          <Panel>
            <ActionForm action={reset} hidden={{ account: subject.id }} className="max-w-form">
              <ReasonAndProof actor={actor} standing={standing} />
              <div className="flex flex-col gap-3 sm:flex-row-reverse">
                <HelpButton
                  actor={actor}
                  standing={standing}
                  variant="danger"
                  className="flex-1"
                  pendingLabel={t('resets.submitting')}
                >
                  {t('resets.submit', { name })}
                </HelpButton>
                <Button href={backFrom(actor, subject.id)}>{t('site.cancel')}</Button>
              </div>
            </ActionForm>
          </Panel>
          <p className="text-quiet">
            {t('resets.onlyForgotten')}{' '}
            <Link href={`${settings}/accounts/${subject.id}/pass`} inline>
              {t('resets.toPass')}
            </Link>
          </p>
        </>
      )}
    </HelpPage>
  );
}
