import { and, eq, inArray, isNull, lte, sql } from 'drizzle-orm';
import { accounts, factors, recoveryCodes } from '@/drizzle/schema/accounts';
import { passkeys } from '@/drizzle/schema/passkeys';
import { authenticators } from '@/drizzle/schema/organisations';
import { holdAccounts } from '@/lib/accounts/store';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { written } from '@/lib/db/written';
import type { FactorKind } from '@/lib/policy/decision';

/** A factor as the lists of people show it. */
export interface FactorRow {
  readonly id: string;
  readonly kind: FactorKind;
  /** As its owner calls it. */
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  /** The registered hardware token that it is. */
  readonly tokenId: string | null;
  /** A passkey that was set aside because its counter went back: it proves nothing any more (ENROL-9). */
  readonly setAside: boolean;
  /** Whether it was not set aside, and the authenticator of its account still allows its kind (AUTH-3). */
  readonly allowed: boolean;
}

const shown = {
  id: factors.id,
  kind: factors.kind,
  name: factors.name,
  createdAt: factors.createdAt,
  lastUsedAt: factors.lastUsedAt,
  tokenId: factors.tokenId,
  setAside: sql<boolean>`${passkeys.clonedAt} is not null`,
  allowed: sql<boolean>`${passkeys.clonedAt} is null and ${factors.kind} = any(${authenticators.factorKinds})`,
};

/** An account's confirmed factors, the oldest first. */
export async function listFactors(transaction: OrganisationTransaction, accountId: string): Promise<FactorRow[]> {
  return transaction
    .select(shown)
    .from(factors)
    .innerJoin(accounts, eq(accounts.id, factors.accountId))
    .innerJoin(authenticators, eq(authenticators.id, accounts.authenticatorId))
    .leftJoin(passkeys, eq(passkeys.factorId, factors.id))
    .where(eq(factors.accountId, accountId))
    .orderBy(factors.createdAt, factors.id);
}

/** A factor that a typed code is compared with. */
export interface CodeFactorRow {
  readonly id: string;
  readonly kind: FactorKind;
  /** Null: of a kind that no code of six digits comes from. */
  readonly secretSealed: Buffer | null;
  readonly lastStep: number;
  /** Of a counter, else null. */
  readonly nextCounter: number | null;
  readonly setAside: boolean;
  readonly allowed: boolean;
}

/** An account's confirmed factors, with what a typed code is compared with. */
export async function listCodeFactors(
  transaction: OrganisationTransaction,
  accountId: string,
): Promise<CodeFactorRow[]> {
  return written(transaction)<CodeFactorRow[]>`
    select f.id, f.kind, f.secret_sealed as "secretSealed", f.last_step::float8 as "lastStep",
      f.next_counter::float8 as "nextCounter", k.cloned_at is not null as "setAside",
      k.cloned_at is null and f.kind = any(u.factor_kinds) as allowed
    from factors f join accounts a on a.id = f.account_id join authenticators u on u.id = a.authenticator_id
    left join passkeys k on k.factor_id = f.id
    where f.account_id = ${accountId} order by f.created_at, f.id`;
}

/** Holds the account until the transaction ends, so that its factors come and go one after the other; gives them back. */
export async function holdFactors(transaction: OrganisationTransaction, accountId: string): Promise<FactorRow[]> {
  const [, standing] = await pipelined([holdAccounts(transaction, [accountId]), listFactors(transaction, accountId)]);
  return standing;
}

export async function insertFactor(
  transaction: OrganisationTransaction,
  factor: {
    id: string;
    organisationId: string;
    accountId: string;
    kind: FactorKind;
    name: string;
    secretSealed: Buffer | null;
    lastStep?: number;
    nextCounter?: number | null;
    tokenId?: string | null;
  },
): Promise<void> {
  await transaction.insert(factors).values({ ...factor, lastUsedAt: sql`now()` as unknown as Date });
}

/** Gives one of an account's factors another name; false where it has no such factor. */
export async function nameFactor(
  transaction: OrganisationTransaction,
  accountId: string,
  factorId: string,
  name: string,
): Promise<boolean> {
  const rows = await transaction
    .update(factors)
    .set({ name })
    .where(and(eq(factors.accountId, accountId), eq(factors.id, factorId)))
    .returning({ id: factors.id });
  return rows.length === 1;
}

/** Removes some of an account's factors. */
export async function deleteSomeFactors(
  transaction: OrganisationTransaction,
  accountId: string,
  factorIds: readonly string[],
): Promise<void> {
  if (factorIds.length === 0) return;
  await transaction.delete(factors).where(and(eq(factors.accountId, accountId), inArray(factors.id, [...factorIds])));
}

/**
 * Uses up a value of a counter, and all before it: true for exactly one caller, on whatever instance. The counter never
 * goes back (ENROL-8).
 *
 * @source RFC 4226 §7.2, §7.4
 */
export async function consumeCounter(
  transaction: OrganisationTransaction,
  factorId: string,
  counter: number,
): Promise<boolean> {
  const rows = await transaction
    .update(factors)
    .set({ nextCounter: counter + 1, lastUsedAt: sql`now()` })
    .where(and(eq(factors.id, factorId), lte(factors.nextCounter, counter)))
    .returning({ id: factors.id });
  return rows.length === 1;
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
  const rows = await written(transaction)`
    update factors set last_step = ${step}, last_used_at = now() where id = ${factorId} and last_step < ${step} returning id`;
  return rows.length === 1;
}

/** Uses up a recovery code: true once (ENROL-7). Where the account has a card, that is what was proved. */
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
  if (rows.length !== 1) return false;
  await transaction
    .update(factors)
    .set({ lastUsedAt: sql`now()` })
    .where(and(eq(factors.accountId, accountId), eq(factors.kind, 'card')));
  return true;
}

/** Makes all recovery codes of an account worthless; gives back how many could still be used. */
export async function deleteRecoveryCodes(transaction: OrganisationTransaction, accountId: string): Promise<number> {
  const rows = await transaction
    .delete(recoveryCodes)
    .where(eq(recoveryCodes.accountId, accountId))
    .returning({ usedAt: recoveryCodes.usedAt });
  return rows.filter(({ usedAt }) => usedAt === null).length;
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
  const [removed] = await pipelined([
    transaction.delete(factors).where(eq(factors.accountId, accountId)).returning({ id: factors.id }),
    transaction.delete(recoveryCodes).where(eq(recoveryCodes.accountId, accountId)),
  ]);
  return removed.length;
}
