'use client';

import { EmptyState } from '@/components/brand/empty-state';
import { SettingsFrame, type SettingsFrameValues } from '@/components/shell/settings-frame';
import { Badge, type BadgeTone } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { DataTable, type Column } from '@/components/ui/data-table';
import { Field } from '@/components/ui/field';
import { Icon } from '@/components/ui/icon';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Pager, type PagerProps } from '@/components/ui/pager';
import { Select } from '@/components/ui/select';
import type { AuditOutcome } from '@/lib/audit/model';
import type { AuditField } from '@/lib/audit/search/query';

export type AuditViewProps = {
  frame: SettingsFrameValues;
  lead: string;
  /** The address of the room: its links and its forms begin there. */
  room: string;
  /** What removes the filters, where there are some. */
  clear: string | null;
  filters: AuditFilters;
  /** How an outcome is called, and how loudly. */
  outcomes: Readonly<Record<AuditOutcome, { readonly label: string; readonly tone: BadgeTone }>>;
  /** Null where the filters can't be read, so that nothing was looked for. */
  found: AuditFound | null;
};

/** The fields above the list, and what stands in them. */
export type AuditFilters = {
  readonly title: string;
  readonly open: boolean;
  /** What was typed, as it came. */
  readonly typed: Readonly<Partial<Record<AuditField, string>>>;
  /** What is wrong with a field, in a sentence. */
  readonly errors: Readonly<Partial<Record<AuditField, string>>>;
  /** Stands above the fields where one of them can't be read. */
  readonly invalid: string | null;
  readonly labels: Readonly<Record<AuditField | 'all' | 'search', string>>;
  readonly hints: Readonly<Record<'person' | 'code', string>>;
  readonly groups: readonly { readonly group: string; readonly label: string }[];
};

/** What the filters let through, one page of it, and the ways on from there. */
export type AuditFound = {
  readonly caption: string;
  readonly columns: Readonly<Record<'what' | 'who' | 'where' | 'when', string>>;
  readonly events: readonly AuditEventValues[];
  /** Stands in the place of the events where there are none. */
  readonly empty: { readonly title: string; readonly text: string };
  /** How far was looked, where not everything was. */
  readonly lookedUntil: string | null;
  readonly pager: PagerProps;
  readonly exporting: Readonly<Record<'hint' | 'csv' | 'jsonl', string>>;
};

/** One event, in words; what it doesn't have is left out. */
export type AuditEventValues = {
  readonly id: string;
  readonly action: string;
  readonly outcome: AuditOutcome;
  readonly reason?: string;
  readonly changes?: readonly string[];
  readonly who: PartyValues;
  /** On whom it was done, where that is somebody else. */
  readonly whom?: PartyValues;
  readonly address?: string;
  readonly browser?: string;
  /** The moment, for programs, and in the reader's words. */
  readonly at: string;
  readonly when: string;
};

/** Somebody; with the id of the account where all that concerns it can be asked for. */
export type PartyValues = { readonly label: string; readonly id?: string };

/** The journal: the fields that narrow it, folded away where something was found, its events, and taking them along. */
export function AuditView({ frame, lead, room, clear, filters, outcomes, found }: AuditViewProps) {
  return (
    <SettingsFrame {...frame} lead={lead} actions={clear === null ? null : <Button href={room}>{clear}</Button>}>
      <Filters {...filters} room={room} outcomes={outcomes} />
      {found === null ? null : <Found {...found} room={room} outcomes={outcomes} typed={filters.typed} />}
    </SettingsFrame>
  );
}

function Filters({
  title,
  open,
  typed,
  errors,
  invalid,
  labels,
  hints,
  groups,
  room,
  outcomes,
}: AuditFilters & Pick<AuditViewProps, 'room' | 'outcomes'>) {
  const active = Object.keys(typed).length;
  const field = (name: AuditField) => ({
    name,
    label: labels[name],
    defaultValue: typed[name] ?? '',
    error: errors[name],
  });
  // A browser shows no day that isn't one.
  const day = (name: 'from' | 'until') => ({
    ...field(name),
    ...(errors[name] === undefined ? {} : { defaultValue: '' }),
  });
  return (
    <details open={open} className="group rounded-surface border border-line bg-surface">
      <summary className="flex min-h-12 cursor-pointer list-none items-center gap-2 rounded-surface px-4 py-2 font-semibold hover:bg-wash sm:px-5 [&::-webkit-details-marker]:hidden">
        <Icon name="forward" className="text-quiet transition-transform group-open:rotate-90" />
        {title}
        {active > 0 ? <Badge>{active}</Badge> : null}
      </summary>
      <form method="get" action={room} role="search" aria-label={title} className="flex flex-col gap-5 p-4 sm:p-5">
        {invalid === null ? null : <Notice tone="danger">{invalid}</Notice>}
        <div className="grid gap-5 sm:grid-cols-2 xl:grid-cols-3">
          <Field {...field('person')} hint={hints.person} autoCapitalize="none" spellCheck={false} />
          <Select {...field('group')}>
            <option value="">{labels.all}</option>
            {groups.map(({ group, label }) => (
              <option key={group} value={group}>
                {label}
              </option>
            ))}
          </Select>
          <Select {...field('outcome')}>
            <option value="">{labels.all}</option>
            {Object.entries(outcomes).map(([outcome, { label }]) => (
              <option key={outcome} value={outcome}>
                {label}
              </option>
            ))}
          </Select>
          <Field {...day('from')} type="date" />
          <Field {...day('until')} type="date" />
          <Field {...field('address')} autoCapitalize="none" spellCheck={false} />
          <Field {...field('code')} hint={hints.code} autoCapitalize="none" spellCheck={false} />
        </div>
        <div className="flex flex-wrap gap-3">
          <Button variant="primary" type="submit">
            {labels.search}
          </Button>
        </div>
      </form>
    </details>
  );
}

function Found({
  caption,
  columns,
  events,
  empty,
  lookedUntil,
  pager,
  exporting,
  room,
  outcomes,
  typed,
}: AuditFound & Pick<AuditViewProps, 'room' | 'outcomes'> & Pick<AuditFilters, 'typed'>) {
  return (
    <>
      <DataTable
        caption={caption}
        columns={columnsOf(columns)}
        rows={events.map((event) => ({
          id: event.id,
          cells: {
            what: <What event={event} room={room} outcomes={outcomes} />,
            who: <Who event={event} room={room} />,
            where: <Where event={event} />,
            when: (
              <time dateTime={event.at} className="tabular-nums">
                {event.when}
              </time>
            ),
          },
        }))}
        empty={
          <EmptyState title={empty.title}>
            <p className="text-quiet">{empty.text}</p>
          </EmptyState>
        }
      />
      {lookedUntil === null ? null : <Notice>{lookedUntil}</Notice>}
      <Pager {...pager} />
      {events.length === 0 ? null : <Export {...exporting} room={room} typed={typed} />}
    </>
  );
}

const columnsOf = (labels: AuditFound['columns']): readonly Column[] => [
  { key: 'what', label: labels.what, heading: true },
  { key: 'who', label: labels.who },
  { key: 'where', label: labels.where },
  { key: 'when', label: labels.when, className: 'md:w-40' },
];

function What({
  event: { id, action, outcome, reason, changes = [] },
  room,
  outcomes,
}: { event: AuditEventValues } & Pick<AuditViewProps, 'room' | 'outcomes'>) {
  const { label, tone } = outcomes[outcome];
  return (
    <span className="flex flex-col gap-1">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Link inline href={`${room}/${id}`} className="font-medium">
          {action}
        </Link>
        <Badge tone={tone}>{label}</Badge>
      </span>
      {reason === undefined ? null : <span className="text-sm text-quiet">{reason}</span>}
      {changes.map((change, index) => (
        <span key={index} className="text-sm wrap-anywhere text-quiet">
          {change}
        </span>
      ))}
    </span>
  );
}

function Who({ event: { who, whom }, room }: { event: AuditEventValues; room: string }) {
  return (
    <span className="inline-flex flex-col gap-0.5">
      <span>
        <Party {...who} room={room} />
      </span>
      {whom === undefined ? null : (
        <span className="text-sm">
          <Party {...whom} room={room} />
        </span>
      )}
    </span>
  );
}

function Party({ id, label, room }: PartyValues & { room: string }) {
  return id === undefined ? (
    label
  ) : (
    <Link inline href={`${room}?person=${id}`}>
      {label}
    </Link>
  );
}

function Where({ event: { address, browser } }: { event: AuditEventValues }) {
  if (address === undefined && browser === undefined) return <span className="text-quiet">–</span>;
  return (
    <span className="inline-flex flex-col gap-0.5">
      {address === undefined ? null : (
        <span className={address.includes(':') ? 'wrap-anywhere tabular-nums' : 'whitespace-nowrap tabular-nums'}>
          {address}
        </span>
      )}
      {browser === undefined ? null : <span className="text-sm text-quiet">{browser}</span>}
    </span>
  );
}

/** A form, so that no other site can start it: each export is an event itself. */
function Export({
  hint,
  csv,
  jsonl,
  room,
  typed,
}: AuditFound['exporting'] & Pick<AuditViewProps, 'room'> & Pick<AuditFilters, 'typed'>) {
  return (
    <form method="post" action={`${room}/export`} className="flex flex-col gap-3 border-t border-line pt-6">
      {Object.entries(typed).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <p className="text-sm text-quiet">{hint}</p>
      <div className="flex flex-wrap gap-3">
        <Button type="submit" name="format" value="csv">
          <Icon name="download" />
          {csv}
        </Button>
        <Button type="submit" name="format" value="jsonl">
          <Icon name="download" />
          {jsonl}
        </Button>
      </div>
    </form>
  );
}
