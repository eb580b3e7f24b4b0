import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import { accounts, factors, recoveryCodes } from '@/drizzle/schema/accounts';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { FactorKind } from '@/lib/policy/decision';

export interface FactorRow {
  readonly id: string;
  readonly kind: FactorKind;
  readonly name: string;
  /** Null: a passkey, whose secret never leaves the person's hands. */
  readonly secretSealed: Buffer | null;
  readonly lastStep: number;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** An account's confirmed factors, the oldest first. */
export async function listFactors(transaction: OrganisationTransaction, accountId: string): Promise<FactorRow[]> {
  return transaction
    .select({
      id: factors.id,
      kind: factors.kind,
      name: factors.name,
      secretSealed: factors.secretSealed,
      lastStep: factors.lastStep,
      createdAt: factors.createdAt,
      lastUsedAt: factors.lastUsedAt,
    })
    .from(factors)
    .where(eq(factors.accountId, accountId))
    .orderBy(factors.createdAt);
}

/** Holds the account until the transaction ends; false where it has a factor already. */
export async function claimFirstFactor(transaction: OrganisationTransaction, accountId: string): Promise<boolean> {
  await transaction.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, accountId)).for('update');
  const found = await transaction
    .select({ id: factors.id })
    .from(factors)
    .where(eq(factors.accountId, accountId))
    .limit(1);
  return found.length === 0;
}

export async function insertFactor(
  transaction: OrganisationTransaction,
  factor: {
    id: string;
    organisationId: string;
    accountId: string;
    name: string;
    secretSealed: Buffer;
    lastStep: number;
  },
): Promise<void> {
  await transaction.insert(factors).values({ ...factor, kind: 'totp', lastUsedAt: sql`now()` as unknown as Date });
}

/**
 * Uses up a time step: true for exactly one caller, on whatever instance; a step already reached says no (ENROL-10).
 *
 * @source RFC 6238 §5.2
 */
export async function consumeStep(
  transaction: OrganisationTransaction,
  factorId: string,
  step: number,
): Promise<boolean> {
  const rows = await transaction
    .update(factors)
    .set({ lastStep: step, lastUsedAt: sql`now()` })
    .where(and(eq(factors.id, factorId), lt(factors.lastStep, step)))
    .returning({ id: factors.id });
  return rows.length === 1;
}

/** Uses up a recovery code: true once (ENROL-7). */
export async function consumeRecoveryCode(
  transaction: OrganisationTransaction,
  accountId: string,
  codeHash: Buffer,
): Promise<boolean> {
  const rows = await transaction
    .update(recoveryCodes)
    .set({ usedAt: sql`now()` })
    .where(
      and(eq(recoveryCodes.accountId, accountId), eq(recoveryCodes.codeHash, codeHash), isNull(recoveryCodes.usedAt)),
    )
    .returning({ id: recoveryCodes.id });
  return rows.length === 1;
}

/** Puts new recovery codes in the place of all that the account had. */
export async function replaceRecoveryCodes(
  transaction: OrganisationTransaction,
  organisationId: string,
  accountId: string,
  hashes: readonly Buffer[],
): Promise<void> {
  await transaction.delete(recoveryCodes).where(eq(recoveryCodes.accountId, accountId));
  await transaction.insert(recoveryCodes).values(hashes.map((codeHash) => ({ organisationId, accountId, codeHash })));
}

/** Removes all factors and recovery codes of an account; gives back how many factors there were. */
export async function deleteFactors(transaction: OrganisationTransaction, accountId: string): Promise<number> {
  const [removed] = await Promise.all([
    transaction.delete(factors).where(eq(factors.accountId, accountId)).returning({ id: factors.id }),
    transaction.delete(recoveryCodes).where(eq(recoveryCodes.accountId, accountId)),
  ]);
  return removed.length;
}
