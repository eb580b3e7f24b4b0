import { and, eq, gt, inArray, isNull, ne, sql } from 'drizzle-orm';
import { accounts } from '@/drizzle/schema/accounts';
import { signInAttempts } from '@/drizzle/schema/sign-in';
import { withDeadline } from '@/lib/db/deadline';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { instant } from '@/lib/db/instant';
import { pool } from '@/lib/db/pool';
import { clientOf, written } from '@/lib/db/written';
import type { FactorRow } from '@/lib/factors/store';
import type { Locale } from '@/lib/language/locale';
import type { Organisation } from '@/lib/organisations/model';
import { SLUG } from '@/lib/organisations/store';
import {
  FACTOR_KINDS,
  type AccountKind,
  type ExternalMfa,
  type FactorKind,
  type Facts,
  type StandingKind,
} from '@/lib/policy/decision';
import { CODES_PER_ATTEMPT_MAX, type ChallengeFactor } from './model';

const minutesFromNow = (minutes: number) => sql`now() + make_interval(mins => ${minutes})`;

/** The account that an identifier names, by e-mail or by username; an identifier with an @ is an e-mail. */
export async function findAccountId(
  transaction: OrganisationTransaction,
  identifierKey: string,
): Promise<string | null> {
  const column = identifierKey.includes('@') ? accounts.emailKey : accounts.usernameKey;
  const [row] = await transaction.select({ id: accounts.id }).from(accounts).where(eq(column, identifierKey)).limit(1);
  return row?.id ?? null;
}

/**
 * {@link findAccountId} for the door, with the external authenticator that the identifier goes by: the account's own, or,
 * where nobody has the address, the one that owns its domain. One statement for all of them, so that they take one time
 * (SIGN-1).
 */
export async function findWay(
  transaction: OrganisationTransaction,
  identifierKey: string,
): Promise<{ accountId: string | null; authenticatorId: string | null }> {
  const at = identifierKey.lastIndexOf('@');
  const column = clientOf(transaction)(at >= 0 ? 'email_key' : 'username_key');
  const [row] = await written(transaction)<{ account_id: string | null; authenticator_id: string | null }[]>`
    select a.id as account_id, u.id as authenticator_id
    from (select ${identifierKey}::text as key, ${identifierKey.slice(at + 1)}::text as domain) asked
    left join accounts a on a.${column} = asked.key
    left join authenticator_domains d on d.domain = asked.domain
    left join authenticators u on u.id = case when a.id is null then d.authenticator_id else a.authenticator_id end
      and u.active and u.type <> 'system'`;
  return { accountId: row?.account_id ?? null, authenticatorId: row?.authenticator_id ?? null };
}

export async function insertAttempt(
  transaction: OrganisationTransaction,
  attempt: {
    organisationId: string;
    browserHash: Buffer;
    accountId: string | null;
    /** The external authenticator that the attempt goes by. */
    authenticatorId?: string | null;
    identifier: string;
    returnPath: string | null;
    lifetimeMinutes: number;
    /** Where the password was chosen a moment ago, behind a link of a letter. */
    passwordProved?: boolean;
  },
): Promise<string> {
  const { authenticatorId = null, passwordProved = false } = attempt;
  const [row] = await written(transaction)<{ id: string }[]>`
    insert into sign_in_attempts (organisation_id, browser_hash, account_id, authenticator_id, identifier, return_path,
      expires_at, password_verified_at)
    values (${attempt.organisationId}, ${attempt.browserHash}, ${attempt.accountId}, ${authenticatorId},
      ${attempt.identifier}, ${attempt.returnPath}, now() + make_interval(mins => ${attempt.lifetimeMinutes}::integer),
      case when ${passwordProved}::boolean then now() end)
    returning id`;
  return row!.id;
}

/** An attempt with everything that a step of it needs, from one statement and so from one moment. */
export interface LoadedAttempt {
  readonly id: string;
  readonly identifier: string;
  readonly returnPath: string | null;
  readonly accountId: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly username: string;
  readonly passwordHash: string | null;
  readonly deviceId: string | null;
  readonly recoveryCodesLeft: number;
  readonly authenticatorId: string | null;
  /** The one-time pass that was used in it (RESET-3). */
  readonly passId: string | null;
  readonly facts: Omit<Facts, 'options' | 'network'>;
}

type Row = Record<
  'asked_at' | 'organisation_id' | 'slug' | 'organisation_name' | 'organisation_time_zone' | 'settings_version',
  string
> & {
  organisation_locale: Locale;
  attempt_id: string | null;
  identifier: string;
  return_path: string | null;
  password_verified_at: string | null;
  factor_verified_at: string | null;
  account_id: string | null;
  kind: AccountKind;
  status: 'invited' | 'active' | 'suspended';
  email: string | null;
  username: string | null;
  first_name: string | null;
  last_name: string | null;
  account_created_at: string;
  password_hash: string | null;
  must_change_password: boolean;
  authenticator_id: string | null;
  authenticator_type: Facts['authenticator']['type'] | null;
  authenticator_active: boolean | null;
  authenticator_mfa_required: boolean | null;
  authenticator_factor_kinds: FactorKind[] | null;
  authenticator_external_mfa: ExternalMfa | null;
  external_verified_at: string | null;
  external_factor_at: string | null;
  device_id: string | null;
  device_trusted_until: string | null;
  device_approved_at: string | null;
  device_revoked_at: string | null;
  factor_kinds: StandingKind[];
  recovery_codes_left: number;
  pass_id: string | null;
  pass_until: string | null;
};

/** A factor of the account of an attempt, whether it proves anything there or not (AUTH-3). */
export type AttemptFactor = ChallengeFactor & Pick<FactorRow, 'setAside' | 'allowed'>;

type FactorJson = Omit<AttemptFactor, 'lastUsedAt'> & { readonly lastUsedAt: string | null };

export interface BrowserKeys {
  readonly browserHash: Buffer;
  readonly deviceHash: Buffer | null;
}

/**
 * The organisation behind a slug, with the newest open attempt of a browser there (unused, in time and its own) and the
 * factors of its account, the oldest first. For pages, which know no organisation yet; null where there is no such
 * organisation.
 */
export async function findOrganisationAndAttempt(
  slug: string,
  keys: BrowserKeys,
): Promise<{
  organisation: Organisation;
  attempt: LoadedAttempt | null;
  factors: readonly AttemptFactor[];
} | null> {
  if (!SLUG.test(slug)) return null;
  const { browserHash, deviceHash } = keys;
  const [row] = await withDeadline(
    async () => pool().sql<(Row & { factors: FactorJson[] })[]>`
      select * from load_sign_in(${slug}, ${browserHash}, ${deviceHash})`,
  );
  if (!row) return null;
  const organisation: Organisation = {
    id: row.organisation_id,
    slug: row.slug,
    name: row.organisation_name,
    locale: row.organisation_locale,
    timeZone: row.organisation_time_zone,
    settingsVersion: Number(row.settings_version),
  };
  const factors = row.factors.map((factor) => ({ ...factor, lastUsedAt: instant(factor.lastUsedAt) }));
  return { organisation, attempt: attemptOf(row), factors };
}

/**
 * The attempt with this id, if it is this browser's own, unused and in time; its newest where no id is given. For the acts
 * of signing in.
 */
export async function findAttempt(
  transaction: OrganisationTransaction,
  slug: string,
  keys: BrowserKeys,
  id: string | null,
): Promise<LoadedAttempt | null> {
  const [row] = await written(transaction)<Row[]>`
    select * from load_attempt(${slug}, ${keys.browserHash}, ${keys.deviceHash}, ${id})`;
  return row ? attemptOf(row) : null;
}

function attemptOf(row: Row): LoadedAttempt | null {
  if (row.attempt_id === null) return null;
  return {
    id: row.attempt_id,
    identifier: row.identifier,
    returnPath: row.return_path,
    accountId: row.account_id,
    firstName: row.first_name ?? '',
    lastName: row.last_name ?? '',
    email: row.email ?? '',
    username: row.username ?? '',
    passwordHash: row.password_hash,
    deviceId: row.device_id,
    recoveryCodesLeft: row.recovery_codes_left,
    authenticatorId: row.authenticator_id,
    passId: row.pass_id,
    facts: {
      now: new Date(row.asked_at),
      account:
        row.account_id === null
          ? null
          : {
              kind: row.kind,
              status: row.status,
              createdAt: new Date(row.account_created_at),
              mustChangePassword: row.must_change_password,
              factorKinds: row.factor_kinds,
            },
      // An identifier that nobody has goes the way of those with a password (SIGN-1).
      authenticator: {
        type: row.authenticator_type ?? 'system',
        active: row.authenticator_active ?? true,
        mfaRequired: row.authenticator_mfa_required ?? false,
        factorKinds: row.authenticator_factor_kinds ?? FACTOR_KINDS,
        externalMfa: row.authenticator_external_mfa ?? 'trust',
      },
      proofs: {
        passwordAt: instant(row.password_verified_at),
        externalAt: instant(row.external_verified_at),
        externalFactorAt: instant(row.external_factor_at),
        factorAt: instant(row.factor_verified_at),
        passUntil: instant(row.pass_until),
      },
      device: {
        trustedUntil: instant(row.device_trusted_until),
        approvedAt: instant(row.device_approved_at),
        revokedAt: instant(row.device_revoked_at),
      },
      enrolmentPostponedAt: null,
    },
  };
}

/**
 * Marks the password as proved; false where the attempt was used up or ran out meanwhile, or the password was changed: what
 * was compared must still be what stands there. The row of the password is locked until the transaction ends, so that a
 * change of it waits, and then ends the session that this one opened.
 */
export async function markPasswordVerified(
  transaction: OrganisationTransaction,
  id: string,
  compared: { accountId: string; passwordHash: string },
  lifetimeMinutes: number,
): Promise<boolean> {
  const { accountId, passwordHash } = compared;
  const rows = await written(transaction)`
    update sign_in_attempts t set password_verified_at = now(), factor_verified_at = null, code_tries = 0,
      expires_at = now() + make_interval(mins => ${lifetimeMinutes}::integer)
    from (select account_id from passwords where account_id = ${accountId} and hash = ${passwordHash}
      for no key update) still
    where t.id = ${id} and t.account_id = still.account_id and t.consumed_at is null and t.expires_at > now()
    returning t.id`;
  return rows.length === 1;
}

/**
 * Marks a provider's word for an account as given, in an open attempt; false where it was used up or ran out meanwhile, or
 * the account can't come in by this authenticator any more. The account's row is locked until the transaction ends, so
 * that whoever closes or moves it waits, and then ends the session that this one opened.
 */
export async function markExternallyVerified(
  transaction: OrganisationTransaction,
  id: string,
  vouched: { accountId: string; authenticatorId: string; factorShown: boolean },
  lifetimeMinutes: number,
): Promise<boolean> {
  const { accountId, authenticatorId, factorShown } = vouched;
  const rows = await transaction
    .update(signInAttempts)
    .set({
      accountId,
      authenticatorId,
      externalVerifiedAt: sql`now()` as unknown as Date,
      externalFactorAt: factorShown ? (sql`now()` as unknown as Date) : null,
      passwordVerifiedAt: null,
      factorVerifiedAt: null,
      codeTries: 0,
      expiresAt: minutesFromNow(lifetimeMinutes) as unknown as Date,
    })
    .from(
      sql`(select id from accounts where id = ${accountId} and authenticator_id = ${authenticatorId}
        and status = 'active' for no key update) as still`,
    )
    .where(
      and(
        eq(signInAttempts.id, id),
        sql`still.id is not null`,
        isNull(signInAttempts.consumedAt),
        gt(signInAttempts.expiresAt, sql`now()`),
      ),
    )
    .returning({ id: signInAttempts.id });
  return rows.length === 1;
}

/** Holds the open attempts of a browser until the transaction ends: two of its tabs come one after the other. */
export async function holdBrowser(transaction: OrganisationTransaction, browserHash: Buffer): Promise<void> {
  await written(transaction)`
    select from sign_in_attempts where browser_hash = ${browserHash} and consumed_at is null
    order by id for no key update`;
}

/** Gives the open attempts of a browser to its new name, those of its other tabs too; {@link holdBrowser} comes before. */
export async function renameBrowser(
  transaction: OrganisationTransaction,
  before: Buffer,
  after: Buffer,
): Promise<void> {
  await written(transaction)`
    update sign_in_attempts set browser_hash = ${after} where browser_hash = ${before} and consumed_at is null`;
}

/** Ends what was begun with a password that no longer counts, with the enrolments that hang on it. */
export async function deleteAttempts(
  transaction: OrganisationTransaction,
  accountId: string,
  exceptId: string | null = null,
): Promise<void> {
  const ended = transaction
    .select({ id: signInAttempts.id })
    .from(signInAttempts)
    .where(
      and(eq(signInAttempts.accountId, accountId), exceptId === null ? undefined : ne(signInAttempts.id, exceptId)),
    )
    .orderBy(signInAttempts.id)
    .for('update');
  await transaction.delete(signInAttempts).where(inArray(signInAttempts.id, ended));
}

/** Counts codes against the attempt before they are compared; false where not as many are left. */
export async function claimCodeTries(
  transaction: OrganisationTransaction,
  id: string,
  tries: number,
): Promise<boolean> {
  const rows = await written(transaction)`
    update sign_in_attempts set code_tries = code_tries + ${tries}::integer
    where id = ${id} and consumed_at is null and expires_at > now() and code_tries <= ${CODES_PER_ATTEMPT_MAX - tries}
    returning id`;
  return rows.length === 1;
}

/** Uses the attempt up: one row, once, whoever asks (SIGN-3). */
export async function consumeAttempt(transaction: OrganisationTransaction, id: string): Promise<boolean> {
  const rows = await written(transaction)`
    update sign_in_attempts set consumed_at = now() where id = ${id} and consumed_at is null and expires_at > now()
    returning id`;
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

/** Keeps the proof of the second factor for the step that still follows. */
export async function markFactorVerified(transaction: OrganisationTransaction, id: string, at: Date): Promise<void> {
  await transaction.update(signInAttempts).set({ factorVerifiedAt: at }).where(eq(signInAttempts.id, id));
}

/** Keeps the one-time pass that was used for the step that still follows. */
export async function markPassUsed(transaction: OrganisationTransaction, id: string, passId: string): Promise<void> {
  await transaction.update(signInAttempts).set({ passId }).where(eq(signInAttempts.id, id));
}

/** Sends the attempt back to the first factor: too many codes were tried. */
export async function forgetFirstProof(transaction: OrganisationTransaction, id: string): Promise<void> {
  await transaction
    .update(signInAttempts)
    .set({ passwordVerifiedAt: null, externalVerifiedAt: null, externalFactorAt: null })
    .where(eq(signInAttempts.id, id));
}
