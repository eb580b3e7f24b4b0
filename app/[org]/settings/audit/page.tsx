import type { ReactNode } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/brand/empty-state';
import { Field } from '@/components/ui/field';
import { Icon } from '@/components/ui/icon';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Pager } from '@/components/ui/pager';
import { Select } from '@/components/ui/select';
import type { Actor } from '@/lib/actors/model';
import { AUDIT_GROUPS, AUDIT_OUTCOMES } from '@/lib/audit/model';
import { changesOf } from '@/lib/audit/search/changes';
import { otherSubject, type AuditPage, type AuditRecord, type Party } from '@/lib/audit/search/model';
import { auditPlace, readAuditQuery, type AuditField, type ReadAuditQuery } from '@/lib/audit/search/query';
import { listAudit } from '@/lib/audit/search/service';
import { sentence, translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../settings-page';
import { auditWords, OUTCOME_TONES } from './words';

type Typed = Readonly<Partial<Record<AuditField, string>>>;

const FIELDS = [
  'person',
  'group',
  'outcome',
  'from',
  'until',
  'address',
  'code',
] as const satisfies readonly AuditField[];

const NOTHING_FOUND: AuditPage = { events: [], older: null, newer: null, lookedUntil: null, person: null };

export default async function AuditRoom({ params, searchParams }: PageProps<'/[org]/settings/audit'>) {
  const [{ org }, given] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/audit');
  const t = translator(actor.locale);
  const typed = typedIn(given);
  const read = readAuditQuery(typed);
  const page = read.query === null ? NOTHING_FOUND : await listAudit(actor, read.query, auditPlace.parse(given));
  const room = `/${actor.organisation.slug}/settings/audit`;
  const at = (place: Readonly<Record<string, string>>) =>
    `${room}?${new URLSearchParams({ ...typed, ...place }).toString()}`;
  const words = auditWords(actor);
  return (
    <SettingsPage
      actor={actor}
      section="audit"
      lead={page.person === null ? t('audit.lead') : t('audit.of', { name: words.party(page.person) })}
      actions={Object.keys(typed).length === 0 ? null : <Button href={room}>{t('audit.clear')}</Button>}
    >
      <Filters
        actor={actor}
        room={room}
        typed={typed}
        read={read}
        unknown={isUnknown(typed, read, page)}
        // What was found is what one came for: the fields make room for it.
        open={page.events.length === 0 && Object.keys(typed).length > 0}
      />
      {read.query === null ? null : (
        <>
          <DataTable
            caption={t('audit.caption')}
            columns={[
              { key: 'what', label: t('audit.what'), heading: true },
              { key: 'who', label: t('audit.who') },
              { key: 'where', label: t('audit.where') },
              { key: 'when', label: t('audit.when'), className: 'md:w-40' },
            ]}
            rows={page.events.map((event) => ({ id: event.id, cells: cellsOf(actor, room, event) }))}
            empty={<Empty actor={actor} filtered={Object.keys(typed).length > 0} />}
          />
          {page.lookedUntil === null ? null : (
            <Notice>{t('audit.lookedUntil', { date: words.moment(page.lookedUntil) })}</Notice>
          )}
          <Pager
            label={t('audit.pages')}
            previous={page.newer === null ? null : { href: at({ newer: page.newer }), label: t('audit.newer') }}
            next={
              page.older === null
                ? null
                : {
                    href: at({ older: page.older }),
                    label: page.lookedUntil === null ? t('audit.older') : t('audit.lookFurther'),
                  }
            }
          />
          {page.events.length === 0 ? null : <Export actor={actor} room={room} typed={typed} />}
        </>
      )}
    </SettingsPage>
  );
}

/** What stands in the address, as far as it is ours; an empty field is no filter, and of two alike the first counts. */
function typedIn(given: Readonly<Record<string, string | string[] | undefined>>): Typed {
  const typed: Partial<Record<AuditField, string>> = {};
  for (const field of FIELDS) {
    const value = [given[field]].flat()[0];
    if (value !== undefined && value.trim() !== '') typed[field] = value;
  }
  return typed;
}

const isUnknown = (typed: Typed, read: ReadAuditQuery, page: AuditPage) =>
  typed.person !== undefined && read.query !== null && page.person === null;

function Filters({
  actor,
  room,
  typed,
  read,
  unknown,
  open,
}: {
  actor: Actor;
  room: string;
  typed: Typed;
  read: ReadAuditQuery;
  unknown: boolean;
  open: boolean;
}) {
  const { locale } = actor;
  const t = translator(locale);
  const invalid: Partial<Record<AuditField, string>> = read.invalid ?? {};
  const field = (name: AuditField) => ({
    name,
    defaultValue: typed[name] ?? '',
    error: invalid[name] === undefined ? undefined : sentence(locale, `fields.${invalid[name].replace('.', '_')}`),
  });
  // A browser shows no day that isn't one.
  const day = (name: 'from' | 'until') => ({
    ...field(name),
    ...(invalid[name] === undefined ? {} : { defaultValue: '' }),
  });
  const active = Object.keys(typed).length > 0;
  return (
    <details open={open} className="group rounded-surface border border-line bg-surface">
      <summary className="flex min-h-12 cursor-pointer list-none items-center gap-2 rounded-surface px-4 py-2 font-semibold hover:bg-wash sm:px-5 [&::-webkit-details-marker]:hidden">
        <Icon name="forward" className="text-quiet transition-transform group-open:rotate-90" />
        {t('audit.filter')}
        {active ? <Badge>{Object.keys(typed).length}</Badge> : null}
      </summary>
      <form
        method="get"
        action={room}
        role="search"
        aria-label={t('audit.filter')}
        className="flex flex-col gap-5 p-4 sm:p-5"
      >
        {read.query === null ? <Notice tone="danger">{t('audit.invalid')}</Notice> : null}
        <div className="grid gap-5 sm:grid-cols-2 xl:grid-cols-3">
          <Field
            {...field('person')}
            label={t('audit.person')}
            hint={t('audit.personHint')}
            error={unknown ? t('audit.unknownPerson') : field('person').error}
            autoCapitalize="none"
            spellCheck={false}
          />
          <Select {...field('group')} label={t('audit.group')}>
            <option value="">{t('audit.all')}</option>
            {AUDIT_GROUPS.map((group) => (
              <option key={group} value={group}>
                {sentence(locale, `audit.groups.${group}`)}
              </option>
            ))}
          </Select>
          <Select {...field('outcome')} label={t('audit.outcome')}>
            <option value="">{t('audit.all')}</option>
            {AUDIT_OUTCOMES.map((outcome) => (
              <option key={outcome} value={outcome}>
                {t(`audit.outcomes.${outcome}`)}
              </option>
            ))}
          </Select>
          <Field {...day('from')} type="date" label={t('audit.from')} />
          <Field {...day('until')} type="date" label={t('audit.until')} />
          <Field {...field('address')} label={t('audit.address')} autoCapitalize="none" spellCheck={false} />
          <Field
            {...field('code')}
            label={t('audit.code')}
            hint={t('audit.codeHint')}
            autoCapitalize="none"
            spellCheck={false}
          />
        </div>
        <div className="flex flex-wrap gap-3">
          <Button variant="primary" type="submit">
            {t('audit.search')}
          </Button>
        </div>
      </form>
    </details>
  );
}

function cellsOf(actor: Actor, room: string, event: AuditRecord): Record<string, ReactNode> {
  const t = translator(actor.locale);
  const words = auditWords(actor);
  const reason = words.reason(event);
  const browser = words.browser(event);
  const subject = otherSubject(event);
  const linked = (party: Party, label: string) =>
    party.kind === 'account' ? (
      <Link inline href={`${room}?person=${party.id}`}>
        {label}
      </Link>
    ) : (
      label
    );
  return {
    what: (
      <span className="flex flex-col gap-1">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link inline href={`${room}/${event.id}`} className="font-medium">
            {words.action(event)}
          </Link>
          <Badge tone={OUTCOME_TONES[event.outcome]}>{t(`audit.outcomes.${event.outcome}`)}</Badge>
        </span>
        {reason === null ? null : <span className="text-sm text-quiet">{reason}</span>}
        {changesOf(event.details)
          .map(words.change)
          .map(({ name, before, after }, index) => (
            <span key={index} className="text-sm wrap-anywhere text-quiet">
              {name === null ? `${before} → ${after}` : t('audit.detail', { name, value: `${before} → ${after}` })}
            </span>
          ))}
      </span>
    ),
    who: (
      <span className="inline-flex flex-col gap-0.5">
        <span>{linked(event.actor, words.party(event.actor))}</span>
        {subject === null ? null : (
          <span className="text-sm">{linked(subject, t('audit.on', { name: words.party(subject) }))}</span>
        )}
      </span>
    ),
    where:
      event.address === null && browser === null ? (
        <span className="text-quiet">–</span>
      ) : (
        <span className="inline-flex flex-col gap-0.5">
          {event.address === null ? null : (
            <span
              className={event.address.includes(':') ? 'wrap-anywhere tabular-nums' : 'whitespace-nowrap tabular-nums'}
            >
              {event.address}
            </span>
          )}
          {browser === null ? null : <span className="text-sm text-quiet">{browser}</span>}
        </span>
      ),
    when: (
      <time dateTime={event.at} className="tabular-nums">
        {words.moment(event.at)}
      </time>
    ),
  };
}

function Empty({ actor, filtered }: { actor: Actor; filtered: boolean }) {
  const t = translator(actor.locale);
  return (
    <EmptyState title={filtered ? t('audit.nothingTitle') : t('audit.emptyTitle')}>
      <p className="text-quiet">{filtered ? t('audit.nothingText') : t('audit.emptyText')}</p>
    </EmptyState>
  );
}

/** A form, so that no other site can start it: each export is an event itself. */
function Export({ actor, room, typed }: { actor: Actor; room: string; typed: Typed }) {
  const t = translator(actor.locale);
  return (
    <form method="post" action={`${room}/export`} className="flex flex-col gap-3 border-t border-line pt-6">
      {Object.entries(typed).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <p className="text-sm text-quiet">{t('audit.exportHint')}</p>
      <div className="flex flex-wrap gap-3">
        {(['csv', 'jsonl'] as const).map((format) => (
          <Button key={format} type="submit" name="format" value={format}>
            <Icon name="download" />
            {format === 'csv' ? t('audit.exportCsv') : t('audit.exportJson')}
          </Button>
        ))}
      </div>
    </form>
  );
}
