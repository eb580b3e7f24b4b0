import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { accounts, factors } from '@/drizzle/schema/accounts';
import { passkeyChallenges, passkeys } from '@/drizzle/schema/passkeys';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import {
  CHALLENGE_LIFETIME_MINUTES,
  OPEN_CHALLENGES_MAX,
  type ChallengeAnchor,
  type ChallengePurpose,
  type NewPasskey,
} from './model';

const anchored = (anchor: ChallengeAnchor) =>
  'attemptId' in anchor
    ? eq(passkeyChallenges.attemptId, anchor.attemptId)
    : eq(passkeyChallenges.sessionId, anchor.sessionId);

/** Keeps a challenge that is given out; those of the same place that ran out, or stand too far back, make room. */
export async function insertChallenge(
  transaction: OrganisationTransaction,
  given: {
    organisationId: string;
    accountId: string;
    purpose: ChallengePurpose;
    challenge: Buffer;
    anchor: ChallengeAnchor;
  },
): Promise<void> {
  const { anchor, ...values } = given;
  await transaction.execute(sql`
    delete from ${passkeyChallenges} where challenge in (
      select challenge from (
        select challenge, expires_at, row_number() over (order by created_at desc, challenge) as place
        from ${passkeyChallenges} where ${anchored(anchor)}
      ) open
      where expires_at <= now() or place >= ${OPEN_CHALLENGES_MAX}
    )`);
  await transaction.insert(passkeyChallenges).values({
    ...values,
    ...anchor,
    expiresAt: sql`now() + make_interval(mins => ${CHALLENGE_LIFETIME_MINUTES})` as unknown as Date,
  });
}

/** Takes a challenge back: true for exactly one caller, on whatever instance, where it was given out for this and in time. */
export async function consumeChallenge(
  transaction: OrganisationTransaction,
  taken: { accountId: string; purpose: ChallengePurpose; challenge: Buffer; anchor: ChallengeAnchor },
): Promise<boolean> {
  const rows = await transaction
    .delete(passkeyChallenges)
    .where(
      and(
        eq(passkeyChallenges.challenge, taken.challenge),
        eq(passkeyChallenges.accountId, taken.accountId),
        eq(passkeyChallenges.purpose, taken.purpose),
        anchored(taken.anchor),
        gt(passkeyChallenges.expiresAt, sql`now()`),
      ),
    )
    .returning({ challenge: passkeyChallenges.challenge });
  return rows.length === 1;
}

/** The random name by which authenticators know an account; `fresh` where it had none. */
export async function holdHandle(
  transaction: OrganisationTransaction,
  accountId: string,
  fresh: Buffer,
): Promise<Buffer> {
  const kept = await findHandle(transaction, accountId);
  if (kept !== null) return kept;
  const [row] = await transaction
    .update(accounts)
    .set({ passkeyHandle: sql`coalesce(${accounts.passkeyHandle}, ${fresh})` as unknown as Buffer })
    .where(eq(accounts.id, accountId))
    .returning({ handle: accounts.passkeyHandle });
  return row!.handle!;
}

/** The random name by which authenticators know an account; null: it never began to make a passkey. */
export async function findHandle(transaction: OrganisationTransaction, accountId: string): Promise<Buffer | null> {
  const [row] = await transaction
    .select({ handle: accounts.passkeyHandle })
    .from(accounts)
    .where(eq(accounts.id, accountId));
  return row?.handle ?? null;
}

export interface PasskeyRow {
  readonly factorId: string;
  readonly name: string;
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly transports: readonly string[];
  /** Since when its counter went back; null: it is taken. */
  readonly clonedAt: Date | null;
}

const row = {
  factorId: passkeys.factorId,
  name: factors.name,
  credentialId: passkeys.credentialId,
  publicKey: passkeys.publicKey,
  transports: passkeys.transports,
  clonedAt: passkeys.clonedAt,
};

/** An account's passkeys, the oldest first. */
export async function listPasskeys(transaction: OrganisationTransaction, accountId: string): Promise<PasskeyRow[]> {
  return transaction
    .select(row)
    .from(passkeys)
    .innerJoin(factors, eq(factors.id, passkeys.factorId))
    .where(eq(passkeys.accountId, accountId))
    .orderBy(passkeys.createdAt);
}

/** The passkey of an account with this credential; null where the account has none such, whoever else may. */
export async function findPasskey(
  transaction: OrganisationTransaction,
  accountId: string,
  credentialId: Buffer,
): Promise<PasskeyRow | null> {
  const [found] = await transaction
    .select(row)
    .from(passkeys)
    .innerJoin(factors, eq(factors.id, passkeys.factorId))
    .where(and(eq(passkeys.accountId, accountId), eq(passkeys.credentialId, credentialId)));
  return found ?? null;
}

/** Whether anybody of the organisation has a passkey with this credential. */
export async function isTaken(transaction: OrganisationTransaction, credentialId: Buffer): Promise<boolean> {
  const found = await transaction
    .select({ factorId: passkeys.factorId })
    .from(passkeys)
    .where(eq(passkeys.credentialId, credentialId))
    .limit(1);
  return found.length === 1;
}

/** Writes what a factor of kind `passkey` is verified by; false where the organisation has this credential already. */
export async function insertPasskey(
  transaction: OrganisationTransaction,
  owner: { factorId: string; organisationId: string; accountId: string },
  { attachment: _attachment, transports, ...passkey }: NewPasskey,
): Promise<boolean> {
  const rows = await transaction
    .insert(passkeys)
    .values({ ...owner, ...passkey, transports: [...transports] })
    .onConflictDoNothing({ target: [passkeys.organisationId, passkeys.credentialId] })
    .returning({ factorId: passkeys.factorId });
  return rows.length === 1;
}

/**
 * Moves a passkey's counter on: true where it went up, or where the authenticator counts nothing; for exactly one caller
 * with the same count. False means that another authenticator holds a copy, or that this one was set back.
 *
 * @source WebAuthn Level 3 §6.1.1, §7.2 step 22
 */
export async function advanceCounter(
  transaction: OrganisationTransaction,
  factorId: string,
  seen: { signCount: number; userVerified: boolean; backedUp: boolean },
): Promise<boolean> {
  const rows = await transaction
    .update(passkeys)
    .set(seen)
    .where(
      and(
        eq(passkeys.factorId, factorId),
        isNull(passkeys.clonedAt),
        seen.signCount === 0 ? eq(passkeys.signCount, 0) : lt(passkeys.signCount, seen.signCount),
      ),
    )
    .returning({ factorId: passkeys.factorId });
  if (rows.length === 0) return false;
  await transaction
    .update(factors)
    .set({ lastUsedAt: sql`now()` as unknown as Date })
    .where(eq(factors.id, factorId));
  return true;
}

/** Takes a passkey no more, because of its counter; true for the one who noticed first. */
export async function markCloned(transaction: OrganisationTransaction, factorId: string): Promise<boolean> {
  const rows = await transaction
    .update(passkeys)
    .set({ clonedAt: sql`now()` as unknown as Date })
    .where(and(eq(passkeys.factorId, factorId), isNull(passkeys.clonedAt)))
    .returning({ factorId: passkeys.factorId });
  return rows.length === 1;
}
