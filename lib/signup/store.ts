import { sql } from 'drizzle-orm';
import { accounts } from '@/drizzle/schema/accounts';
import { authenticators, roles } from '@/drizzle/schema/organisations';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';

/** Writes the first administrator of an organisation: invited, without a password, on the default authenticator. */
export async function insertFounder(
  transaction: OrganisationTransaction,
  founder: {
    organisationId: string;
    email: string;
    emailKey: string;
    username: string;
    usernameKey: string;
    firstName: string;
    lastName: string;
  },
): Promise<string> {
  const [row] = await transaction
    .insert(accounts)
    .values({
      ...founder,
      kind: 'employee',
      status: 'invited',
      roleId: sql<string>`(select ${roles.id} from ${roles} where ${roles.builtIn} = 'administrator')`,
      authenticatorId: sql<string>`(select ${authenticators.id} from ${authenticators} where ${authenticators.isDefault})`,
    })
    .returning({ id: accounts.id });
  return row!.id;
}
