import { eq, sql } from 'drizzle-orm';
import { accounts, pictures } from '@/drizzle/schema/accounts';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { ProfileChange } from './model';

export async function updateProfile(
  transaction: OrganisationTransaction,
  accountId: string,
  change: ProfileChange,
): Promise<void> {
  await transaction
    .update(accounts)
    .set({ ...change, updatedAt: sql`now()` })
    .where(eq(accounts.id, accountId));
}

export async function markOfferAnswered(transaction: OrganisationTransaction, accountId: string): Promise<void> {
  await transaction
    .update(accounts)
    .set({ enrolmentOfferAnsweredAt: sql`coalesce(${accounts.enrolmentOfferAnsweredAt}, now())` as unknown as Date })
    .where(eq(accounts.id, accountId));
}

export async function storePicture(
  transaction: OrganisationTransaction,
  picture: { organisationId: string; accountId: string; mediaType: string; bytes: Buffer },
): Promise<void> {
  const { mediaType, bytes } = picture;
  await transaction
    .insert(pictures)
    .values(picture)
    .onConflictDoUpdate({ target: pictures.accountId, set: { mediaType, bytes, updatedAt: sql`now()` } });
}

export async function deletePicture(transaction: OrganisationTransaction, accountId: string): Promise<boolean> {
  const rows = await transaction
    .delete(pictures)
    .where(eq(pictures.accountId, accountId))
    .returning({ id: pictures.accountId });
  return rows.length === 1;
}

export async function findPicture(
  transaction: OrganisationTransaction,
  accountId: string,
): Promise<{ mediaType: string; bytes: Buffer } | null> {
  const [row] = await transaction
    .select({ mediaType: pictures.mediaType, bytes: pictures.bytes })
    .from(pictures)
    .where(eq(pictures.accountId, accountId));
  return row ?? null;
}
