import { sql } from 'drizzle-orm';
import { accounts, passwords } from '@/drizzle/schema/accounts';
import { authenticators, roles } from '@/drizzle/schema/organisations';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { AccountKind } from '@/lib/policy/decision';
import type { BuiltInRole } from '@/lib/policy/permissions';

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
