import {
  AuditView,
  type AuditEventValues,
  type AuditFilters,
  type AuditFound,
  type PartyValues,
} from '@/components/audit/audit-view';
import type { Actor } from '@/lib/actors/model';
import { AUDIT_GROUPS } from '@/lib/audit/model';
import { changesOf } from '@/lib/audit/search/changes';
import { otherSubject, type AuditPage, type AuditRecord, type Party } from '@/lib/audit/search/model';
import { auditPlace, readAuditQuery, type AuditField, type ReadAuditQuery } from '@/lib/audit/search/query';
import { listAudit } from '@/lib/audit/search/service';
import { sentence, translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { settingsFrame } from '../settings-page';
import { auditWords, OUTCOME_TONES, type AuditWords } from './words';

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
  const words = auditWords(actor);
  const filtered = Object.keys(typed).length > 0;
  return (
    <AuditView
      frame={settingsFrame({ actor, section: 'audit' })}
      lead={page.person === null ? t('audit.lead') : t('audit.of', { name: words.party(page.person) })}
      room={roomOf(actor)}
      clear={filtered ? t('audit.clear') : null}
      filters={{
        ...filtersOf(actor, typed, read, page),
        // What was found is what one came for: the fields make room for it.
        open: page.events.length === 0 && filtered,
      }}
      outcomes={{
        success: { label: t('audit.outcomes.success'), tone: OUTCOME_TONES.success },
        failure: { label: t('audit.outcomes.failure'), tone: OUTCOME_TONES.failure },
        refused: { label: t('audit.outcomes.refused'), tone: OUTCOME_TONES.refused },
      }}
      found={read.query === null ? null : foundOf(actor, words, typed, page)}
    />
  );
}

const roomOf = ({ organisation }: Actor) => `/${organisation.slug}/settings/audit`;

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

function filtersOf({ locale }: Actor, typed: Typed, read: ReadAuditQuery, page: AuditPage): Omit<AuditFilters, 'open'> {
  const t = translator(locale);
  const errors: Partial<Record<AuditField, string>> = {};
  for (const field of FIELDS) {
    const code = read.invalid?.[field];
    if (code !== undefined) errors[field] = sentence(locale, `fields.${code.replace('.', '_')}`);
  }
  if (isUnknown(typed, read, page)) errors.person = t('audit.unknownPerson');
  return {
    title: t('audit.filter'),
    typed,
    errors,
    invalid: read.query === null ? t('audit.invalid') : null,
    labels: {
      person: t('audit.person'),
      group: t('audit.group'),
      outcome: t('audit.outcome'),
      from: t('audit.from'),
      until: t('audit.until'),
      address: t('audit.address'),
      code: t('audit.code'),
      all: t('audit.all'),
      search: t('audit.search'),
    },
    hints: { person: t('audit.personHint'), code: t('audit.codeHint') },
    groups: AUDIT_GROUPS.map((group) => ({ group, label: sentence(locale, `audit.groups.${group}`) })),
  };
}

function foundOf(actor: Actor, words: AuditWords, typed: Typed, page: AuditPage): AuditFound {
  const t = translator(actor.locale);
  const filtered = Object.keys(typed).length > 0;
  const at = (place: Readonly<Record<string, string>>) =>
    `${roomOf(actor)}?${new URLSearchParams({ ...typed, ...place }).toString()}`;
  return {
    caption: t('audit.caption'),
    columns: { what: t('audit.what'), who: t('audit.who'), where: t('audit.where'), when: t('audit.when') },
    events: page.events.map((event) => eventValues(actor, words, event)),
    empty: {
      title: t(filtered ? 'audit.nothingTitle' : 'audit.emptyTitle'),
      text: t(filtered ? 'audit.nothingText' : 'audit.emptyText'),
    },
    lookedUntil: page.lookedUntil === null ? null : t('audit.lookedUntil', { date: words.moment(page.lookedUntil) }),
    pager: {
      label: t('audit.pages'),
      previous: page.newer === null ? null : { href: at({ newer: page.newer }), label: t('audit.newer') },
      next:
        page.older === null
          ? null
          : {
              href: at({ older: page.older }),
              label: t(page.lookedUntil === null ? 'audit.older' : 'audit.lookFurther'),
            },
    },
    exporting: { hint: t('audit.exportHint'), csv: t('audit.exportCsv'), jsonl: t('audit.exportJson') },
  };
}

/** An event as the list shows it; what it doesn't have is left out, for there are many. */
function eventValues({ locale }: Actor, words: AuditWords, event: AuditRecord): AuditEventValues {
  const t = translator(locale);
  const reason = words.reason(event);
  const browser = words.browser(event);
  const subject = otherSubject(event);
  const changes = changesOf(event.details)
    .map(words.change)
    .map(({ name, before, after }) =>
      name === null ? `${before} → ${after}` : t('audit.detail', { name, value: `${before} → ${after}` }),
    );
  return {
    id: event.id,
    action: words.action(event),
    outcome: event.outcome,
    ...(reason === null ? {} : { reason }),
    ...(changes.length === 0 ? {} : { changes }),
    who: partyValues(event.actor, words.party(event.actor)),
    ...(subject === null ? {} : { whom: partyValues(subject, t('audit.on', { name: words.party(subject) })) }),
    ...(event.address === null ? {} : { address: event.address }),
    ...(browser === null ? {} : { browser }),
    at: event.at,
    when: words.moment(event.at),
  };
}

const partyValues = (party: Party, label: string): PartyValues =>
  party.kind === 'account' ? { label, id: party.id } : { label };
