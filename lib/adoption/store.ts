import { sql, type SQL } from 'drizzle-orm';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { instant } from '@/lib/db/instant';
import type { Locale } from '@/lib/language/locale';
import type { AccountKind } from '@/lib/policy/decision';
import { NAMES_MAX, type Adoption, type MfaStandingOfPerson, type ResettingRole, type ToEnrol } from './model';

const list = (words: readonly string[]): SQL =>
  sql`array[${sql.join(
    words.map((word) => sql`${word}`),
    sql`, `,
  )}]::text[]`;

/** Counts the people of these kinds by where they stand, and names the first of each: one statement over the whole set. */
export async function countAdoption(
  transaction: OrganisationTransaction,
  kinds: readonly AccountKind[],
): Promise<readonly Adoption[]> {
  const rows = await transaction.execute<{
    kind: AccountKind;
    standing: MfaStandingOfPerson;
    total: number;
    names: string[];
  }>(sql`
    with people as materialized (
      select a.id, a.kind, a.first_name, a.last_name, a.name_key,
        case when u.type <> 'system' and u.external_mfa <> 'ask' then 'external' when f.account_id is not null then 'enrolled' else 'to-enrol' end
          as standing
      from accounts a
      join authenticators u on u.id = a.authenticator_id
      left join (select distinct account_id from factors) f on f.account_id = a.id
      where a.kind = any (${list(kinds)}) and a.status <> 'suspended'
    )
    select g.kind, g.standing, g.total::int, n.names
    from (select kind, standing, count(*) as total from people group by kind, standing) g
    cross join lateral (
      select array_agg(first.name order by first.place) as names from (
        select p.first_name || ' ' || p.last_name as name, row_number() over () as place
        from (
          select * from people p where p.kind = g.kind and p.standing = g.standing
          order by p.name_key, p.id limit ${NAMES_MAX}
        ) p
      ) first
    ) n`);
  return [...rows];
}

/** The roles that may reset factors and that some active person holds. */
export async function listResettingRoles(transaction: OrganisationTransaction): Promise<readonly ResettingRole[]> {
  const rows = await transaction.execute<{ permissions: string[]; total: number; name: string }>(sql`
    select r.permissions, count(*)::int as total, min(a.first_name || ' ' || a.last_name) as name
    from accounts a join roles r on r.id = a.role_id join authenticators u on u.id = a.authenticator_id
    where a.status = 'active' and u.active and 'mfa.reset' = any (r.permissions)
    group by r.id, r.permissions`);
  return [...rows];
}

/** Who is asked for a factor and has none: by the option of their kind, or by their authenticator (MFA-2, MFA-7). */
const toEnrol = (mandatory: readonly AccountKind[]): SQL => sql`
  a.status <> 'suspended' and u.active
  and case when u.type = 'system' then a.kind = any (${list(mandatory)}) or u.mfa_required else u.external_mfa = 'ask' end
  and not exists (select from factors f where f.account_id = a.id)`;

const mayRemind = sql`a.status = 'active'
  and (a.enrolment_reminded_at is null or a.enrolment_reminded_at < now() - interval '1 day')`;

/** A page of those who are still to enrol, by name; `after` is the last one of the page before. */
export async function listToEnrol(
  transaction: OrganisationTransaction,
  mandatory: readonly AccountKind[],
  page: { after: string | null; size: number },
): Promise<readonly ToEnrol[]> {
  const rows = await transaction.execute<{
    id: string;
    name: string;
    email: string;
    kind: AccountKind;
    invited: boolean;
    reminded_at: string | null;
    may_remind: boolean;
  }>(sql`
    select a.id, a.first_name || ' ' || a.last_name as name, a.email, a.kind, a.status = 'invited' as invited,
      a.enrolment_reminded_at as reminded_at, ${mayRemind} as may_remind
    from accounts a join authenticators u on u.id = a.authenticator_id
    where ${toEnrol(mandatory)} ${
      page.after === null
        ? sql``
        : sql`and (a.name_key, a.id) > (select l.name_key, l.id from accounts l where l.id = ${page.after}::uuid)`
    }
    order by a.name_key, a.id limit ${page.size}`);
  return rows.map(({ id, name, email, kind, invited, ...row }) => ({
    id,
    name,
    email,
    kind,
    invited,
    remindedAt: instant(row.reminded_at),
    mayRemind: row.may_remind,
  }));
}

/** How many are still to enrol, and how many of them a reminder may go to now. */
export async function countToEnrol(
  transaction: OrganisationTransaction,
  mandatory: readonly AccountKind[],
): Promise<{ total: number; remindable: number }> {
  const [row] = await transaction.execute<{ total: number; remindable: number }>(sql`
    select count(*)::int as total, (count(*) filter (where ${mayRemind}))::int as remindable
    from accounts a join authenticators u on u.id = a.authenticator_id
    where ${toEnrol(mandatory)}`);
  return row!;
}

export interface Reminded {
  readonly id: string;
  readonly email: string;
  readonly locale: Locale | null;
}

/**
 * Takes today's reminder of some of those who are still to enrol, each at most once a day, whoever else asks at the same
 * moment. @param only this account; null: as many as `most`
 */
export async function claimReminders(
  transaction: OrganisationTransaction,
  mandatory: readonly AccountKind[],
  { only, most }: { only: string | null; most: number },
): Promise<readonly Reminded[]> {
  const rows = await transaction.execute<{ id: string; email: string; locale: Locale | null }>(sql`
    update accounts set enrolment_reminded_at = now()
    where id in (
      select a.id from accounts a join authenticators u on u.id = a.authenticator_id
      where ${toEnrol(mandatory)} and ${mayRemind} ${only === null ? sql`` : sql`and a.id = ${only}::uuid`}
      order by a.id limit ${most} for update of a skip locked
    )
    returning id, email, locale`);
  return [...rows];
}
