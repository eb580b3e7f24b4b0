import { and, asc, eq, isNull, or, sql } from 'drizzle-orm';
import { factors } from '@/drizzle/schema/accounts';
import { tokens } from '@/drizzle/schema/tokens';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';

export type TokenRow = typeof tokens.$inferSelect;

const unused = sql`not exists (select from ${factors} where ${factors.tokenId} = ${tokens.id})`;
const freeFor = (accountId: string) => and(or(isNull(tokens.accountId), eq(tokens.accountId, accountId)), unused);

/** More than this nobody needs to choose from: the rest is found by its number. */
const TOKENS_OFFERED_MAX = 20;

/** The tokens that an account could make its factor: its own first, then those of nobody. */
export async function listTokensFor(
  transaction: OrganisationTransaction,
  accountId: string,
): Promise<{ kind: 'totp' | 'hotp'; serial: string; own: boolean }[]> {
  const own = sql<boolean>`(${tokens.accountId} is not null)`;
  return transaction
    .select({ kind: tokens.kind, serial: tokens.serial, own })
    .from(tokens)
    .where(freeFor(accountId))
    .orderBy(sql`${own} desc`, asc(tokens.kind), asc(tokens.serialKey))
    .limit(TOKENS_OFFERED_MAX);
}

/** The token with this number, if it is nobody's factor and no other account's; locked until the transaction ends. */
export async function holdFreeToken(
  transaction: OrganisationTransaction,
  serialKey: string,
  accountId: string,
): Promise<TokenRow | null> {
  const [row] = await transaction
    .select()
    .from(tokens)
    .where(and(eq(tokens.serialKey, serialKey), freeFor(accountId)))
    .for('update');
  return row ?? null;
}

/** Gives a token to an account; false where it is somebody else's by now. */
export async function assignToken(
  transaction: OrganisationTransaction,
  tokenId: string,
  accountId: string,
): Promise<boolean> {
  const rows = await transaction
    .update(tokens)
    .set({ accountId })
    .where(and(eq(tokens.id, tokenId), or(isNull(tokens.accountId), eq(tokens.accountId, accountId))))
    .returning({ id: tokens.id });
  return rows.length === 1;
}
