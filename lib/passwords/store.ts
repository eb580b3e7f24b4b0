import { eq, sql } from 'drizzle-orm';
import { passwords } from '@/drizzle/schema/accounts';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';

export async function findPasswordHash(
  transaction: OrganisationTransaction,
  accountId: string,
): Promise<string | null> {
  const [row] = await transaction
    .select({ hash: passwords.hash })
    .from(passwords)
    .where(eq(passwords.accountId, accountId));
  return row?.hash ?? null;
}

/** The same password under a newer setting: nothing changed for the person. */
export async function storePasswordHash(
  transaction: OrganisationTransaction,
  accountId: string,
  hash: string,
): Promise<void> {
  await transaction.update(passwords).set({ hash }).where(eq(passwords.accountId, accountId));
}

/** A password that the person chose anew. */
export async function replacePassword(
  transaction: OrganisationTransaction,
  organisationId: string,
  accountId: string,
  hash: string,
): Promise<void> {
  await transaction
    .insert(passwords)
    .values({ accountId, organisationId, hash })
    .onConflictDoUpdate({
      target: passwords.accountId,
      set: { hash, mustChange: false, changedAt: sql`now()` },
    });
}
