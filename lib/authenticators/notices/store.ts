import { sql, type SQL } from 'drizzle-orm';
import type { authenticatorNotices } from '@/drizzle/schema/authenticators';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { pool } from '@/lib/db/pool';
import type { Locale } from '@/lib/language/locale';

export type NoticeTemplate = (typeof authenticatorNotices.template.enumValues)[number];

export interface Notice {
  readonly accountId: string;
  readonly template: NoticeTemplate;
  readonly email: string;
  readonly locale: Locale | null;
}

/** Has a letter written to each of some accounts, soon; nobody gets the same one twice. */
export async function addNotices(
  transaction: OrganisationTransaction,
  organisationId: string,
  template: NoticeTemplate,
  whom: SQL,
): Promise<void> {
  await transaction.execute(sql`
    insert into authenticator_notices (organisation_id, account_id, template)
    select ${organisationId}::uuid, a.id, ${template} from accounts a where a.id in ${whom} and a.status = 'active'
    on conflict do nothing`);
}

/**
 * Takes letters that wait to be written, and holds whom they go to: whoever else takes some at the same moment gets others,
 * and who is being acted on at this moment gets theirs the next time.
 */
export async function takeNotices(transaction: OrganisationTransaction, most: number): Promise<Notice[]> {
  const rows = await transaction.execute<{
    account_id: string;
    template: NoticeTemplate;
    email: string;
    locale: Locale | null;
  }>(
    sql`
    with taken as (
      delete from authenticator_notices n
      where (n.account_id, n.template) in (
        select w.account_id, w.template from authenticator_notices w join accounts a on a.id = w.account_id
        order by w.created_at limit ${most} for no key update of w, a skip locked)
      returning n.account_id, n.template
    )
    select t.account_id, t.template, a.email, a.locale from taken t join accounts a on a.id = t.account_id`,
  );
  return rows.map(({ account_id, ...notice }) => ({ ...notice, accountId: account_id }));
}

/** The organisations that have letters waiting. */
export async function listWaiting(): Promise<string[]> {
  const rows = await pool().sql<{ organisation_id: string }[]>`select * from waiting_notices()`;
  return rows.map(({ organisation_id }) => organisation_id);
}

/** What a letter needs to know of the organisation. */
export async function findHouse(transaction: OrganisationTransaction): Promise<{ slug: string; locale: Locale }> {
  const [row] = await transaction.execute<{ slug: string; locale: Locale }>(
    sql`select slug, locale from organisations where id = current_organisation()`,
  );
  return row!;
}
