import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import { sessions } from '@/drizzle/schema/sign-in';
import { withDeadline } from '@/lib/db/deadline';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { instant } from '@/lib/db/instant';
import { pool } from '@/lib/db/pool';
import { written } from '@/lib/db/written';
import type { Locale } from '@/lib/language/locale';
import type { Organisation } from '@/lib/organisations/model';
import type { ExternalMfa, FactorKind, Facts, StandingKind } from '@/lib/policy/decision';
import type { BuiltInRole } from '@/lib/policy/permissions';

/** Sessions that one account may have at the same time; the oldest ends for a new one. */
const SESSIONS_PER_ACCOUNT_MAX = 10;

export interface OpenSession {
  readonly id: string;
  readonly deviceId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly organisation: Organisation;
  readonly account: {
    readonly id: string;
    readonly email: string;
    readonly username: string;
    readonly firstName: string;
    readonly lastName: string;
    readonly locale: Locale | null;
    readonly timeZone: string | null;
    readonly role: BuiltInRole | null;
    readonly permissions: readonly string[];
    readonly enrolmentOfferAnsweredAt: Date | null;
    readonly recoveryCodesLeft: number;
    readonly pictureVersion: Date | null;
    readonly authenticatorId: string;
  };
  readonly facts: Omit<Facts, 'options' | 'network'> & { account: NonNullable<Facts['account']> };
}

type Row = Record<string, string | null> & {
  permissions: string[] | null;
  factor_kinds: StandingKind[];
  must_change_password: boolean;
  authenticator_active: boolean;
  authenticator_mfa_required: boolean;
  authenticator_factor_kinds: FactorKind[];
  recovery_codes_left: number;
};

/**
 * The session behind a token's hash, with all that the decision needs, in one statement; null when there is none, or it
 * ran out. It comes before any organisation is known, so a function of the database answers it.
 */
export async function findOpenSession(tokenHash: Buffer): Promise<OpenSession | null> {
  const [row] = await withDeadline(
    async () => pool().sql<Row[]>`
      select * from load_session(${tokenHash})`,
  );
  if (!row) return null;
  const idleUntil = new Date(row['idle_until']!);
  const absoluteUntil = new Date(row['absolute_until']!);
  return {
    id: row['session_id']!,
    deviceId: row['device_id']!,
    createdAt: new Date(row['session_created_at']!),
    expiresAt: idleUntil < absoluteUntil ? idleUntil : absoluteUntil,
    organisation: {
      id: row['organisation_id']!,
      slug: row['slug']!,
      name: row['organisation_name']!,
      locale: row['organisation_locale'] as Locale,
      timeZone: row['organisation_time_zone']!,
      settingsVersion: Number(row['settings_version']),
    },
    account: {
      id: row['account_id']!,
      email: row['email']!,
      username: row['username']!,
      firstName: row['first_name']!,
      lastName: row['last_name']!,
      locale: row['locale'] as Locale | null,
      timeZone: row['time_zone']!,
      role: row['role'] as BuiltInRole | null,
      permissions: row.permissions ?? [],
      enrolmentOfferAnsweredAt: instant(row['enrolment_offer_answered_at']!),
      recoveryCodesLeft: row.recovery_codes_left,
      pictureVersion: instant(row['picture_updated_at']!),
      authenticatorId: row['authenticator_id']!,
    },
    facts: {
      now: new Date(row['asked_at']!),
      account: {
        kind: row['kind'] as 'employee' | 'parent' | 'external',
        status: row['status'] as 'invited' | 'active' | 'suspended',
        createdAt: new Date(row['account_created_at']!),
        mustChangePassword: row.must_change_password,
        factorKinds: row.factor_kinds,
      },
      authenticator: {
        type: row['authenticator_type'] as 'system' | 'saml' | 'oidc',
        active: row.authenticator_active,
        mfaRequired: row.authenticator_mfa_required,
        factorKinds: row.authenticator_factor_kinds,
        externalMfa: row['authenticator_external_mfa'] as ExternalMfa,
      },
      proofs: {
        passwordAt: instant(row['password_verified_at']!),
        externalAt: instant(row['external_verified_at']!),
        externalFactorAt: instant(row['external_factor_at']!),
        factorAt: instant(row['factor_verified_at']!),
        passUntil: instant(row['pass_until']!),
      },
      device: {
        trustedUntil: instant(row['device_trusted_until']!),
        approvedAt: instant(row['device_approved_at']!),
        revokedAt: instant(row['device_revoked_at']!),
      },
      enrolmentPostponedAt: instant(row['enrolment_postponed_at']!),
    },
  };
}

/** Writes a session, and ends the oldest of the account beyond the number allowed. */
export async function insertSession(
  transaction: OrganisationTransaction,
  session: {
    id?: string;
    organisationId: string;
    accountId: string;
    /** Names the browser, as the account knows it already. */
    deviceHash: Buffer;
    tokenHash: Buffer;
    userAgent: string;
    address: string | null;
    idleMinutes: number;
    absoluteHours: number;
    passwordVerifiedAt: Date | null;
    factorVerifiedAt: Date | null;
    /** The external authenticator that vouched for the person, and when; null where a password did. */
    authenticatorId?: string | null;
    externalVerifiedAt?: Date | null;
    externalFactorAt?: Date | null;
    enrolmentPostponedAt: Date | null;
    /** The one-time pass that opened it: the session ends with that one at the latest (RESET-3). */
    passId?: string | null;
  },
): Promise<{ expiresAt: Date }> {
  const { accountId } = session;
  const at = (moment: Date | null | undefined) => moment?.toISOString() ?? null;
  // The new one is not among those that a statement sees which writes it. Where there is no pass, least() passes over it.
  const [row] = await written(transaction)<{ until: string }[]>`
    with surplus as (
      delete from sessions where account_id = ${accountId} and id in (
        select id from sessions where account_id = ${accountId}
        order by created_at desc, id offset ${SESSIONS_PER_ACCOUNT_MAX - 1})
    )
    insert into sessions (id, organisation_id, account_id, device_id, token_hash, user_agent, address, idle_minutes,
      absolute_until, password_verified_at, factor_verified_at, authenticator_id, external_verified_at,
      external_factor_at, enrolment_postponed_at, pass_id)
    values (coalesce(${session.id ?? null}, gen_random_uuid()), ${session.organisationId}, ${accountId},
      (select id from devices where account_id = ${accountId} and token_hash = ${session.deviceHash}),
      ${session.tokenHash}, ${session.userAgent}, ${session.address}, ${session.idleMinutes},
      least(now() + make_interval(hours => ${session.absoluteHours}::integer),
        (select valid_until from passes where id = ${session.passId ?? null})),
      ${at(session.passwordVerifiedAt)}, ${at(session.factorVerifiedAt)}, ${session.authenticatorId ?? null},
      ${at(session.externalVerifiedAt)}, ${at(session.externalFactorAt)}, ${at(session.enrolmentPostponedAt)},
      ${session.passId ?? null})
    returning absolute_until as until`;
  return { expiresAt: new Date(row!.until) };
}

/** Whose session this token opens; null where there is none in the organisation. */
export async function findOwnerOfToken(
  transaction: OrganisationTransaction,
  tokenHash: Buffer,
): Promise<string | null> {
  const [row] = await transaction
    .select({ accountId: sessions.accountId })
    .from(sessions)
    .where(eq(sessions.tokenHash, tokenHash));
  return row?.accountId ?? null;
}

/** Ends the session with this token; null where there was none in the organisation. */
export async function deleteSessionByToken(
  transaction: OrganisationTransaction,
  tokenHash: Buffer,
): Promise<{ id: string; accountId: string } | null> {
  const [row] = await written(transaction)<{ id: string; accountId: string }[]>`
    delete from sessions where token_hash = ${tokenHash} returning id, account_id as "accountId"`;
  return row ?? null;
}

/** Ends one session of an account, or all but one, or all; gives back the ids of those that ended. */
export async function deleteSessions(
  transaction: OrganisationTransaction,
  accountId: string,
  which: { readonly only: string } | { readonly except: string } | 'all',
): Promise<string[]> {
  const condition =
    which === 'all' ? undefined : 'only' in which ? eq(sessions.id, which.only) : ne(sessions.id, which.except);
  // All of them are held, by their ids: the one that stays is renewed after.
  const held = transaction
    .select({ id: sessions.id })
    .from(sessions)
    .where(eq(sessions.accountId, accountId))
    .orderBy(sessions.id)
    .for('update');
  const rows = await transaction
    .delete(sessions)
    .where(and(inArray(sessions.id, held), condition))
    .returning({ id: sessions.id });
  return rows.map(({ id }) => id);
}

/** A new token for a session whose privilege changed (SAFE-3): the old one is worth nothing from now on. */
export async function replaceToken(
  transaction: OrganisationTransaction,
  id: string,
  tokenHash: Buffer,
  change: {
    passwordVerified?: boolean;
    factorVerified?: boolean;
    factorForgotten?: boolean;
    idleMinutes?: number;
    absoluteHours?: number;
  },
): Promise<Date | null> {
  const [row] = await transaction
    .update(sessions)
    .set({
      tokenHash,
      ...(change.passwordVerified ? { passwordVerifiedAt: sql`now()` as unknown as Date } : {}),
      ...(change.factorVerified ? { factorVerifiedAt: sql`now()` as unknown as Date } : {}),
      ...(change.factorForgotten ? { factorVerifiedAt: null } : {}),
      ...(change.idleMinutes ? { idleMinutes: change.idleMinutes } : {}),
      ...(change.absoluteHours
        ? {
            absoluteUntil:
              sql`least(${sessions.absoluteUntil}, now() + make_interval(hours => ${change.absoluteHours}))` as unknown as Date,
          }
        : {}),
    })
    .where(eq(sessions.id, id))
    .returning({ expiresAt: sessions.absoluteUntil });
  return row?.expiresAt ?? null;
}

/**
 * Holds open sessions to limits that became shorter (MFA-8); longer ones are for new sessions. `portal` is for parents who
 * have no second factor.
 */
export async function shortenSessions(
  transaction: OrganisationTransaction,
  limits: { idleMinutes: number; hours: number; portalIdleMinutes: number; portalHours: number },
): Promise<void> {
  // By their ids, as everybody who takes several of them: whoever ends some at this moment comes before or after.
  await transaction.execute(sql`
    with n as materialized (
      select s.id,
        case when p.portal then ${limits.portalIdleMinutes}::int else ${limits.idleMinutes}::int end as idle,
        s.created_at + make_interval(hours =>
          case when p.portal then ${limits.portalHours}::int else ${limits.hours}::int end) as until
      from sessions s join accounts a on a.id = s.account_id
      cross join lateral (select a.kind = 'parent'
        and not exists (select from factors f where f.account_id = a.id) as portal) p
    ), held as materialized (
      select s.id from sessions s where exists (
        select from n where n.id = s.id and (s.idle_minutes > n.idle or s.absolute_until > n.until))
      order by s.id for no key update
    )
    update sessions s set idle_minutes = least(s.idle_minutes, n.idle), absolute_until = least(s.absolute_until, n.until)
    from n join held on held.id = n.id where n.id = s.id`);
}

/** Notes that a session's request was refused; false where that was noted within the last minute. */
export async function markRefused(transaction: OrganisationTransaction, id: string): Promise<boolean> {
  const rows = await transaction
    .update(sessions)
    .set({ refusedAt: sql`now()` })
    .where(
      and(
        eq(sessions.id, id),
        sql`(${sessions.refusedAt} is null or ${sessions.refusedAt} < now() - interval '1 minute')`,
      ),
    )
    .returning({ id: sessions.id });
  return rows.length === 1;
}

/** Notes that the person put enrolment off in this session. */
export async function markPostponed(transaction: OrganisationTransaction, id: string): Promise<void> {
  await transaction
    .update(sessions)
    .set({ enrolmentPostponedAt: sql`now()` })
    .where(eq(sessions.id, id));
}

export interface SessionRow {
  readonly id: string;
  readonly userAgent: string;
  readonly address: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
}

/** The sessions of an account that are still good, the newest first. */
export async function listSessions(transaction: OrganisationTransaction, accountId: string): Promise<SessionRow[]> {
  return transaction
    .select({
      id: sessions.id,
      userAgent: sessions.userAgent,
      address: sql<string | null>`host(${sessions.address})`,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
    })
    .from(sessions)
    .where(
      and(
        eq(sessions.accountId, accountId),
        sql`${sessions.absoluteUntil} > now()`,
        sql`${sessions.lastSeenAt} + make_interval(mins => ${sessions.idleMinutes}) > now()`,
      ),
    )
    .orderBy(desc(sessions.lastSeenAt));
}
