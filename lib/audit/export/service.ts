import type { Actor, Operator } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation } from '@/lib/db/in-organisation';
import { zoneOf } from '@/lib/language/moment';
import type { AuditRecord } from '../search/model';
import type { AuditQuery } from '../search/query';
import { filterOf, recordsOf } from '../search/service';
import { findToday, listEvents, type EventFilter, type EventKey } from '../search/store';
import { BYTE_ORDER_MARK, csvLine } from './csv';

export const EXPORT_FORMATS = ['csv', 'jsonl'] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface AuditExport {
  /** `journal-petits-pas-2026-11-01-2026-11-22.csv`: the organisation, and the days that were asked for. */
  readonly fileName: string;
  readonly mediaType: string;
  /** The text in portions, made as they are asked for; whoever stops asking ends the work. */
  readonly portions: AsyncGenerator<string, void, undefined>;
}

/** Events read at once: each portion is a short transaction of its own, so that millions hold up nobody. */
const PORTION_EVENTS = 1_000;

/**
 * Everything that a search finds, newest first, as a stream of constant memory. That it was exported, and by what filter, is
 * an event itself, written before the first line goes out.
 *
 * @throws {Refusal} `permission.missing`
 */
export async function exportAudit(
  actor: Actor | Operator,
  query: AuditQuery,
  format: ExportFormat,
): Promise<AuditExport> {
  requirePermission(actor, 'audit.read');
  const { filter, today } = await inOrganisation(actor, async (transaction) => {
    const found = await filterOf(transaction, actor, query);
    // By the names of the filters alone: what was typed may be somebody's address.
    const filters = Object.keys(query).filter((key) => query[key as keyof AuditQuery] !== undefined);
    const { from, until } = query;
    await recordEvent(transaction, actor, {
      action: 'audit.export',
      outcome: 'success',
      details: { format, filters, from: from ?? null, until: until ?? null },
    });
    return { filter: found, today: await findToday(transaction, zoneOf(actor)) };
  });
  const days = [...new Set([query.from, query.until ?? today])].filter((day) => day !== undefined);
  return {
    fileName: `journal-${actor.organisation.slug}-${days.join('-')}.${format}`,
    mediaType: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8',
    portions: portionsOf(actor, filter, format),
  };
}

async function* portionsOf(
  actor: Actor | Operator,
  filter: EventFilter | null,
  format: ExportFormat,
): AsyncGenerator<string, void, undefined> {
  if (format === 'csv') yield BYTE_ORDER_MARK + csvLine(COLUMNS.map(([name]) => name));
  let from: EventKey | null = null;
  while (filter !== null) {
    const { records, next }: { records: readonly AuditRecord[]; next: EventKey | null } = await inOrganisation(
      actor,
      async (transaction) => {
        const { rows, horizon } = await listEvents(transaction, filter, { from, limit: PORTION_EVENTS });
        return {
          records: await recordsOf(transaction, rows),
          next: rows.length === PORTION_EVENTS ? rows.at(-1)! : horizon,
        };
      },
    );
    if (records.length > 0) yield records.map(format === 'csv' ? csvLineOf : jsonLineOf).join('');
    if (next === null) return;
    from = next;
  }
}

/** The columns of the table, in English whatever the reader's language: programs read them too. */
const COLUMNS: readonly (readonly [string, (event: AuditRecord) => string | null])[] = [
  ['id', ({ id }) => id],
  ['occurred_at', ({ at }) => at],
  ['action', ({ action }) => action],
  ['outcome', ({ outcome }) => outcome],
  ['reason', ({ reason }) => reason],
  ['actor_kind', ({ actor }) => actor.kind],
  ['actor_id', ({ actor }) => (actor.kind === 'account' ? actor.id : null)],
  ['actor_name', ({ actor }) => (actor.kind === 'account' ? actor.name : null)],
  ['subject_id', ({ subject }) => subject?.id ?? null],
  ['subject_name', ({ subject }) => subject?.name ?? null],
  ['address', ({ address }) => address],
  ['request_id', ({ requestId }) => requestId],
  ['session_id', ({ sessionId }) => sessionId],
  ['device_id', ({ deviceId }) => deviceId],
  ['user_agent', ({ userAgent }) => userAgent],
  ['details', ({ details }) => (Object.keys(details).length === 0 ? null : JSON.stringify(details))],
];

const csvLineOf = (event: AuditRecord) => csvLine(COLUMNS.map(([, read]) => read(event) ?? ''));

const jsonLineOf = (event: AuditRecord) =>
  `${JSON.stringify({
    ...Object.fromEntries(COLUMNS.map(([name, read]) => [name, read(event)])),
    details: event.details,
  })}\n`;
