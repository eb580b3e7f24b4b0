import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { accounts } from '@/drizzle/schema/accounts';
import { tickets } from '@/drizzle/schema/mail';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';

/** The new address of an account that waits for its confirmation; null: none does. */
export async function findPendingEmail(
  transaction: OrganisationTransaction,
  accountId: string,
): Promise<string | null> {
  const [row] = await transaction
    .select({ email: tickets.email })
    .from(tickets)
    .where(
      and(
        eq(tickets.accountId, accountId),
        eq(tickets.kind, 'email-confirmation'),
        isNull(tickets.consumedAt),
        isNull(tickets.revokedAt),
        gt(tickets.expiresAt, sql`now()`),
      ),
    );
  return row?.email ?? null;
}

/** Gives an account its new address. Fails on the unique key where somebody else of the organisation has it. */
export async function updateEmail(
  transaction: OrganisationTransaction,
  accountId: string,
  email: string,
  emailKey: string,
): Promise<void> {
  await transaction
    .update(accounts)
    .set({ email, emailKey, updatedAt: sql`now()` })
    .where(eq(accounts.id, accountId));
}
