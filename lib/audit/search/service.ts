import { identifierKey } from '@/lib/accounts/text';
import type { Actor, Operator } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { reading } from '@/lib/db/reading';
import { zoneOf } from '@/lib/language/moment';
import { findAccountId } from '@/lib/sign-in/store';
import { AUDIT_ACTIONS, groupOf } from '../model';
import type { AuditPage, AuditRecord, Party } from './model';
import type { AuditPlace, AuditQuery } from './query';
import {
  findEvent,
  listEvents,
  listNames,
  listUserAgents,
  type EventFilter,
  type EventKey,
  type EventRow,
} from './store';

/** Events on one page. */
export const PAGE_EVENTS = 50;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * A page of the audit. Whatever is asked for, the work is bounded: where a person's or an address's events are too many to
 * be looked through for the rest of the filter at once, the page says how far it came.
 *
 * @throws {Refusal} `permission.missing`
 */
export async function listAudit(
  actor: Actor | Operator,
  query: AuditQuery,
  place: AuditPlace = {},
): Promise<AuditPage> {
  requirePermission(actor, 'audit.read');
  return reading(actor, async (transaction) => {
    const filter = await filterOf(transaction, actor, query);
    if (filter === null) return { events: [], older: null, newer: null, lookedUntil: null, person: null };
    const from = await keyOf(transaction, place.newer ?? place.older);
    const newer = from !== null && place.newer !== undefined ? await newerPage(transaction, filter, from) : null;
    const page = newer ?? (await olderPage(transaction, filter, place.newer === undefined ? from : null));
    const names = await listNames(transaction, filter.personId === undefined ? [] : [filter.personId]);
    const name = names[0];
    return {
      ...page,
      events: await recordsOf(transaction, page.rows),
      person:
        filter.personId === undefined
          ? null
          : { kind: 'account', id: filter.personId, name: name ? `${name.firstName} ${name.lastName}` : null },
    };
  });
}

interface RawPage extends Pick<AuditPage, 'older' | 'newer' | 'lookedUntil'> {
  readonly rows: readonly EventRow[];
}

async function olderPage(
  transaction: OrganisationTransaction,
  filter: EventFilter,
  from: EventKey | null,
): Promise<RawPage> {
  // One more than is shown says whether anything stands behind it.
  const { rows, horizon } = await listEvents(transaction, filter, { from, limit: PAGE_EVENTS + 1 });
  const shown = rows.slice(0, PAGE_EVENTS);
  return {
    rows: shown,
    older: rows.length > PAGE_EVENTS ? shown.at(-1)!.id : (horizon?.id ?? null),
    newer: from === null ? null : (shown[0]?.id ?? from.id),
    lookedUntil: horizon?.at ?? null,
  };
}

/** The page before an event; null where that would not be a whole one, which then is the first page of all. */
async function newerPage(
  transaction: OrganisationTransaction,
  filter: EventFilter,
  from: EventKey,
): Promise<RawPage | null> {
  const { rows } = await listEvents(transaction, filter, { direction: 'newer', from, limit: PAGE_EVENTS + 1 });
  if (rows.length <= PAGE_EVENTS) return null;
  const shown = rows.slice(0, PAGE_EVENTS).reverse();
  return { rows: shown, older: shown.at(-1)!.id, newer: shown[0]!.id, lookedUntil: null };
}

/**
 * One event with everything that was written of it; null where the organisation has none of this number.
 *
 * @throws {Refusal} `permission.missing`
 */
export async function findAuditEvent(actor: Actor | Operator, id: string): Promise<AuditRecord | null> {
  requirePermission(actor, 'audit.read');
  return reading(actor, async (transaction) => {
    const row = await findEvent(transaction, id);
    return row === null ? null : (await recordsOf(transaction, [row]))[0]!;
  });
}

/** What the database is asked; null where the filter names somebody whom the organisation doesn't know. */
export async function filterOf(
  transaction: OrganisationTransaction,
  actor: Actor | Operator,
  { person, group, code, ...plain }: AuditQuery,
): Promise<EventFilter | null> {
  const personId = person === undefined ? undefined : await personOf(transaction, person);
  if (personId === null) return null;
  const indexed = personId !== undefined || plain.address !== undefined || code !== undefined;
  const actions =
    group !== undefined
      ? AUDIT_ACTIONS.filter((action) => groupOf(action) === group)
      : plain.outcome !== undefined && !indexed
        ? AUDIT_ACTIONS
        : undefined;
  return { ...plain, personId, actions, requestId: code, timeZone: zoneOf(actor) };
}

/** An erased account has no name to be looked up by: its id finds what stands under it. */
async function personOf(transaction: OrganisationTransaction, typed: string): Promise<string | null> {
  return UUID.test(typed) ? typed.toLowerCase() : findAccountId(transaction, identifierKey(typed));
}

/** The place of an event in the list; null where it isn't there (any more): then the list begins at its beginning. */
async function keyOf(transaction: OrganisationTransaction, id: string | undefined): Promise<EventKey | null> {
  return id === undefined ? null : findEvent(transaction, id);
}

/** Puts names and browsers to the ids, each with one query for all. */
export async function recordsOf(
  transaction: OrganisationTransaction,
  rows: readonly EventRow[],
): Promise<AuditRecord[]> {
  const people = [...new Set(rows.flatMap(({ actorId, subjectId }) => [actorId, subjectId]))].filter(
    (id) => id !== null,
  );
  const devices = [...new Set(rows.map(({ deviceId }) => deviceId))].filter((id) => id !== null);
  const [named, userAgents] = await pipelined([listNames(transaction, people), listUserAgents(transaction, devices)]);
  const names = new Map(named.map((one) => [one.id, `${one.firstName} ${one.lastName}`]));
  const account = (id: string): Extract<Party, { kind: 'account' }> => ({
    kind: 'account',
    id,
    name: names.get(id) ?? null,
  });
  return rows.map(({ actorKind, actorId, subjectId, ...row }) => ({
    ...row,
    actor: actorKind === 'account' ? account(actorId ?? '') : { kind: actorKind },
    subject: subjectId === null ? null : account(subjectId),
    userAgent: row.deviceId === null ? null : (userAgents.get(row.deviceId) ?? null),
  }));
}
