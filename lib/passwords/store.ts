import { and, eq, sql } from 'drizzle-orm';
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

/** The same password under a newer setting: nothing changed for the person. A password changed meanwhile stays. */
export async function storePasswordHash(
  transaction: OrganisationTransaction,
  accountId: string,
  before: string,
  hash: string,
): Promise<void> {
  await transaction
    .update(passwords)
    .set({ hash })
    .where(and(eq(passwords.accountId, accountId), eq(passwords.hash, before)));
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

/**
 * Holds an account's password row until the transaction ends. The step that proves a password takes it first and the
 * attempts of its browser after: whoever removes the account's attempts must come the same way, or both wait in a circle.
 */
export async function holdPassword(transaction: OrganisationTransaction, accountId: string): Promise<void> {
  await transaction
    .select({ id: passwords.accountId })
    .from(passwords)
    .where(eq(passwords.accountId, accountId))
    .for('no key update');
}
