import { asc, eq, inArray, sql } from 'drizzle-orm';
import { accounts, factors } from '@/drizzle/schema/accounts';
import { authenticators, roles } from '@/drizzle/schema/organisations';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { DirectoryRow, MfaState } from './model';

export interface Position {
  readonly nameKey: string;
  readonly id: string;
}

export interface PageRequest {
  readonly words: readonly string[];
  readonly kind: string | null;
  readonly status: string | null;
  readonly authenticatorId: string | null;
  readonly mfa: MfaState | null;
  readonly from: Position | null;
  readonly backwards: boolean;
  readonly rows: number;
}

/** The accounts of a page, by name; read backwards they still come in the order of the list. */
export async function findPage(
  transaction: OrganisationTransaction,
  { words, kind, status, authenticatorId, mfa, from, backwards, rows }: PageRequest,
): Promise<(DirectoryRow & Position)[]> {
  const ids = await transaction.execute<{ id: string }>(sql`
    select id from account_page_by_mfa((select coalesce(array_agg(w), '{}') from jsonb_array_elements_text(${JSON.stringify(words)}::text::jsonb) w),
      ${kind}::text, ${status}::text, ${authenticatorId}::uuid, ${mfa}::text,
      ${from?.nameKey ?? null}::text, ${from?.id ?? null}::uuid, ${backwards}::boolean, ${rows}::integer)`);
  if (ids.length === 0) return [];
  const found = await transaction
    .select({
      id: accounts.id,
      nameKey: accounts.nameKey,
      firstName: accounts.firstName,
      lastName: accounts.lastName,
      email: accounts.email,
      username: accounts.username,
      kind: accounts.kind,
      status: accounts.status,
      roleId: roles.id,
      roleName: roles.name,
      builtIn: roles.builtIn,
      authenticator: authenticators.name,
      mfa: sql<MfaState>`case
        when ${authenticators.type} <> 'system' and ${authenticators.externalMfa} <> 'ask' then 'provider'
        when exists (select from ${factors} where ${factors.accountId} = ${accounts.id}) then 'enrolled'
        else 'not-enrolled' end`,
    })
    .from(accounts)
    .innerJoin(authenticators, eq(authenticators.id, accounts.authenticatorId))
    .leftJoin(roles, eq(roles.id, accounts.roleId))
    .where(
      inArray(
        accounts.id,
        ids.map(({ id }) => id),
      ),
    )
    .orderBy(asc(accounts.nameKey), asc(accounts.id));
  return found.map(({ roleId, roleName, builtIn, ...row }) => ({
    ...row,
    role: roleId === null ? null : { id: roleId, name: roleName!, builtIn },
  }));
}

/** The authenticators of the organisation, for the filter. */
export async function listAuthenticators(
  transaction: OrganisationTransaction,
): Promise<{ id: string; name: string }[]> {
  return transaction
    .select({ id: authenticators.id, name: authenticators.name })
    .from(authenticators)
    .orderBy(asc(authenticators.name));
}
