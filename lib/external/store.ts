import { and, eq, gt, isNotNull, isNull, ne, or, sql } from 'drizzle-orm';
import { accounts } from '@/drizzle/schema/accounts';
import {
  authenticatorDomains,
  externalFlows,
  externalIdentities,
  externalSessions,
  providerSignOuts,
  usedAssertions,
} from '@/drizzle/schema/authenticators';
import { authenticators } from '@/drizzle/schema/organisations';
import { sessions, signInAttempts } from '@/drizzle/schema/sign-in';
import { withDeadline } from '@/lib/db/deadline';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { pool } from '@/lib/db/pool';
import type { Locale } from '@/lib/language/locale';
import type { Organisation } from '@/lib/organisations/model';
import type { AccountKind } from '@/lib/policy/decision';
import { FLOW_LIFETIME_MINUTES, type FlowPurpose } from './model';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The organisation behind an authenticator's own URL, before any is known; null: there is no such authenticator. */
export async function findDoor(
  authenticatorId: string,
): Promise<{ organisation: Organisation; type: 'system' | 'saml' | 'oidc'; active: boolean } | null> {
  if (!UUID.test(authenticatorId)) return null;
  const [row] = await withDeadline(
    async () =>
      pool().sql<
        {
          organisation_id: string;
          slug: string;
          organisation_name: string;
          organisation_locale: Locale;
          organisation_time_zone: string;
          settings_version: string;
          type: 'system' | 'saml' | 'oidc';
          active: boolean;
        }[]
      >`select * from find_authenticator(${authenticatorId})`,
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
  return { organisation, type: row.type, active: row.active };
}

/** Keeps an authenticator as it is until the transaction ends; null where it isn't in force at this moment. */
export async function holdActive(
  transaction: OrganisationTransaction,
  id: string,
): Promise<{ readonly name: string } | null> {
  const [row] = await transaction
    .select({ name: authenticators.name })
    .from(authenticators)
    .where(and(eq(authenticators.id, id), authenticators.active, ne(authenticators.type, 'system')))
    .for('share');
  return row ?? null;
}

export interface NewFlow {
  readonly id: string;
  readonly organisationId: string;
  readonly authenticatorId: string;
  readonly purpose: FlowPurpose;
  readonly attemptId: string | null;
  readonly sessionId: string | null;
  readonly stateHash: Buffer | null;
  readonly requestSealed: Buffer | null;
}

const inTime = () => and(isNull(externalFlows.consumedAt), gt(externalFlows.expiresAt, sql`now()`));

export async function insertFlow(transaction: OrganisationTransaction, flow: NewFlow): Promise<void> {
  const expiresAt = sql`now() + make_interval(mins => ${FLOW_LIFETIME_MINUTES})` as unknown as Date;
  await transaction.insert(externalFlows).values({ ...flow, expiresAt });
}

/** How many ways were opened in an attempt, or from a session. */
export async function countFlows(
  transaction: OrganisationTransaction,
  holder: { readonly attemptId: string } | { readonly sessionId: string },
): Promise<number> {
  return transaction.$count(
    externalFlows,
    'attemptId' in holder
      ? eq(externalFlows.attemptId, holder.attemptId)
      : eq(externalFlows.sessionId, holder.sessionId),
  );
}

/** The external authenticator that an attempt goes by: its account's own, else the one that owns the address's domain. */
export async function findWayOf(transaction: OrganisationTransaction, attemptId: string): Promise<string | null> {
  const [row] = await transaction
    .select({ id: sql<string | null>`coalesce(${accounts.authenticatorId}, ${signInAttempts.authenticatorId})` })
    .from(signInAttempts)
    .leftJoin(accounts, eq(accounts.id, signInAttempts.accountId))
    .where(eq(signInAttempts.id, attemptId));
  return row?.id ?? null;
}

export interface StoredFlow {
  readonly id: string;
  readonly authenticatorId: string;
  readonly purpose: FlowPurpose;
  readonly attemptId: string | null;
  readonly sessionId: string | null;
  readonly requestSealed: Buffer | null;
  readonly answerSealed: Buffer | null;
}

const stored = {
  id: externalFlows.id,
  authenticatorId: externalFlows.authenticatorId,
  purpose: externalFlows.purpose,
  attemptId: externalFlows.attemptId,
  sessionId: externalFlows.sessionId,
  requestSealed: externalFlows.requestSealed,
  answerSealed: externalFlows.answerSealed,
};

/** The browser that a flow must come back to: that of its attempt, or that of its session. */
export interface FlowHolder {
  readonly browserHash: Buffer;
  readonly sessionHash: Buffer | null;
}

/**
 * Flows hang on the attempt or the session that opened them, and so follow whatever name the browser is given meanwhile:
 * two tabs stay two tabs.
 */
function belongsTo({ browserHash, sessionHash }: FlowHolder) {
  return or(
    sql`exists (select from ${signInAttempts} where ${signInAttempts.id} = ${externalFlows.attemptId}
      and ${signInAttempts.browserHash} = ${browserHash} and ${signInAttempts.consumedAt} is null
      and ${signInAttempts.expiresAt} > now())`,
    sessionHash === null
      ? undefined
      : sql`exists (select from ${sessions} where ${sessions.id} = ${externalFlows.sessionId}
          and ${sessions.tokenHash} = ${sessionHash})`,
  );
}

/** An open flow of an authenticator by its state, whoever's it is: where the browser can't be asked yet (SAML's POST). */
export async function findFlowByState(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  stateHash: Buffer,
): Promise<StoredFlow | null> {
  const [row] = await transaction
    .select(stored)
    .from(externalFlows)
    .where(
      and(
        eq(externalFlows.authenticatorId, authenticatorId),
        eq(externalFlows.stateHash, stateHash),
        isNull(externalFlows.answeredAt),
        inTime(),
      ),
    );
  return row ?? null;
}

/** Takes an answer for a flow by its state: once, in time, and only for the browser that it was opened in. */
export async function takeByState(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  stateHash: Buffer,
  holder: FlowHolder,
): Promise<StoredFlow | null> {
  const [row] = await transaction
    .update(externalFlows)
    .set({ answeredAt: sql`now()` })
    .where(
      and(
        eq(externalFlows.authenticatorId, authenticatorId),
        eq(externalFlows.stateHash, stateHash),
        isNull(externalFlows.answeredAt),
        inTime(),
        belongsTo(holder),
      ),
    )
    .returning(stored);
  return row ?? null;
}

/** Keeps a verified answer under a one-time ticket; false where one was kept before, or the flow ran out. */
export async function keepAnswer(
  transaction: OrganisationTransaction,
  id: string,
  answer: { readonly ticketHash: Buffer | null; readonly answerSealed: Buffer },
): Promise<boolean> {
  const rows = await transaction
    .update(externalFlows)
    .set({ ...answer, answeredAt: sql`coalesce(${externalFlows.answeredAt}, now())` as unknown as Date })
    .where(and(eq(externalFlows.id, id), isNull(externalFlows.answerSealed), inTime()))
    .returning({ id: externalFlows.id });
  return rows.length === 1;
}

/** Notes an assertion as taken until nobody could show it again; false where it was taken before (SAML-2). */
export async function consumeAssertion(
  transaction: OrganisationTransaction,
  assertion: { organisationId: string; authenticatorId: string; assertionId: string; expiresAt: Date },
): Promise<boolean> {
  const rows = await transaction
    .insert(usedAssertions)
    .values(assertion)
    .onConflictDoNothing()
    .returning({ id: usedAssertions.assertionId });
  return rows.length === 1;
}

/** The flow behind a ticket, without using it up. `own`: it is this browser's; null: nobody was asked before. */
export async function findByTicket(
  transaction: OrganisationTransaction,
  ticketHash: Buffer,
  holder: FlowHolder,
): Promise<(StoredFlow & { readonly own: boolean }) | null> {
  const [row] = await transaction
    .select({ ...stored, own: sql<boolean>`coalesce(${belongsTo(holder)}, false)` })
    .from(externalFlows)
    .where(and(eq(externalFlows.ticketHash, ticketHash), inTime()));
  return row ?? null;
}

/** Uses a flow up: one row, once, whoever asks. */
export async function consumeFlow(transaction: OrganisationTransaction, id: string): Promise<boolean> {
  const rows = await transaction
    .update(externalFlows)
    .set({ consumedAt: sql`now()` })
    .where(and(eq(externalFlows.id, id), inTime()))
    .returning({ id: externalFlows.id });
  return rows.length === 1;
}

/** The answer that a flow of this session got, for as long as the flow lives: what « Tester » shows. */
export async function findOwnAnswer(
  transaction: OrganisationTransaction,
  id: string,
  sessionId: string,
): Promise<StoredFlow | null> {
  const [row] = await transaction
    .select(stored)
    .from(externalFlows)
    .where(
      and(
        eq(externalFlows.id, id),
        eq(externalFlows.sessionId, sessionId),
        gt(externalFlows.expiresAt, sql`now()`),
        isNotNull(externalFlows.answerSealed),
      ),
    );
  return row ?? null;
}

/** What this session's tries of an authenticator were answered, of those that began after it last changed. */
export async function listOwnAnswers(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  sessionId: string,
): Promise<StoredFlow[]> {
  return transaction
    .select(stored)
    .from(externalFlows)
    .innerJoin(authenticators, eq(authenticators.id, externalFlows.authenticatorId))
    .where(
      and(
        eq(externalFlows.authenticatorId, authenticatorId),
        eq(externalFlows.sessionId, sessionId),
        eq(externalFlows.purpose, 'test'),
        isNotNull(externalFlows.answerSealed),
        gt(externalFlows.createdAt, authenticators.updatedAt),
      ),
    );
}

/** Lets what a provider answered wait for the session that a further step may yet open. */
export async function holdAnswer(
  transaction: OrganisationTransaction,
  id: string,
  { attemptId, answerSealed, minutes }: { attemptId: string; answerSealed: Buffer; minutes: number },
): Promise<void> {
  const expiresAt = sql`now() + make_interval(mins => ${minutes})` as unknown as Date;
  await transaction
    .update(externalFlows)
    .set({ attemptId, answerSealed, expiresAt, consumedAt: sql`coalesce(${externalFlows.consumedAt}, now())` })
    .where(eq(externalFlows.id, id));
}

/** Takes what a provider answered in an attempt, for the session that it opened; nothing of it stays behind. */
export async function takeHeldAnswer(
  transaction: OrganisationTransaction,
  attemptId: string,
): Promise<{ id: string; authenticatorId: string; answerSealed: Buffer } | null> {
  const [row] = await transaction.execute<{ id: string; authenticator_id: string; answer_sealed: Buffer }>(sql`
    update external_flows f set answer_sealed = null from (
      select id, answer_sealed from external_flows
      where attempt_id = ${attemptId}::uuid and answer_sealed is not null and consumed_at is not null
      order by consumed_at desc limit 1 for update
    ) before where before.id = f.id returning f.id, f.authenticator_id, before.answer_sealed`);
  return row === undefined
    ? null
    : { id: row.id, authenticatorId: row.authenticator_id, answerSealed: row.answer_sealed };
}

/** What ends a session at its provider too (OIDC-4, SAML-4). */
export async function insertProviderSession(
  transaction: OrganisationTransaction,
  values: typeof externalSessions.$inferInsert,
): Promise<void> {
  await transaction.insert(externalSessions).values(values);
}

/** An account, and whether a provider may vouch for it at this moment. */
export interface Vouched {
  readonly accountId: string;
  readonly status: 'invited' | 'active' | 'suspended';
  readonly kind: AccountKind;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Null: an identity that is expected and was not seen yet. */
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly expected: string | null;
  /** Whether the account is assigned to this authenticator now. */
  readonly assigned: boolean;
}

const vouched = {
  accountId: externalIdentities.accountId,
  status: accounts.status,
  kind: accounts.kind,
  email: accounts.email,
  firstName: accounts.firstName,
  lastName: accounts.lastName,
  subject: externalIdentities.subject,
  issuer: externalIdentities.issuer,
  expected: externalIdentities.expected,
  assigned: sql<boolean>`${accounts.authenticatorId} = ${externalIdentities.authenticatorId}`,
};

/** Whoever is bound to this subject of this authenticator's provider. */
export async function findBound(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  { issuer, subject }: { readonly issuer: string; readonly subject: string },
): Promise<Vouched | null> {
  const [row] = await transaction
    .select(vouched)
    .from(externalIdentities)
    .innerJoin(accounts, eq(accounts.id, externalIdentities.accountId))
    .where(
      and(
        eq(externalIdentities.authenticatorId, authenticatorId),
        eq(externalIdentities.issuer, issuer),
        eq(externalIdentities.subject, subject),
      ),
    );
  return row ?? null;
}

const oneOf = (texts: readonly string[]) =>
  sql`(select jsonb_array_elements_text(${JSON.stringify(texts)}::text::jsonb))`;

/**
 * Whoever is expected by one of these texts.
 *
 * @param folded letters count as the same in either case: where identities are e-mail addresses (AUTH-7)
 */
export async function listExpected(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  said: readonly string[],
  folded: boolean,
): Promise<Vouched[]> {
  const expected = externalIdentities.expected;
  const fits = folded
    ? sql`lower(${expected}) in (select lower(t) from jsonb_array_elements_text(${JSON.stringify(said)}::text::jsonb) t)`
    : sql`${expected} in ${oneOf(said)}`;
  return transaction
    .select(vouched)
    .from(externalIdentities)
    .innerJoin(accounts, eq(accounts.id, externalIdentities.accountId))
    .where(and(eq(externalIdentities.authenticatorId, authenticatorId), fits))
    .limit(3);
}

/** Those whose expected identity resembles what was said; only asked once nothing fitted. */
export async function listNear(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  looseKeys: readonly string[],
): Promise<{ accountId: string; expected: string }[]> {
  const loose = sql`regexp_replace(lower(normalize(${externalIdentities.expected}, nfkc)), '\s', '', 'g')`;
  const locals = looseKeys.filter((key) => key.includes('@')).map((key) => key.slice(0, key.indexOf('@')));
  const rows = await transaction
    .select({ accountId: externalIdentities.accountId, expected: externalIdentities.expected })
    .from(externalIdentities)
    .where(
      and(
        eq(externalIdentities.authenticatorId, authenticatorId),
        isNotNull(externalIdentities.expected),
        or(
          sql`${loose} in ${oneOf(looseKeys)}`,
          sql`(${externalIdentities.expected} like '%@%' and split_part(${loose}, '@', 1) in ${oneOf(locals)})`,
        ),
      ),
    )
    .limit(5);
  return rows.map(({ accountId, expected }) => ({ accountId, expected: expected! }));
}

/** One at a time for one subject, until the transaction ends: whoever comes second sees what the first one did. */
export async function holdSubject(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  { issuer, subject }: { readonly issuer: string; readonly subject: string },
): Promise<void> {
  await transaction.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`vestibule.subject:${authenticatorId}:${issuer}:${subject}`}, 0))`,
  );
}

/** Pins an expected identity to issuer and subject, once: one conditional write (AUTH-7). */
export async function bindIdentity(
  transaction: OrganisationTransaction,
  key: { readonly accountId: string; readonly authenticatorId: string },
  { issuer, subject }: { readonly issuer: string; readonly subject: string },
): Promise<boolean> {
  const rows = await transaction
    .update(externalIdentities)
    .set({ issuer, subject, boundAt: sql`now()`, nearSaid: null, nearAt: null })
    .where(
      and(
        eq(externalIdentities.accountId, key.accountId),
        eq(externalIdentities.authenticatorId, key.authenticatorId),
        isNull(externalIdentities.subject),
      ),
    )
    .returning({ id: externalIdentities.accountId });
  return rows.length === 1;
}

/** Writes an identity that is bound from the start; false where the account has one there already. */
export async function insertBound(
  transaction: OrganisationTransaction,
  values: {
    readonly organisationId: string;
    readonly accountId: string;
    readonly authenticatorId: string;
    readonly issuer: string;
    readonly subject: string;
  },
): Promise<boolean> {
  const rows = await transaction
    .insert(externalIdentities)
    .values({ ...values, boundAt: sql`now()` as unknown as Date })
    .onConflictDoNothing({ target: [externalIdentities.accountId, externalIdentities.authenticatorId] })
    .returning({ id: externalIdentities.accountId });
  return rows.length === 1;
}

/** Whether an address is somebody's here, by its key. */
export async function isEmailTaken(transaction: OrganisationTransaction, emailKey: string): Promise<boolean> {
  const rows = await transaction.select({ id: accounts.id }).from(accounts).where(eq(accounts.emailKey, emailKey));
  return rows.length > 0;
}

/** An active account on an external authenticator, made at its first sign-in (AUTH-8). @returns its id */
export async function insertVouched(
  transaction: OrganisationTransaction,
  values: typeof accounts.$inferInsert,
): Promise<string> {
  const [row] = await transaction.insert(accounts).values(values).returning({ id: accounts.id });
  return row!.id;
}

/** Who was typed in an attempt; null: the attempt is gone. */
export async function findTyped(
  transaction: OrganisationTransaction,
  attemptId: string,
): Promise<{ accountId: string | null; identifier: string } | null> {
  const [row] = await transaction
    .select({ accountId: signInAttempts.accountId, identifier: signInAttempts.identifier })
    .from(signInAttempts)
    .where(eq(signInAttempts.id, attemptId));
  return row ?? null;
}

/** Whoever holds an open session. */
export async function findSessionHolder(
  transaction: OrganisationTransaction,
  sessionId: string,
): Promise<string | null> {
  const [row] = await transaction
    .select({ accountId: sessions.accountId })
    .from(sessions)
    .where(and(eq(sessions.id, sessionId), gt(sessions.absoluteUntil, sql`now()`)));
  return row?.accountId ?? null;
}

/** What is known of an account at an authenticator's provider. */
export async function findOwnIdentity(
  transaction: OrganisationTransaction,
  key: { readonly accountId: string; readonly authenticatorId: string },
): Promise<{ expected: string | null; subject: string | null } | null> {
  const [row] = await transaction
    .select({ expected: externalIdentities.expected, subject: externalIdentities.subject })
    .from(externalIdentities)
    .where(
      and(eq(externalIdentities.accountId, key.accountId), eq(externalIdentities.authenticatorId, key.authenticatorId)),
    );
  return row ?? null;
}

/** Whether the organisation says that this authenticator owns an e-mail domain. */
export async function ownsDomain(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  domain: string,
): Promise<boolean> {
  const rows = await transaction
    .select({ domain: authenticatorDomains.domain })
    .from(authenticatorDomains)
    .where(and(eq(authenticatorDomains.authenticatorId, authenticatorId), eq(authenticatorDomains.domain, domain)));
  return rows.length > 0;
}

/** What ends a session at its provider; null: no provider opened it. */
export async function findProviderSession(
  transaction: OrganisationTransaction,
  sessionId: string,
): Promise<{
  id: string;
  authenticatorId: string;
  providerSession: string | null;
  tokensSealed: Buffer | null;
} | null> {
  const [row] = await transaction
    .select({
      id: externalSessions.id,
      authenticatorId: externalSessions.authenticatorId,
      providerSession: externalSessions.providerSession,
      tokensSealed: externalSessions.tokensSealed,
    })
    .from(externalSessions)
    .where(eq(externalSessions.sessionId, sessionId));
  return row ?? null;
}

export interface NewSignOut {
  readonly id: string;
  readonly organisationId: string;
  readonly authenticatorId: string;
  readonly ticketHash: Buffer;
  readonly stateHash: Buffer;
  readonly providerSession: string | null;
  readonly tokensSealed: Buffer | null;
  /** There are tokens to take back. */
  readonly revokes: boolean;
}

export async function insertSignOut(
  transaction: OrganisationTransaction,
  { revokes, ...values }: NewSignOut,
): Promise<void> {
  const expiresAt = sql`now() + make_interval(mins => ${FLOW_LIFETIME_MINUTES})` as unknown as Date;
  const revokeAt = revokes ? (sql`now()` as unknown as Date) : null;
  await transaction.insert(providerSignOuts).values({ ...values, expiresAt, revokeAt });
}

export interface StoredSignOut {
  readonly id: string;
  readonly authenticatorId: string;
  readonly providerSession: string | null;
  readonly tokensSealed: Buffer | null;
}

const signOut = {
  id: providerSignOuts.id,
  authenticatorId: providerSignOuts.authenticatorId,
  providerSession: providerSignOuts.providerSession,
  tokensSealed: providerSignOuts.tokensSealed,
};

/** The browser of this sign-out has not left for the provider yet, and still may. */
const isWaiting = (ticketHash: Buffer) =>
  and(
    eq(providerSignOuts.ticketHash, ticketHash),
    isNull(providerSignOuts.leftAt),
    gt(providerSignOuts.expiresAt, sql`now()`),
  );

/** A sign-out by the ticket with which the browser is to leave; it is not used up. */
export async function findSignOut(
  transaction: OrganisationTransaction,
  ticketHash: Buffer,
): Promise<StoredSignOut | null> {
  const [row] = await transaction.select(signOut).from(providerSignOuts).where(isWaiting(ticketHash));
  return row ?? null;
}

/** Leads to the provider once. */
export async function takeSignOut(
  transaction: OrganisationTransaction,
  ticketHash: Buffer,
): Promise<StoredSignOut | null> {
  const [row] = await transaction
    .update(providerSignOuts)
    .set({ leftAt: sql`now()` })
    .where(isWaiting(ticketHash))
    .returning(signOut);
  return row ?? null;
}

/** The authenticator whose provider sends a browser back with this state. */
export async function findReturn(transaction: OrganisationTransaction, stateHash: Buffer): Promise<string | null> {
  const [row] = await transaction
    .select({ authenticatorId: providerSignOuts.authenticatorId })
    .from(providerSignOuts)
    .where(and(eq(providerSignOuts.stateHash, stateHash), isNotNull(providerSignOuts.leftAt)));
  return row?.authenticatorId ?? null;
}

/** Sign-outs of any organisation whose tokens are due, in this instance's hands for a while. */
export async function claimSignOuts(most: number): Promise<readonly { id: string; organisationId: string }[]> {
  const rows = await withDeadline(
    async () => pool().sql<{ id: string; organisation_id: string }[]>`select * from claim_sign_outs(${most})`,
  );
  return rows.map(({ id, organisation_id }) => ({ id, organisationId: organisation_id }));
}

export async function loadSignOut(transaction: OrganisationTransaction, id: string): Promise<StoredSignOut | null> {
  const [row] = await transaction.select(signOut).from(providerSignOuts).where(eq(providerSignOuts.id, id));
  return row ?? null;
}

/** The tokens were taken back: nothing is left to be done with them. */
export async function markRevoked(transaction: OrganisationTransaction, id: string): Promise<void> {
  await transaction.update(providerSignOuts).set({ revokeAt: null }).where(eq(providerSignOuts.id, id));
}

/** Keeps what a provider said that only resembled what is expected: shown to administrators, and to nobody else. */
export async function noteNear(
  transaction: OrganisationTransaction,
  key: { readonly accountId: string; readonly authenticatorId: string },
  said: string,
): Promise<void> {
  await transaction
    .update(externalIdentities)
    .set({ nearSaid: said.slice(0, 700), nearAt: sql`now()` as unknown as Date })
    .where(
      and(eq(externalIdentities.accountId, key.accountId), eq(externalIdentities.authenticatorId, key.authenticatorId)),
    );
}

/** External authenticators in force by name, with when this account was bound at each. */
export async function listOwnIdentities(
  transaction: OrganisationTransaction,
  accountId: string,
): Promise<{ id: string; name: string; boundAt: Date | null }[]> {
  return transaction
    .select({ id: authenticators.id, name: authenticators.name, boundAt: externalIdentities.boundAt })
    .from(authenticators)
    .leftJoin(
      externalIdentities,
      and(eq(externalIdentities.authenticatorId, authenticators.id), eq(externalIdentities.accountId, accountId)),
    )
    .where(and(authenticators.active, ne(authenticators.type, 'system')))
    .orderBy(authenticators.name);
}
