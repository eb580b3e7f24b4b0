import type { ReactNode } from 'react';
import { notFound } from 'next/navigation';
import { Badge } from '@/components/ui/badge';
import { Link } from '@/components/ui/link';
import { Panel } from '@/components/ui/panel';
import { otherSubject, type Party } from '@/lib/audit/search/model';
import { CHANGE_KEYS, changesOf } from '@/lib/audit/search/changes';
import { eventId } from '@/lib/audit/search/query';
import { findAuditEvent } from '@/lib/audit/search/service';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../../settings-page';
import { auditWords, OUTCOME_TONES } from '../words';

export default async function AuditEventPage({ params }: PageProps<'/[org]/settings/audit/[event]'>) {
  const { org, event: asked } = await params;
  const { actor } = await currentActor(org, '/[org]/settings/audit/[event]');
  const id = eventId.safeParse(asked);
  const event = id.success ? await findAuditEvent(actor, id.data) : null;
  if (event === null) notFound();

  const t = translator(actor.locale);
  const words = auditWords(actor);
  const room = `/${actor.organisation.slug}/settings/audit`;
  const search = (field: string, value: string) => `${room}?${new URLSearchParams({ [field]: value }).toString()}`;
  const person = (party: Party) => (
    <>
      {words.party(party)}
      {party.kind === 'account' ? (
        <>
          <Code>{party.id}</Code>
          <Link href={search('person', party.id)}>{t('audit.samePerson')}</Link>
        </>
      ) : null}
    </>
  );
  const subject = otherSubject(event);
  const changes = changesOf(event.details);
  const rest = Object.entries(event.details).filter(
    ([key]) => changes.length === 0 || !CHANGE_KEYS.some((known) => known === key),
  );
  return (
    <SettingsPage
      actor={actor}
      section="audit"
      title={words.action(event)}
      lead={t('audit.eventTitle', { id: event.id })}
      back={{ href: room, label: t('audit.title') }}
    >
      <Panel>
        <dl className="grid gap-x-6 gap-y-4 sm:grid-cols-[12rem_minmax(0,1fr)]">
          <Entry label={t('audit.outcome')}>
            <span>
              <Badge tone={OUTCOME_TONES[event.outcome]}>{t(`audit.outcomes.${event.outcome}`)}</Badge>
            </span>
          </Entry>
          {event.reason === null ? null : (
            <Entry label={t('audit.reason')}>
              {words.reason(event)}
              {words.reason(event) === event.reason ? null : <Code>{event.reason}</Code>}
            </Entry>
          )}
          {changes.length === 0 ? null : (
            <Entry label={t('audit.change')}>
              {changes.map(words.change).map(({ name, before, after }, index) => (
                <span key={index} className="wrap-anywhere">
                  {name === null ? null : <span className="text-quiet">{t('audit.detailName', { name })} </span>}
                  {before} → <strong>{after}</strong>
                </span>
              ))}
            </Entry>
          )}
          <Entry label={t('audit.who')}>{person(event.actor)}</Entry>
          {subject === null ? null : <Entry label={t('audit.subject')}>{person(subject)}</Entry>}
          <Entry label={t('audit.when')}>
            <time dateTime={event.at}>{words.moment(event.at)}</time>
          </Entry>
          <Entry label={t('audit.exact')}>
            <Code>{event.at}</Code>
          </Entry>
          {event.address === null ? null : (
            <Entry label={t('audit.address')}>
              <span className="wrap-anywhere tabular-nums">{event.address}</span>
              <Link href={search('address', event.address)}>{t('audit.sameAddress')}</Link>
            </Entry>
          )}
          {words.browser(event) === null ? null : <Entry label={t('audit.browser')}>{words.browser(event)}</Entry>}
          {event.requestId === null ? null : (
            <Entry label={t('audit.code')}>
              <Code>{event.requestId}</Code>
              <Link href={search('code', event.requestId)}>{t('audit.sameRequest')}</Link>
            </Entry>
          )}
          {event.sessionId === null ? null : (
            <Entry label={t('audit.session')}>
              <Code>{event.sessionId}</Code>
            </Entry>
          )}
          {event.deviceId === null ? null : (
            <Entry label={t('audit.device')}>
              <Code>{event.deviceId}</Code>
            </Entry>
          )}
          {rest.length === 0 ? null : (
            <Entry label={t('audit.more')}>
              {rest
                .map(([key, value]) => words.detail(key, value))
                .map(({ name, value }, index) => (
                  <span key={index} className="wrap-anywhere">
                    <span className="text-quiet">{t('audit.detailName', { name })}</span> {value}
                  </span>
                ))}
            </Entry>
          )}
        </dl>
      </Panel>
    </SettingsPage>
  );
}

function Entry({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="font-medium text-quiet max-sm:-mb-3">{label}</dt>
      <dd className="flex min-w-0 flex-col items-start gap-1">{children}</dd>
    </>
  );
}

const Code = ({ children }: { children: string }) => (
  <span className="font-mono text-sm wrap-anywhere">{children}</span>
);
