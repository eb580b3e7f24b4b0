import { and, desc, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { accounts, devices, factors, passwords, recoveryCodes } from '@/drizzle/schema/accounts';
import { authenticators } from '@/drizzle/schema/organisations';
import { signInAttempts } from '@/drizzle/schema/sign-in';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { Facts } from '@/lib/policy/decision';
import { CODES_PER_ATTEMPT_MAX } from './model';

const minutesFromNow = (minutes: number) => sql`now() + make_interval(mins => ${minutes})`;

/** The account that an identifier names, by e-mail or by username; an identifier with an @ is an e-mail. */
export async function findAccountId(transaction: OrganisationTransaction, identifierKey: string): Promise<string | null> {
  const column = identifierKey.includes('@') ? accounts.emailKey : accounts.usernameKey;
  const [row] = await transaction.select({ id: accounts.id }).from(accounts).where(eq(column, identifierKey)).limit(1);
  return row?.id ?? null;
}

export async function insertAttempt(
  transaction: OrganisationTransaction,
  attempt: {
    organisationId: string;
    browserHash: Buffer;
    accountId: string | null;
    identifier: string;
    returnPath: string | null;
    lifetimeMinutes: number;
  },
): Promise<string> {
  const { lifetimeMinutes, ...values } = attempt;
  const [row] = await transaction
    .insert(signInAttempts)
    .values({ ...values, expiresAt: minutesFromNow(lifetimeMinutes) as unknown as Date })
    .returning({ id: signInAttempts.id });
  return row!.id;
}

/** An attempt with everything that a step of it needs, from one statement and so from one moment. */
export interface LoadedAttempt {
  readonly id: string;
  readonly identifier: string;
  readonly returnPath: string | null;
  readonly accountId: string | null;
  readonly firstName: string;
  readonly email: string;
  readonly passwordHash: string | null;
  readonly deviceId: string | null;
  readonly codeTries: number;
  readonly recoveryCodesLeft: number;
  readonly facts: Omit<Facts, 'options'>;
}

/**
 * The newest open attempt of a browser, or the one with this id: it must be the browser's own, unused and in time.
 */
export async function findAttempt(
  transaction: OrganisationTransaction,
  browserHash: Buffer,
  deviceHash: Buffer | null,
  id?: string,
): Promise<LoadedAttempt | null> {
  const [row] = await transaction
    .select({
      now: sql<string>`now()`,
      id: signInAttempts.id,
      identifier: signInAttempts.identifier,
      returnPath: signInAttempts.returnPath,
      passwordVerifiedAt: signInAttempts.passwordVerifiedAt,
      codeTries: signInAttempts.codeTries,
      accountId: accounts.id,
      kind: accounts.kind,
      status: accounts.status,
      firstName: accounts.firstName,
      email: accounts.email,
      createdAt: accounts.createdAt,
      passwordHash: passwords.hash,
      mustChange: passwords.mustChange,
      authenticatorType: authenticators.type,
      authenticatorActive: authenticators.active,
      authenticatorMfaRequired: authenticators.mfaRequired,
      deviceId: devices.id,
      trustedUntil: devices.trustedUntil,
      factorKinds: sql<
        'totp'[]
      >`array(select distinct ${factors.kind} from ${factors} where ${factors.accountId} = ${accounts.id})`,
      recoveryCodesLeft: sql<string>`(select count(*) from ${recoveryCodes}
        where ${recoveryCodes.accountId} = ${accounts.id} and ${recoveryCodes.usedAt} is null)`,
    })
    .from(signInAttempts)
    .leftJoin(accounts, eq(accounts.id, signInAttempts.accountId))
    .leftJoin(passwords, eq(passwords.accountId, accounts.id))
    .leftJoin(authenticators, eq(authenticators.id, accounts.authenticatorId))
    .leftJoin(
      devices,
      and(eq(devices.accountId, accounts.id), deviceHash ? eq(devices.tokenHash, deviceHash) : sql`false`),
    )
    .where(
      and(
        eq(signInAttempts.browserHash, browserHash),
        isNull(signInAttempts.consumedAt),
        gt(signInAttempts.expiresAt, sql`now()`),
        id === undefined ? undefined : eq(signInAttempts.id, id),
      ),
    )
    .orderBy(desc(signInAttempts.createdAt))
    .limit(1);
  if (!row) return null;
  return {
    id: row.id,
    identifier: row.identifier,
    returnPath: row.returnPath,
    accountId: row.accountId,
    firstName: row.firstName ?? '',
    email: row.email ?? '',
    passwordHash: row.passwordHash,
    deviceId: row.deviceId,
    codeTries: row.codeTries,
    recoveryCodesLeft: Number(row.recoveryCodesLeft),
    facts: {
      now: new Date(row.now),
      account:
        row.accountId === null
          ? null
          : {
              kind: row.kind!,
              status: row.status!,
              createdAt: row.createdAt!,
              mustChangePassword: row.mustChange ?? false,
              factorKinds: row.factorKinds,
            },
      authenticator: {
        type: row.authenticatorType ?? 'system',
        active: row.authenticatorActive ?? true,
        mfaRequired: row.authenticatorMfaRequired ?? false,
      },
      proofs: { passwordAt: row.passwordVerifiedAt, factorAt: null },
      device: { trustedUntil: row.trustedUntil },
      enrolmentPostponedAt: null,
    },
  };
}

/** Marks the password as proved; false where the attempt was used up or ran out meanwhile. */
export async function markPasswordVerified(
  transaction: OrganisationTransaction,
  id: string,
  lifetimeMinutes: number,
): Promise<Date | null> {
  const [row] = await transaction
    .update(signInAttempts)
    .set({ passwordVerifiedAt: sql`now()`, codeTries: 0, expiresAt: minutesFromNow(lifetimeMinutes) as unknown as Date })
    .where(
      and(eq(signInAttempts.id, id), isNull(signInAttempts.consumedAt), gt(signInAttempts.expiresAt, sql`now()`)),
    )
    .returning({ at: signInAttempts.passwordVerifiedAt });
  return row?.at ?? null;
}

/** Counts a code against the attempt before it is compared; false where none is left. */
export async function claimCodeTry(transaction: OrganisationTransaction, id: string): Promise<boolean> {
  const rows = await transaction
    .update(signInAttempts)
    .set({ codeTries: sql`${signInAttempts.codeTries} + 1` })
    .where(
      and(
        eq(signInAttempts.id, id),
        isNull(signInAttempts.consumedAt),
        gt(signInAttempts.expiresAt, sql`now()`),
        lt(signInAttempts.codeTries, CODES_PER_ATTEMPT_MAX),
      ),
    )
    .returning({ id: signInAttempts.id });
  return rows.length === 1;
}

/** Uses the attempt up: one row, once, whoever asks (SIGN-3). */
export async function consumeAttempt(transaction: OrganisationTransaction, id: string): Promise<boolean> {
  const rows = await transaction
    .update(signInAttempts)
    .set({ consumedAt: sql`now()` })
    .where(
      and(eq(signInAttempts.id, id), isNull(signInAttempts.consumedAt), gt(signInAttempts.expiresAt, sql`now()`)),
    )
    .returning({ id: signInAttempts.id });
  return rows.length === 1;
}

/** Enrolment lasts longer, and each of its steps renews it (SIGN-3). */
export async function extendAttempt(
  transaction: OrganisationTransaction,
  id: string,
  lifetimeMinutes: number,
): Promise<void> {
  await transaction
    .update(signInAttempts)
    .set({ expiresAt: minutesFromNow(lifetimeMinutes) as unknown as Date })
    .where(and(eq(signInAttempts.id, id), isNull(signInAttempts.consumedAt)));
}

/** Sends the attempt back to the password: too many codes were tried. */
export async function forgetPasswordProof(transaction: OrganisationTransaction, id: string): Promise<void> {
  await transaction.update(signInAttempts).set({ passwordVerifiedAt: null }).where(eq(signInAttempts.id, id));
}

/** Ends every attempt of an account that is under way, in whatever browser. */
export async function deleteAttempts(transaction: OrganisationTransaction, accountId: string): Promise<void> {
  await transaction.delete(signInAttempts).where(eq(signInAttempts.accountId, accountId));
}
