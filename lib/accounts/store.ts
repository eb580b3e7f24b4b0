import { and, eq, sql } from 'drizzle-orm';
import { accounts, passwords } from '@/drizzle/schema/accounts';
import { authenticators, roles } from '@/drizzle/schema/organisations';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { AccountKind } from '@/lib/policy/decision';
import { PERMISSIONS, type BuiltInRole } from '@/lib/policy/permissions';

/** An account as it is written, its password only as a hash. */
export interface AccountRow {
  readonly organisationId: string;
  readonly kind: AccountKind;
  readonly email: string;
  readonly emailKey: string;
  readonly username: string;
  readonly usernameKey: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly role: BuiltInRole | null;
  readonly passwordHash: string;
  readonly mustChangePassword: boolean;
}

/** Writes an active account on the organisation's default authenticator, with its password. */
export async function insertAccount(
  transaction: OrganisationTransaction,
  { role, passwordHash, mustChangePassword, ...values }: AccountRow,
): Promise<string> {
  const [account] = await transaction
    .insert(accounts)
    .values({
      ...values,
      roleId: role === null ? null : sql<string>`(select ${roles.id} from ${roles} where ${roles.builtIn} = ${role})`,
      authenticatorId: sql<string>`(select ${authenticators.id} from ${authenticators} where ${authenticators.isDefault})`,
    })
    .returning({ id: accounts.id });
  const accountId = account!.id;
  await transaction
    .insert(passwords)
    .values({ accountId, organisationId: values.organisationId, hash: passwordHash, mustChange: mustChangePassword });
  return accountId;
}

/** Lets one transaction of the organisation at a time go on from here, until it ends; the next statement sees what the others did. */
export async function holdAdministrators(transaction: OrganisationTransaction): Promise<void> {
  await transaction.execute(
    sql`select pg_advisory_xact_lock(hashtextextended('vestibule.administrators:' || current_organisation(), 0))`,
  );
}

/** Whether an active account on an active authenticator holds every permission. */
export async function hasUsableAdministrator(transaction: OrganisationTransaction): Promise<boolean> {
  const everything = sql`array[${sql.join(
    PERMISSIONS.map((permission) => sql`${permission}`),
    sql`, `,
  )}]::text[]`;
  const [row] = await transaction
    .select({ id: accounts.id })
    .from(accounts)
    .innerJoin(roles, eq(roles.id, accounts.roleId))
    .innerJoin(authenticators, eq(authenticators.id, accounts.authenticatorId))
    .where(and(eq(accounts.status, 'active'), authenticators.active, sql`${roles.permissions} @> ${everything}`))
    .limit(1);
  return row !== undefined;
}
