import { sql, type SQL } from 'drizzle-orm';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { AccountKind } from '@/lib/policy/decision';
import { NAMES_MAX, REPLAYED_DAYS, type Crowd } from './model';

/** Who came from where: by sessions that are open, where excepted people don't count, or by past sign-ins. */
export type Passages = 'open' | 'past';

/** Each kind of event by itself: its own stretch of the index on actions. */
const events = (action: string, outcome: string, more = sql``) => sql`
  select e.subject_id as account_id, e.address, e.outcome = 'refused' as refused from audit_events e
  where e.action = ${action} and e.outcome = ${outcome}
    and e.occurred_at > now() - make_interval(days => ${REPLAYED_DAYS}) ${more}`;

const PASSAGES: Record<Passages, SQL> = {
  open: sql`(select s.account_id, s.address, false as refused from sessions s
    where s.absolute_until > now() and s.last_seen_at + make_interval(mins => s.idle_minutes) > now()
      and not exists (select from filter_exceptions x
        where x.account_id = s.account_id and x.revoked_at is null and x.ends_at > now()))`,
  // Of refusals for the place those of a sign-in: a session that is refused was counted when it was opened.
  past: sql`(${events('sign-in.complete', 'success')}
    union all ${events('filter.refuse', 'refused', sql`and e.session_id is null`)}
    union all ${events('device.wait', 'refused')})`,
};

/** Passages from one address; null: it could not be seen. */
export interface AddressTally {
  readonly address: string | null;
  readonly times: number;
  readonly refused: number;
}

/** Whom a filter concerns: the active ones of a kind, or of an authenticator. */
const concerned = (subject: FilterSubject) =>
  sql`a.status = 'active' and ${
    'kind' in subject ? sql`a.kind = ${subject.kind}` : sql`a.authenticator_id = ${subject.authenticatorId}::uuid`
  }`;

type FilterSubject = { readonly kind: AccountKind } | { readonly authenticatorId: string };

/** Every address that those whom a filter concerns came from, once, with how often. */
export async function tallyAddresses(
  transaction: OrganisationTransaction,
  passages: Passages,
  subject: FilterSubject,
): Promise<AddressTally[]> {
  const rows = await transaction.execute<{ address: string | null; times: number; refused: number }>(sql`
    select host(p.address) as address, count(*)::int as times, count(*) filter (where p.refused)::int as refused
    from ${PASSAGES[passages]} p join accounts a on a.id = p.account_id
    where ${concerned(subject)}
    group by p.address`);
  return [...rows];
}

/** Those whom a filter concerns who came from any of these addresses. */
export async function countPeople(
  transaction: OrganisationTransaction,
  passages: Passages,
  subject: FilterSubject,
  addresses: readonly (string | null)[],
): Promise<Crowd> {
  if (addresses.length === 0) return { total: 0, names: [] };
  const wanted = JSON.stringify(addresses.filter((address) => address !== null));
  const [row] = await transaction.execute<{ total: number; names: string[] | null }>(sql`
    with met as materialized (
      select a.id, a.name_key, a.first_name || ' ' || a.last_name as name
      from (
        select distinct p.account_id from ${PASSAGES[passages]} p
        where p.address in (select w::inet from jsonb_array_elements_text(${wanted}::text::jsonb) w)
          or (p.address is null and ${addresses.includes(null)})
      ) came join accounts a on a.id = came.account_id
      where ${concerned(subject)}
    )
    select (select count(*)::int from met) as total,
      (select array_agg(f.name order by f.name_key, f.id)
        from (select * from met order by name_key, id limit ${NAMES_MAX}) f) as names`);
  return { total: row?.total ?? 0, names: row?.names ?? [] };
}
