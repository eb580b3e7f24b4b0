import { eq } from 'drizzle-orm';
import { accounts } from '@/drizzle/schema/accounts';
import { roles } from '@/drizzle/schema/organisations';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { Locale } from '@/lib/language/locale';

/** An account that may be invited, with what its role allows. */
export interface Invitee {
  readonly id: string;
  readonly email: string;
  readonly locale: Locale | null;
  readonly status: 'invited' | 'active' | 'suspended';
  readonly permissions: readonly string[];
}

/** The account, held until the transaction ends, so that it can't be opened or suspended meanwhile. */
export async function holdInvitee(transaction: OrganisationTransaction, accountId: string): Promise<Invitee | null> {
  const [row] = await transaction
    .select({
      id: accounts.id,
      email: accounts.email,
      locale: accounts.locale,
      status: accounts.status,
      permissions: roles.permissions,
    })
    .from(accounts)
    .leftJoin(roles, eq(roles.id, accounts.roleId))
    .where(eq(accounts.id, accountId))
    .for('no key update', { of: accounts });
  return row ? { ...row, permissions: row.permissions ?? [] } : null;
}
