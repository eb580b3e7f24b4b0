import { sql, type SQL } from 'drizzle-orm';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { AccountKind } from '@/lib/policy/decision';
import { NAMES_MAX, REPLAYED_DAYS, type Crowd } from './model';

/** Who came from where: by sessions that are open, where excepted people don't count, or by past sign-ins. */
export type Passages = 'open' | 'past';

const PASSAGES: Record<Passages, SQL> = {
  open: sql`(select s.account_id, s.address from sessions s
    where s.absolute_until > now() and s.last_seen_at + make_interval(mins => s.idle_minutes) > now()
      and not exists (select from filter_exceptions x
        where x.account_id = s.account_id and x.revoked_at is null and x.ends_at > now()))`,
  past: sql`(select e.subject_id as account_id, e.address from audit_events e
    where e.action = 'sign-in.complete' and e.outcome = 'success'
      and e.occurred_at > now() - make_interval(days => ${REPLAYED_DAYS}))`,
};

/** Every address that people came from, once; null: it could not be seen. */
export async function listAddresses(
  transaction: OrganisationTransaction,
  passages: Passages,
): Promise<(string | null)[]> {
  const rows = await transaction.execute<{ address: string | null }>(
    sql`select host(p.address) as address from ${PASSAGES[passages]} p group by p.address`,
  );
  return rows.map(({ address }) => address);
}

/** The active people of one kind who came from any of these addresses. */
export async function countPeople(
  transaction: OrganisationTransaction,
  passages: Passages,
  kind: AccountKind,
  addresses: readonly (string | null)[],
): Promise<Crowd> {
  const wanted = JSON.stringify(addresses.filter((address) => address !== null));
  const [row] = await transaction.execute<{ total: number; names: string[] | null }>(sql`
    with met as materialized (
      select a.id, a.name_key, a.first_name || ' ' || a.last_name as name
      from (
        select distinct p.account_id from ${PASSAGES[passages]} p
        where p.address in (select w::inet from jsonb_array_elements_text(${wanted}::text::jsonb) w)
          or (p.address is null and ${addresses.includes(null)})
      ) came join accounts a on a.id = came.account_id
      where a.kind = ${kind} and a.status = 'active'
    )
    select (select count(*)::int from met) as total,
      (select array_agg(f.name order by f.name_key, f.id)
        from (select * from met order by name_key, id limit ${NAMES_MAX}) f) as names`);
  return { total: row?.total ?? 0, names: row?.names ?? [] };
}
