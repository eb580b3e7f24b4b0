import { and, asc, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm';
import { accounts, factors } from '@/drizzle/schema/accounts';
import { roles } from '@/drizzle/schema/organisations';
import { tokenImports, tokens } from '@/drizzle/schema/tokens';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { Permission } from '@/lib/policy/permissions';

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

/** A token with whose it is, for the administrators. */
export interface TokenOfSomebody {
  readonly id: string;
  readonly serial: string;
  readonly serialKey: string;
  readonly kind: 'totp' | 'hotp';
  readonly accountId: string | null;
  readonly person: string | null;
  readonly factorId: string | null;
  readonly lastUsedAt: Date | null;
  readonly permissions: readonly Permission[];
}

function select(transaction: OrganisationTransaction) {
  return transaction
    .select({
      id: tokens.id,
      serial: tokens.serial,
      serialKey: tokens.serialKey,
      kind: tokens.kind,
      accountId: tokens.accountId,
      person: sql<string | null>`${accounts.firstName} || ' ' || ${accounts.lastName}`,
      factorId: factors.id,
      lastUsedAt: factors.lastUsedAt,
      permissions: sql<Permission[]>`coalesce(${roles.permissions}, '{}')`,
    })
    .from(tokens)
    .leftJoin(factors, eq(factors.tokenId, tokens.id))
    .leftJoin(accounts, eq(accounts.id, tokens.accountId))
    .leftJoin(roles, eq(roles.id, accounts.roleId));
}

/** Registered tokens by serial number, those after `after`; where `serialKey` is given, those that begin with it. */
export async function listTokens(
  transaction: OrganisationTransaction,
  page: { after: string | null; begins: string | null; size: number },
): Promise<TokenOfSomebody[]> {
  return select(transaction)
    .where(
      and(
        page.after === null ? undefined : gt(tokens.serialKey, page.after),
        page.begins === null ? undefined : sql`starts_with(${tokens.serialKey}, ${page.begins})`,
      ),
    )
    .orderBy(asc(tokens.serialKey))
    .limit(page.size);
}

/** One token, locked until the transaction ends; null where the organisation has none of this id. */
export async function holdToken(transaction: OrganisationTransaction, id: string): Promise<TokenOfSomebody | null> {
  await transaction.select({ id: tokens.id }).from(tokens).where(eq(tokens.id, id)).for('update');
  return findToken(transaction, id);
}

/** One token as it stands. */
export async function findToken(transaction: OrganisationTransaction, id: string): Promise<TokenOfSomebody | null> {
  const [row] = await select(transaction).where(eq(tokens.id, id));
  return row ?? null;
}

export async function countTokens(transaction: OrganisationTransaction): Promise<number> {
  const [row] = await transaction.select({ count: sql<number>`count(*)::int` }).from(tokens);
  return row!.count;
}

/** Which of these serial numbers are registered already. */
export async function takenSerials(
  transaction: OrganisationTransaction,
  serialKeys: readonly string[],
): Promise<Set<string>> {
  if (serialKeys.length === 0) return new Set();
  const rows = await transaction
    .select({ serialKey: tokens.serialKey })
    .from(tokens)
    .where(inArray(tokens.serialKey, [...serialKeys]));
  return new Set(rows.map(({ serialKey }) => serialKey));
}

export interface NewToken {
  readonly id: string;
  readonly organisationId: string;
  readonly serial: string;
  readonly serialKey: string;
  readonly kind: 'totp' | 'hotp';
  readonly seedSealed: Buffer;
  /** Null: it follows the clock. */
  readonly nextCounter: number | null;
}

export async function insertTokens(transaction: OrganisationTransaction, rows: readonly NewToken[]): Promise<void> {
  await transaction.insert(tokens).values([...rows]);
}

/** Makes a token nobody's that is still this account's, and no factor. */
export async function freeToken(transaction: OrganisationTransaction, id: string, accountId: string): Promise<boolean> {
  const rows = await transaction
    .update(tokens)
    .set({ accountId: null })
    .where(and(eq(tokens.id, id), eq(tokens.accountId, accountId), unused))
    .returning({ id: tokens.id });
  return rows.length === 1;
}

export async function deleteToken(transaction: OrganisationTransaction, id: string): Promise<void> {
  await transaction.delete(tokens).where(eq(tokens.id, id));
}

/** Keeps a file until it is registered; the one that the same person brought before makes room for it. */
export async function insertTokenImport(
  transaction: OrganisationTransaction,
  {
    lifetimeMinutes,
    ...values
  }: {
    id: string;
    organisationId: string;
    createdBy: string;
    linesSealed: Buffer;
    lifetimeMinutes: number;
  },
): Promise<void> {
  await transaction.delete(tokenImports).where(eq(tokenImports.createdBy, values.createdBy));
  await transaction
    .insert(tokenImports)
    .values({ ...values, expiresAt: sql`now() + make_interval(mins => ${lifetimeMinutes})` });
}

/** A file of this person's, unless it ran out. */
export async function findTokenImport(
  transaction: OrganisationTransaction,
  id: string,
  createdBy: string,
): Promise<{ id: string; linesSealed: Buffer; expiresAt: Date } | null> {
  const [row] = await transaction
    .select({ id: tokenImports.id, linesSealed: tokenImports.linesSealed, expiresAt: tokenImports.expiresAt })
    .from(tokenImports)
    .where(and(eq(tokenImports.id, id), eq(tokenImports.createdBy, createdBy), gt(tokenImports.expiresAt, sql`now()`)));
  return row ?? null;
}

/** Uses a file up: its lines, once. */
export async function takeTokenImport(
  transaction: OrganisationTransaction,
  id: string,
  createdBy: string,
): Promise<Buffer | null> {
  const [row] = await transaction
    .delete(tokenImports)
    .where(and(eq(tokenImports.id, id), eq(tokenImports.createdBy, createdBy), gt(tokenImports.expiresAt, sql`now()`)))
    .returning({ linesSealed: tokenImports.linesSealed });
  return row?.linesSealed ?? null;
}
