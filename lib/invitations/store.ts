import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { accounts } from '@/drizzle/schema/accounts';
import { organisations } from '@/drizzle/schema/organisations';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';

/** Opens an account that was invited; false where it was opened or suspended meanwhile. */
export async function openInvitedAccount(transaction: OrganisationTransaction, accountId: string): Promise<boolean> {
  const rows = await transaction
    .update(accounts)
    .set({ status: 'active', updatedAt: sql`now()` })
    .where(and(eq(accounts.id, accountId), eq(accounts.status, 'invited')))
    .returning({ id: accounts.id });
  return rows.length === 1;
}

/** Whether the organisation still waits for its first administrator to confirm the address (ACC-1). */
export async function awaitsConfirmation(
  transaction: OrganisationTransaction,
  organisationId: string,
): Promise<boolean> {
  const rows = await transaction
    .select({ id: organisations.id })
    .from(organisations)
    .where(and(eq(organisations.id, organisationId), isNotNull(organisations.unconfirmedSince)));
  return rows.length === 1;
}

/** Keeps an organisation for good; false where it was confirmed already. */
export async function confirmOrganisation(
  transaction: OrganisationTransaction,
  organisationId: string,
): Promise<boolean> {
  const rows = await transaction
    .update(organisations)
    .set({ unconfirmedSince: null })
    .where(and(eq(organisations.id, organisationId), isNotNull(organisations.unconfirmedSince)))
    .returning({ id: organisations.id });
  return rows.length === 1;
}
