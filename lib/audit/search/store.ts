import { sql, type SQL } from 'drizzle-orm';
import { writeArray } from '@/lib/db/arrays';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { AuditOutcome } from '../model';

/** Where an event stands in the order of the list: by time, then by number. `at` has PostgreSQL's microseconds, in UTC. */
export interface EventKey {
  readonly id: string;
  readonly at: string;
}

/** What the database is asked to narrow the list by; each may be left out. */
export interface EventFilter {
  readonly personId?: string;
  /** Must be given where an outcome is and neither a person, an address nor a request: the index asks for it. */
  readonly actions?: readonly string[];
  readonly outcome?: AuditOutcome;
  /** Days of `timeZone`, both counted in. */
  readonly from?: string;
  readonly until?: string;
  readonly timeZone: string;
  readonly address?: string;
  readonly requestId?: string;
}

/** An event as it was written. */
export interface EventRow extends EventKey {
  readonly action: string;
  readonly outcome: AuditOutcome;
  readonly reason: string | null;
  readonly actorKind: 'account' | 'visitor' | 'operator' | 'system';
  readonly actorId: string | null;
  readonly subjectId: string | null;
  readonly sessionId: string | null;
  readonly deviceId: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface EventPortion {
  readonly rows: readonly EventRow[];
  /** Looked through as far as this event, and not further: what fits may stand behind it. Null: seen to the end, or full. */
  readonly horizon: EventKey | null;
}

/**
 * How many entries of one person's, or one address's, events a page looks through for other things that were asked for as
 * well. It bounds the work of any filter; whoever wants more goes on from there.
 */
export const ENTRIES_LOOKED_THROUGH = 20_000;

type Direction = 'older' | 'newer';

/** To be sent before {@link listEvents}, in the same transaction. */
async function followIndexes(transaction: OrganisationTransaction): Promise<void> {
  // A guess of the planner about how many there are must not turn the walk along an index into a sort of everything, nor
  // the look-up of fifty rows into a pass over all; and compiling a plan takes longer than running it.
  await transaction.execute(sql`
    select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
      set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
      set_config('jit', 'off', true)`);
}

/**
 * The events of the organisation that fit a filter, from a place on: `older` gives the next ones in the order of the list,
 * newest first; `newer` those before it, nearest first.
 */
export async function listEvents(
  transaction: OrganisationTransaction,
  filter: EventFilter,
  { direction = 'older', from = null, limit }: { direction?: Direction; from?: EventKey | null; limit: number },
): Promise<EventPortion> {
  const walk = walkOf(filter, direction, from);
  const order = orderOf(direction);
  const settings = followIndexes(transaction);
  settings.catch(() => {});
  const found = transaction.execute<EventColumns & Record<string, unknown>>(sql`
    select ${EVENT_COLUMNS} from (${walk.keys(limit)}) k
    join audit_events e on e.id = k.id and e.occurred_at = k.occurred_at
    order by e.occurred_at ${order}, e.id ${order}`);
  await settings;
  const rows = (await found).map(eventOf);
  if (rows.length === limit || walk.horizon === null) return { rows, horizon: null };
  const [end] = await transaction.execute<{ id: string; at: string }>(walk.horizon);
  if (end === undefined) return { rows, horizon: null };
  const horizon = { id: end.id, at: end.at };
  return { rows: rows.filter((row) => !isBeyond(row, horizon, direction)), horizon };
}

/** One event by its number; null where the organisation has none of it. */
export async function findEvent(transaction: OrganisationTransaction, id: string): Promise<EventRow | null> {
  const [row] = await transaction.execute<EventColumns & Record<string, unknown>>(
    sql`select ${EVENT_COLUMNS} from audit_events e where e.id = ${id}::bigint`,
  );
  return row === undefined ? null : eventOf(row);
}

/** The day that it is in a time zone, as `2026-11-22`. */
export async function findToday(transaction: OrganisationTransaction, timeZone: string): Promise<string> {
  const [row] = await transaction.execute<{ today: string }>(
    sql`select (now() at time zone ${timeZone}::text)::date::text as today`,
  );
  return row!.today;
}

export interface NamedAccount {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** The names of those accounts that still exist. */
export async function listNames(
  transaction: OrganisationTransaction,
  ids: readonly string[],
): Promise<readonly NamedAccount[]> {
  if (ids.length === 0) return [];
  const rows = await transaction.execute<{ id: string; first_name: string; last_name: string }>(
    sql`select id, first_name, last_name from accounts where id = any(${writeArray(ids)}::uuid[])`,
  );
  return rows.map((row) => ({ id: row.id, firstName: row.first_name, lastName: row.last_name }));
}

/** What the browsers of those devices that still exist said of themselves. */
export async function listUserAgents(
  transaction: OrganisationTransaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await transaction.execute<{ id: string; user_agent: string }>(
    sql`select id, user_agent from devices where id = any(${writeArray(ids)}::uuid[])`,
  );
  return new Map(rows.map((row) => [row.id, row.user_agent]));
}

interface EventColumns {
  id: string;
  at: string;
  action: string;
  outcome: AuditOutcome;
  reason: string | null;
  actor_kind: EventRow['actorKind'];
  actor_id: string | null;
  subject_id: string | null;
  session_id: string | null;
  device_id: string | null;
  address: string | null;
  request_id: string | null;
  details: Record<string, unknown>;
}

const KEY_AT = sql`to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const EVENT_COLUMNS = sql`
  e.id::text as id, to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  e.action, e.outcome, e.reason, e.actor_kind, e.actor_id, e.subject_id, e.session_id, e.device_id,
  host(e.address) as address, e.request_id, e.details`;

const eventOf = (row: EventColumns): EventRow => ({
  id: row.id,
  at: row.at,
  action: row.action,
  outcome: row.outcome,
  reason: row.reason,
  actorKind: row.actor_kind,
  actorId: row.actor_id,
  subjectId: row.subject_id,
  sessionId: row.session_id,
  deviceId: row.device_id,
  address: row.address,
  requestId: row.request_id,
  details: row.details,
});

const orderOf = (direction: Direction) => (direction === 'older' ? sql.raw('desc') : sql.raw('asc'));

const isBeyond = (row: EventKey, horizon: EventKey, direction: Direction) => {
  const later = row.at === horizon.at ? BigInt(row.id) > BigInt(horizon.id) : row.at > horizon.at;
  const same = row.at === horizon.at && row.id === horizon.id;
  return !same && later === (direction === 'newer');
};

interface Walk {
  /** The keys of the first `limit` that fit. */
  keys(limit: number): SQL;
  /** Asks how far the walk came; null where it always comes to the end. */
  readonly horizon: SQL | null;
}

/**
 * Chooses the index to walk along. A person or an address is walked, and what else was asked for is tried on the way; an
 * action with its outcome has an index of its own; a request has a handful of events.
 */
function walkOf(filter: EventFilter, direction: Direction, from: EventKey | null): Walk {
  const order = orderOf(direction);
  const within = all([
    filter.from === undefined
      ? null
      : sql`occurred_at >= (${filter.from}::date::timestamp at time zone ${filter.timeZone}::text)`,
    filter.until === undefined
      ? null
      : sql`occurred_at < ((${filter.until}::date + 1)::timestamp at time zone ${filter.timeZone}::text)`,
    from === null ? null : placeOf(from, direction),
  ]);
  const ofKind = all([
    filter.actions === undefined ? null : sql`action = any(${writeArray(filter.actions)}::text[])`,
    filter.outcome === undefined ? null : sql`outcome = ${filter.outcome}`,
  ]);
  const atAddress = filter.address === undefined ? sql`true` : sql`address = ${filter.address}::inet`;
  const whose =
    filter.personId === undefined
      ? []
      : [
          sql`subject_id = ${filter.personId}::uuid`,
          sql`actor_id = ${filter.personId}::uuid and actor_id is distinct from subject_id`,
        ];
  const ordered = sql`order by occurred_at ${order}, id ${order}`;

  if (filter.requestId !== undefined) {
    const person =
      whose.length === 0
        ? sql`true`
        : sql`(${sql.join(
            whose.map((one) => sql`(${one})`),
            sql` or `,
          )})`;
    return {
      keys: (limit) => sql`
        select id, occurred_at from audit_events
        where request_id = ${filter.requestId} and ${within} and ${ofKind} and ${atAddress} and ${person}
        ${ordered} limit ${limit}`,
      horizon: null,
    };
  }

  const steps = whose.length > 0 ? whose : filter.address === undefined ? [] : [atAddress];
  if (steps.length > 0) {
    const rest = all([ofKind, whose.length > 0 ? atAddress : null]);
    const step = (one: SQL, limit: number) => sql`
      (select id, occurred_at from (
        select id, occurred_at, action, outcome, address from audit_events
        where ${one} and ${within} ${ordered} limit ${ENTRIES_LOOKED_THROUGH}) w
      where ${rest} ${ordered} limit ${limit})`;
    const end = (one: SQL) => sql`
      (select id, occurred_at from audit_events
      where ${one} and ${within} ${ordered} offset ${ENTRIES_LOOKED_THROUGH - 1} limit 1)`;
    // Where two walks end at different places, only what both have passed is sure to be whole: the nearer end counts.
    return {
      keys: (limit) => sql`
        select id, occurred_at from (${sql.join(
          steps.map((one) => step(one, limit)),
          sql` union all `,
        )}) s ${ordered} limit ${limit}`,
      horizon: sql`
        select s.id::text as id, ${KEY_AT} as at from (${sql.join(steps.map(end), sql` union all `)}) s
        order by s.occurred_at ${order}, s.id ${order} limit 1`,
    };
  }

  if (filter.actions !== undefined) {
    const { actions } = filter;
    const outcomes = filter.outcome === undefined ? ['success', 'failure', 'refused'] : [filter.outcome];
    return {
      keys: (limit) => sql`
        select l.id, l.occurred_at
        from unnest(${writeArray(actions)}::text[]) a(one_action)
        cross join unnest(${writeArray(outcomes)}::text[]) o(one_outcome)
        cross join lateral (
          select id, occurred_at from audit_events
          where action = a.one_action and outcome = o.one_outcome and ${within} ${ordered} limit ${limit}) l
        order by l.occurred_at ${order}, l.id ${order} limit ${limit}`,
      horizon: null,
    };
  }

  return {
    keys: (limit) => sql`select id, occurred_at from audit_events where ${within} ${ordered} limit ${limit}`,
    horizon: null,
  };
}

/** The first bound lets whole months be passed over; the second is exact. */
function placeOf({ id, at }: EventKey, direction: Direction): SQL {
  return direction === 'older'
    ? sql`occurred_at <= ${at}::timestamptz and (occurred_at, id) < (${at}::timestamptz, ${id}::bigint)`
    : sql`occurred_at >= ${at}::timestamptz and (occurred_at, id) > (${at}::timestamptz, ${id}::bigint)`;
}

function all(conditions: readonly (SQL | null)[]): SQL {
  const given = conditions.filter((one): one is SQL => one !== null);
  return given.length === 0 ? sql`true` : sql.join(given, sql` and `);
}
