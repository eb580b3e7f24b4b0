import { ActionForm } from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/brand/empty-state';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { momentFor } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import type { RequestView } from '@/lib/reset-requests/model';
import { listRequests } from '@/lib/reset-requests/service';
import { currentActor } from '@/lib/sessions/current';
import { describeUserAgent } from '@/lib/sessions/user-agent';
import { SettingsPage } from '../settings-page';
import { refuse } from './actions';

export default async function RequestsPage({ params, searchParams }: PageProps<'/[org]/settings/requests'>) {
  const [{ org }, { done }] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/requests');
  const requests = await listRequests(actor);
  const t = translator(actor.locale);
  return (
    <SettingsPage actor={actor} section="requests" lead={t('requests.lead')}>
      {done === 'refused' ? <Notice tone="success">{t('requests.refused')}</Notice> : null}
      {requests.length === 0 ? (
        <Panel>
          <EmptyState>
            <p className="text-quiet">{t('requests.none')}</p>
          </EmptyState>
        </Panel>
      ) : (
        <ul className="flex flex-col gap-4">
          {requests.map((request) => (
            <li key={request.id}>
              <Request actor={actor} request={request} />
            </li>
          ))}
        </ul>
      )}
    </SettingsPage>
  );
}

/** Who asks, from where and with what, whether that is as usual, and the three answers. */
function Request({ actor, request }: { actor: Actor; request: RequestView }) {
  const t = translator(actor.locale);
  const account = `/${actor.organisation.slug}/settings/accounts/${request.accountId}`;
  const agent = describeUserAgent(request.userAgent);
  const browser = t('account.sessionOn', {
    browser: agent.browser ?? t('account.unknownBrowser'),
    system: agent.system ?? t('account.unknownSystem'),
  });
  return (
    <article
      aria-labelledby={`request-${request.id}`}
      className="flex flex-col gap-4 rounded-surface border border-line bg-surface p-5 sm:p-6"
    >
      <div className="flex flex-col gap-1">
        <h2 id={`request-${request.id}`} className="text-lg font-semibold">
          {request.name}
        </h2>
        <p className="text-sm wrap-anywhere text-quiet">{request.email}</p>
      </div>
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[auto_minmax(0,1fr)]">
        <dt className="text-quiet">{t('requests.when')}</dt>
        <dd className="tabular-nums">{momentFor(actor, request.createdAt)}</dd>
        <dt className="text-quiet">{t('requests.browser')}</dt>
        <dd className="flex flex-wrap items-center gap-2">
          {browser}
          <Known known={request.knownBrowser} words={[t('requests.browserKnown'), t('requests.browserNew')]} />
        </dd>
        <dt className="text-quiet">{t('requests.address')}</dt>
        <dd className="flex flex-wrap items-center gap-2">
          <span className="break-all">{request.address ?? t('requests.addressUnknown')}</span>
          <Known known={request.knownAddress} words={[t('requests.addressKnown'), t('requests.addressNew')]} />
        </dd>
      </dl>
      {request.mayAnswer ? (
        <>
          <p className="text-sm text-quiet">{t('requests.call', { name: request.name })}</p>
          <div className="flex flex-col gap-3 sm:flex-row sm:flex-wrap">
            <Button variant="primary" href={`${account}/reset`} aria-describedby={`request-${request.id}`}>
              {t('requests.reset')}
            </Button>
            <Button href={`${account}/pass`} aria-describedby={`request-${request.id}`}>
              {t('requests.pass')}
            </Button>
            <ActionForm action={refuse} hidden={{ request: request.id }} className="sm:ml-auto">
              <SubmitButton
                variant="quiet"
                pendingLabel={t('site.oneMoment')}
                aria-describedby={`request-${request.id}`}
              >
                {t('requests.refuse')}
              </SubmitButton>
            </ActionForm>
          </div>
        </>
      ) : (
        <p className="text-sm text-quiet">{t('requests.notYours')}</p>
      )}
    </article>
  );
}

function Known({ known, words }: { known: boolean; words: readonly [string, string] }) {
  return <Badge tone={known ? 'success' : 'warning'}>{known ? words[0] : words[1]}</Badge>;
}
