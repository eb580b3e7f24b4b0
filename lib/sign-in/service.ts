import type { Arrival, RequestOrigin, Visitor } from '@/lib/actors/model';
import { holdAccounts } from '@/lib/accounts/store';
import { identifierKey } from '@/lib/accounts/text';
import type { AuditEntry } from '@/lib/audit/model';
import { recordEvent, recordOnceAMinute } from '@/lib/audit/store';
import { pepper } from '@/lib/crypto/keys';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { inOrganisation, undone, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { lastly, pipelined } from '@/lib/db/pipelined';
import { endDeviceTrust, findFamiliarDevice } from '@/lib/devices/store';
import { holdDevice } from '@/lib/device-approval/waiting';
import { hashRecoveryCode, normaliseRecoveryCode } from '@/lib/factors/recovery-codes';
import type { RefusedPage } from '@/lib/external/model';
import { keepProviderSession } from '@/lib/external/provider-session';
import { RECOVERY_CODES_LOW } from '@/lib/factors/model';
import { consumeRecoveryCode, listCodeFactors } from '@/lib/factors/store';
import { cleanCode } from '@/lib/factors/totp';
import { usableOf, verifyTypedCode } from '@/lib/factors/verify';
import { notifyOwner } from '@/lib/mail/outbox';
import { addressBucket, parseAddress } from '@/lib/network/address';
import { optionFacts, settingsOf, type Settings } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import { inOrganisationAt } from '@/lib/organisations/store';
import { hashPassCode, normalisePassCode } from '@/lib/passes/pass-code';
import { consumePass } from '@/lib/passes/store';
import type { RequestOptions } from '@/lib/passkeys/ceremony';
import { offerAssertion, verifyPasskey } from '@/lib/passkeys/service';
import { needsRehash, hashPassword, verifyPassword } from '@/lib/passwords/hash';
import { approvePassword, findChoice, keepPassword, type PasswordChoice } from '@/lib/passwords/choosing';
import type { PasswordRequirements } from '@/lib/passwords/rules';
import { holdPassword, storePasswordHash } from '@/lib/passwords/store';
import { decide, NO_PROOFS, replacementOf, type Decision, type Facts } from '@/lib/policy/decision';
import { answerOpenRequest } from '@/lib/reset-requests/store';
import { Refusal, type RefusalCode, type RefusalDetails } from '@/lib/refusals';
import { createSession } from '@/lib/sessions/service';
import { deleteSessions } from '@/lib/sessions/store';
import { claimTry, clearTries, type ThrottleSubject } from '@/lib/throttle/store';
import { ENROLMENT_LIFETIME_MINUTES, STEP_LIFETIME_MINUTES, type AttemptView, type StepOutcome } from './model';
import * as store from './store';

/** The pages of signing in, each at its own address. */
export function signInPath(slug: string, step: AttemptView['step'] | 'start'): string {
  const base = `/${slug}/sign-in`;
  switch (step) {
    case 'start':
      return base;
    case 'redirect':
      return `${base}/provider`;
    case 'blocked':
      return `${base}/refused`;
    case 'waiting':
      return `${base}/waiting`;
    case 'password':
      return `${base}/password`;
    case 'challenge':
      return `${base}/verify`;
    case 'enrol':
      return `${base}/enrol`;
    case 'change-password':
      return `${base}/new-password`;
    case 'signed-in':
      return `/${slug}`;
  }
}

/** Where a decision stands among the pages: a browser that waits, or that was revoked, is told so on its own (LOC-6). */
function stepOf({ step, reasons }: Decision): AttemptView['step'] {
  return step === 'blocked' && isAgainstDevice(reasons) ? 'waiting' : step;
}

const isAgainstDevice = (reasons: Decision['reasons']) =>
  reasons.includes('device.waiting') || reasons.includes('device.revoked');

/** The browser of an attempt, where the account signs in with it: neither one that waits nor a revoked one. */
function knownDevice({ deviceId, facts }: store.LoadedAttempt): string | null {
  return facts.device.approvedAt !== null && facts.device.revokedAt === null ? deviceId : null;
}

function factsOf(attempt: store.LoadedAttempt, settings: Settings, origin: Pick<RequestOrigin, 'address'>): Facts {
  const kind = attempt.facts.account?.kind ?? 'parent';
  const person = { accountId: attempt.accountId ?? '', kind, authenticatorId: attempt.authenticatorId ?? '' };
  return {
    ...attempt.facts,
    options: optionFacts(settings, kind),
    network: settings.places.factsFor(person, parseAddress(origin.address), 'sign-in'),
  };
}

function keysOf(visitor: Pick<Visitor, 'browserToken' | 'deviceToken'>): store.BrowserKeys {
  return {
    // A browser without a cookie has the key of none, so both kinds of visitor ask the same question.
    browserHash: hashToken(visitor.browserToken ?? ''),
    deviceHash: visitor.deviceToken === null ? null : hashToken(visitor.deviceToken),
  };
}

async function loadAttempt(
  transaction: OrganisationTransaction,
  visitor: Arrival,
  id: string,
): Promise<store.LoadedAttempt | null> {
  return store.findAttempt(transaction, visitor.organisation.slug, keysOf(visitor), id);
}

/** Whose budget of tries a step takes from: a browser the account knows has its own (SIGN-4). */
function subjectsOf(visitor: Arrival, attempt: store.LoadedAttempt): ThrottleSubject[] {
  const deviceId = knownDevice(attempt);
  if (deviceId !== null) return [{ kind: 'device', deviceId }];
  const person: ThrottleSubject =
    attempt.accountId === null
      ? { kind: 'unknown', identifier: identifierKey(attempt.identifier) }
      : { kind: 'account', accountId: attempt.accountId };
  return [person, addressSubject(visitor.origin)];
}

function addressSubject({ address: seen }: Pick<RequestOrigin, 'address'>): ThrottleSubject {
  const address = parseAddress(seen);
  return { kind: 'address', bucket: address === null ? 'unknown' : addressBucket(address) };
}

/** A success also clears what others failed at from elsewhere, once the owner comes with a browser that is known. */
function subjectsToClear(attempt: store.LoadedAttempt, claimed: readonly ThrottleSubject[]): ThrottleSubject[] {
  if (knownDevice(attempt) === null || attempt.accountId === null) return [...claimed];
  return [...claimed, { kind: 'account', accountId: attempt.accountId }];
}

/** The attempt under way in this browser; null: none, or it ran out. */
export async function findCurrentAttempt(visitor: Visitor): Promise<AttemptView | null> {
  return (await findAttemptAt(visitor.organisation.slug, visitor))?.attempt ?? null;
}

/**
 * The organisation behind a slug with the attempt under way in this browser, for the pages; `attempt` is null where there
 * is none, or it ran out.
 */
export async function findAttemptAt(
  slug: string,
  visitor: Pick<Visitor, 'browserToken' | 'deviceToken' | 'origin'>,
): Promise<{ organisation: Organisation; attempt: AttemptView | null } | null> {
  const found = await store.findOrganisationAndAttempt(slug, keysOf(visitor));
  if (found === null) return null;
  const { organisation, attempt, factors } = found;
  if (attempt === null) return { organisation, attempt: null };
  const settings = await settingsOf(organisation);
  const decision = decide(factsOf(attempt, settings, visitor.origin));
  const { passwordAt, externalAt } = attempt.facts.proofs;
  const proved = attempt.accountId !== null && (passwordAt !== null || externalAt !== null);
  return {
    organisation,
    attempt: {
      id: attempt.id,
      identifier: attempt.identifier,
      step: stepOf(decision),
      person: proved
        ? {
            accountId: attempt.accountId!,
            email: attempt.email,
            firstName: attempt.firstName,
            allowedKinds: attempt.facts.authenticator.factorKinds,
            factorProved: attempt.facts.proofs.factorAt !== null,
            factors: usableOf(factors),
            recoveryCodesLeft: attempt.recoveryCodesLeft,
            postponableUntil: decision.step === 'enrol' ? decision.postponableUntil : null,
            replaces: replacementOf(attempt.facts.account?.factorKinds ?? [], attempt.facts.authenticator.factorKinds),
            rememberDeviceDays: settings.options.mfaRememberDeviceDays,
          }
        : null,
    },
  };
}

/**
 * Takes one from the budget of names that may be typed (SIGN-4): of a browser that somebody here signs in with its own, so
 * that a room that shares an address keeps nobody from its own tablet; of any other, that of its address.
 *
 * @returns 0, or the seconds to wait
 */
async function claimIdentifying(
  transaction: OrganisationTransaction,
  { deviceToken, origin }: Arrival,
): Promise<number> {
  const deviceId = deviceToken === null ? null : await findFamiliarDevice(transaction, hashToken(deviceToken));
  return claimTry(transaction, 'identify', [deviceId === null ? addressSubject(origin) : { kind: 'device', deviceId }]);
}

/**
 * Begins an attempt for an identifier. A known and an unknown one take the same statements and the same way (SIGN-1).
 *
 * @throws {Refusal} `identify.throttled` (with `seconds`)
 */
export async function startAttempt(
  arrival: Arrival,
  input: { identifier: string; returnPath: string | null },
): Promise<StepOutcome> {
  const browserToken = arrival.browserToken ?? newToken();
  const first = (transaction: OrganisationTransaction) =>
    pipelined([claimIdentifying(transaction, arrival), store.findWay(transaction, identifierKey(input.identifier))]);
  const begun = await inOrganisationAt(
    arrival,
    first,
    async (transaction, visitor, found): Promise<Verdict<string>> => {
      const [seconds, { accountId, authenticatorId }] = found;
      if (seconds > 0) {
        await recordOnceAMinute(transaction, visitor, {
          action: 'sign-in.identify',
          outcome: 'refused',
          reason: 'throttled',
        });
        return { refusal: { code: 'identify.throttled', details: { seconds } } };
      }
      await lastly(transaction, [
        store.insertAttempt(transaction, {
          organisationId: visitor.organisation.id,
          browserHash: hashToken(browserToken),
          accountId,
          authenticatorId,
          identifier: input.identifier,
          returnPath: input.returnPath,
          lifetimeMinutes: STEP_LIFETIME_MINUTES,
        }),
        recordEvent(transaction, visitor, { action: 'sign-in.identify', outcome: 'success', subjectId: accountId }),
      ]);
      return { value: signInPath(visitor.organisation.slug, authenticatorId === null ? 'password' : 'redirect') };
    },
  );
  return { next: settle(begun), browserToken };
}

export type Verdict<T> = { refusal: { code: RefusalCode; details?: RefusalDetails } } | { value: T };

/** A refusal that must be written down first: it is thrown once the transaction that recorded it has committed. */
function settle<T>(verdict: Verdict<T>): T {
  if ('refusal' in verdict) throw new Refusal(verdict.refusal.code, verdict.refusal.details);
  return verdict.value;
}

/** A try for which somebody has to wait: nothing of what was begun with it is kept, but that it was made. */
class Throttled extends Refusal {
  constructor(
    code: 'sign-in.throttled' | 'code.throttled',
    seconds: number,
    readonly visitor: Visitor,
    readonly event: Pick<AuditEntry, 'action' | 'subjectId'>,
    /** Whose budget had one try left where two codes were typed: it is counted all the same. */
    readonly counted: readonly ThrottleSubject[] | null = null,
  ) {
    super(code, { seconds });
  }
}

/** Writes down by itself that a try had to wait. */
async function noteThrottled<T>(tried: Promise<T>): Promise<T> {
  try {
    return await tried;
  } catch (error) {
    if (error instanceof Throttled) {
      const { visitor, event, counted } = error;
      await inOrganisation(visitor, (transaction) =>
        lastly(transaction, [
          counted === null ? null : claimTry(transaction, 'code', counted),
          recordEvent(transaction, visitor, { ...event, outcome: 'refused', reason: 'throttled' }),
        ]),
      );
    }
    throw error;
  }
}

/**
 * The password step. Wrong, unknown, suspended and throttled give one sentence and take one time; the try is counted
 * before the hash is looked at.
 *
 * @throws {Refusal} `sign-in.expired`, `sign-in.wrong-password`, `sign-in.throttled` (with `seconds`), `server.busy`
 */
export async function submitPassword(
  arrival: Arrival,
  input: { attempt: string; password: string },
): Promise<StepOutcome> {
  const { visitor, attempt, subjects } = await noteThrottled(
    inOrganisationAt(
      arrival,
      (transaction) => loadAttempt(transaction, arrival, input.attempt),
      async (transaction, visitor, found) => {
        if (found === null) throw new Refusal('sign-in.expired');
        const subjects = subjectsOf(visitor, found);
        const [wait] = await lastly(transaction, [claimTry(transaction, 'password', subjects)]);
        const event = { action: 'sign-in.password', subjectId: found.accountId } as const;
        if (wait > 0) throw new Throttled('sign-in.throttled', wait, visitor, event);
        return { visitor, attempt: found, subjects };
      },
    ),
  );
  const settings = await settingsOf(visitor.organisation);

  // Outside the transaction: hashing takes its time, and a connection is dear.
  const fits = await verifyPassword(attempt.passwordHash, input.password);
  const { account, authenticator } = attempt.facts;
  const allowed = account?.status === 'active' && authenticator.active && authenticator.type === 'system';
  const renewed = fits && allowed && needsRehash(attempt.passwordHash!) ? await hashPassword(input.password) : null;

  const ended = inOrganisation(visitor, async (transaction): Promise<Verdict<StepOutcome>> => {
    if (!fits || !allowed) {
      await recordEvent(transaction, visitor, {
        action: 'sign-in.password',
        outcome: 'failure',
        reason: !fits ? (account === null ? 'unknown' : 'wrong') : 'not-allowed',
        subjectId: attempt.accountId,
      });
      return { refusal: { code: 'sign-in.wrong-password' } };
    }
    const accountId = attempt.accountId!;
    const before = factsOf(attempt, settings, visitor.origin);
    const facts: Facts = { ...before, proofs: { ...NO_PROOFS, passwordAt: before.now } };
    const decision = decide(facts);
    const { browserHash } = keysOf(visitor);
    // A new name for the browser at each step up: whoever knew the old one is left with nothing.
    const browserToken = newToken();
    const proving = pipelined([
      holdAccounts(transaction, [accountId]),
      holdPassword(transaction, accountId),
      store.holdBrowser(transaction, browserHash),
      store.markPasswordVerified(
        transaction,
        attempt.id,
        { accountId, passwordHash: attempt.passwordHash! },
        STEP_LIFETIME_MINUTES,
      ),
      store.renameBrowser(transaction, browserHash, hashToken(browserToken)),
      clearTries(transaction, 'password', subjectsToClear(attempt, subjects)),
      renewed === null ? null : storePasswordHash(transaction, accountId, attempt.passwordHash!, renewed),
    ]);
    const leadingOn = pipelined([
      decision.step === 'enrol' ? store.extendAttempt(transaction, attempt.id, ENROLMENT_LIFETIME_MINUTES) : null,
      recordEvent(transaction, visitor, {
        action: 'sign-in.password',
        outcome: 'success',
        subjectId: accountId,
        details: { before: decide(before).step, next: decision.step, reasons: decision.reasons },
      }),
      proceed(transaction, visitor, attempt, facts, decision, settings, false),
    ]);
    const [[, , , proved], [, , outcome]] = await pipelined([proving, leadingOn]);
    // Thrown here, inside: what left beside it is not kept.
    if (!proved) throw new Refusal('sign-in.expired');
    return 'refusal' in outcome ? outcome : { value: { ...outcome.value, browserToken } };
  });
  return settle(
    await ended.catch((error: unknown) => {
      // The account was removed between the two transactions: what the session would point at is gone.
      if (error instanceof Refusal && error.code === 'not-found')
        throw new Refusal('sign-in.expired', {}, { cause: error });
      throw error;
    }),
  );
}

/**
 * After a proof: a session where the decision says so, else the page of the next step.
 *
 * @throws {Refusal} `sign-in.expired`: the attempt was used up or ran out meanwhile, and nothing of the act is kept
 */
async function proceed(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  attempt: store.LoadedAttempt,
  facts: Facts,
  decision: Decision,
  settings: Settings,
  trustDevice: boolean,
): Promise<Verdict<StepOutcome>> {
  const { slug } = visitor.organisation;
  if (decision.step === 'blocked' && isAgainstDevice(decision.reasons)) {
    if (!(await store.consumeAttempt(transaction, attempt.id))) return { refusal: { code: 'sign-in.expired' } };
    const deviceToken = await holdDevice(transaction, visitor, {
      accountId: attempt.accountId!,
      reason: decision.reasons[0]!,
      at: facts.now,
    });
    // The support code of this very act, by which an administrator finds it in the audit.
    const code = visitor.origin.requestId.slice(0, 8);
    return { value: { next: `${signInPath(slug, 'waiting')}?code=${code}`, deviceToken } };
  }
  if (decision.step === 'blocked' && !decision.reasons.includes('network.outside')) {
    // The provider's word was not enough (MFA-7), or something was closed in this very moment.
    await store.consumeAttempt(transaction, attempt.id);
    const reason = decision.reasons[0]!;
    const { accountId: subjectId, authenticatorId: authenticator } = attempt;
    await recordEvent(transaction, visitor, {
      action: 'external.refuse',
      outcome: 'refused',
      reason,
      subjectId,
      details: { authenticator },
    });
    const page = reason === 'mfa.provider-lacks' ? 'mfa' : 'no-account';
    return { value: { next: providerRefusedPath(visitor, page, authenticator) } };
  }
  if (decision.step === 'blocked') {
    // The right password from a wrong place: told at once, and nothing of it is left to go on with.
    await store.consumeAttempt(transaction, attempt.id);
    await recordEvent(transaction, visitor, {
      action: 'filter.refuse',
      outcome: 'refused',
      reason: decision.reasons[0]!,
      subjectId: attempt.accountId,
    });
    return { value: { next: signInPath(slug, 'blocked') } };
  }
  if (decision.step !== 'signed-in') {
    if (facts.proofs.factorAt !== null) {
      await store.markFactorVerified(transaction, attempt.id, facts.proofs.factorAt);
    }
    if (attempt.passId !== null) await store.markPassUsed(transaction, attempt.id, attempt.passId);
    return { value: { next: signInPath(slug, decision.step) } };
  }
  const [used, session] = await pipelined([
    store.consumeAttempt(transaction, attempt.id),
    createSession(transaction, visitor, decision, {
      accountId: attempt.accountId!,
      authenticatorId: attempt.authenticatorId,
      facts,
      settings,
      trustDevice,
      passId: attempt.passId,
    }),
  ]);
  // Thrown here, inside: with the attempt stands and falls the session.
  if (!used) throw new Refusal('sign-in.expired');
  if (facts.proofs.externalAt !== null) {
    const way = { attemptId: attempt.id, sessionId: session.id };
    await keepProviderSession(transaction, visitor.organisation.id, way);
  }
  return { value: { next: attempt.returnPath ?? `/${slug}`, session } };
}

/**
 * Leads somebody on for whom a provider has vouched, in the transaction that found out who it is: as after the password
 * step, so that only the decision opens a session (docs/decisions/010-external-sign-in.md). Null where the account, the
 * authenticator or the attempt closed meanwhile.
 *
 * @param vouched.attemptId the sign-in that the browser was sent to the provider from; null: the provider began it
 */
export async function continueWithProvider(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  settings: Settings,
  vouched: {
    readonly attemptId: string | null;
    readonly accountId: string;
    readonly authenticatorId: string;
    readonly identifier: string;
    readonly factorShown: boolean;
  },
  /** Called with the attempt, before it can lead to a session. */
  held: (attemptId: string) => Promise<void>,
): Promise<Verdict<StepOutcome> | null> {
  const browserToken = newToken();
  const browserHash = hashToken(browserToken);
  const renamed = { ...visitor, browserToken };
  const id =
    vouched.attemptId ??
    (await store.insertAttempt(transaction, {
      organisationId: visitor.organisation.id,
      browserHash,
      accountId: vouched.accountId,
      identifier: vouched.identifier,
      returnPath: null,
      lifetimeMinutes: STEP_LIFETIME_MINUTES,
    }));
  const before = keysOf(visitor).browserHash;
  const [, , marked] = await pipelined([
    holdAccounts(transaction, [vouched.accountId]),
    store.holdBrowser(transaction, before),
    store.markExternallyVerified(transaction, id, vouched, STEP_LIFETIME_MINUTES),
  ]);
  if (!marked) return null;
  // A new name for the browser at each step up: whoever knew the old one is left with nothing.
  await store.renameBrowser(transaction, before, browserHash);
  const attempt = await loadAttempt(transaction, renamed, id);
  if (attempt === null) return null;
  await held(id);
  const facts = factsOf(attempt, settings, visitor.origin);
  const decision = decide(facts);
  if (decision.step === 'enrol') await store.extendAttempt(transaction, id, ENROLMENT_LIFETIME_MINUTES);
  const outcome = await proceed(transaction, renamed, attempt, facts, decision, settings, false);
  return 'refusal' in outcome ? outcome : { value: { ...outcome.value, browserToken } };
}

/**
 * Begins the sign-in of somebody who came by a link and whose provider is to vouch for them (ACC-3): as if they had typed
 * their address. Nothing else is proved by it.
 */
export async function startWithProvider(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  person: { readonly id: string; readonly email: string; readonly authenticatorId: string },
): Promise<StepOutcome> {
  const browserToken = visitor.browserToken ?? newToken();
  await store.insertAttempt(transaction, {
    organisationId: visitor.organisation.id,
    browserHash: hashToken(browserToken),
    accountId: person.id,
    authenticatorId: person.authenticatorId,
    identifier: person.email,
    returnPath: null,
    lifetimeMinutes: STEP_LIFETIME_MINUTES,
  });
  return { next: signInPath(visitor.organisation.slug, 'redirect'), browserToken };
}

/** The page of a way to a provider that ended at no session; the support code is that of this very act. */
export function providerRefusedPath(
  { organisation, origin }: Pick<Visitor, 'organisation' | 'origin'>,
  page: RefusedPage,
  authenticatorId: string | null,
): string {
  const base = `${signInPath(organisation.slug, 'redirect')}/refused?why=${page}&code=${origin.requestId.slice(0, 8)}`;
  return authenticatorId === null ? base : `${base}&at=${authenticatorId}`;
}

/** An attempt whose password was proved and that still waits for a second factor. */
async function loadChallenge(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  id: string,
  settings: Settings,
): Promise<store.LoadedAttempt | null> {
  const attempt = await loadAttempt(transaction, visitor, id);
  return attempt !== null && waitsForFactor(attempt, settings, visitor.origin) ? attempt : null;
}

const waitsForFactor = (attempt: store.LoadedAttempt, settings: Settings, origin: RequestOrigin) =>
  decide(factsOf(attempt, settings, origin)).step === 'challenge';

/**
 * Whoever typed the right password in this browser and now waits for a code; `deviceId` where the account knows the
 * browser. Null: there is no such attempt.
 */
export async function loadChallengedPerson(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  attemptId: string,
  settings: Settings,
): Promise<{ accountId: string; deviceId: string | null } | null> {
  const attempt = await loadChallenge(transaction, visitor, attemptId, settings);
  return attempt === null ? null : { accountId: attempt.accountId!, deviceId: knownDevice(attempt) };
}

/** What was compared fits, as the factor itself, or as a pass in its place; or it doesn't. */
type FactorVerdict =
  { ok: true; pass?: { id: string; validUntil: Date } } | { ok: false; code: RefusalCode; details?: RefusalDetails };

/**
 * Whether what is typed only has to fit and is not used up: it would lead to a browser that waits (LOC-6), and nobody is
 * to lose a recovery code or a pass, of which there are few, for nothing. An app has its next code in half a minute, and a
 * passkey serves as often as it is asked.
 */
function keepsCode(action: FactorAction, facts: Facts): boolean {
  if (action === 'sign-in.code' || action === 'sign-in.passkey') return false;
  const proved: Facts = { ...facts, proofs: { ...facts.proofs, factorAt: facts.now } };
  return isAgainstDevice(decide(proved).reasons);
}

type FactorAction = 'sign-in.code' | 'sign-in.passkey' | 'sign-in.recovery-code' | 'sign-in.pass';

interface FactorTry<R> {
  readonly action: FactorAction;
  readonly trustDevice: boolean;
  /** Codes that were typed at once; each counts. */
  readonly tries: 1 | 2;
  /** Reads what is compared with, in the round trip in which the try is counted. */
  readonly read: (transaction: OrganisationTransaction, accountId: string) => Promise<R>;
  /** Compares, and uses up what fits: only once the try was counted (SIGN-4). */
  readonly compare: (
    transaction: OrganisationTransaction,
    visitor: Visitor,
    attempt: store.LoadedAttempt,
    read: R,
  ) => Promise<FactorVerdict>;
}

const readNothing = () => Promise.resolve(null);

/**
 * One try at the second factor: counted first, in the account's and the attempt's budget, then compared and used up, all
 * in one transaction whose row locks put parallel tries in a row.
 */
async function tryFactor<R>(
  arrival: Arrival,
  attemptId: string,
  { action, trustDevice, tries, read, compare }: FactorTry<R>,
): Promise<StepOutcome> {
  const first = (transaction: OrganisationTransaction) => loadAttempt(transaction, arrival, attemptId);
  return settle(
    await noteThrottled(
      inOrganisationAt(arrival, first, async (transaction, visitor, attempt): Promise<Verdict<StepOutcome>> => {
        const settings = await settingsOf(visitor.organisation, transaction);
        if (attempt === null || !waitsForFactor(attempt, settings, visitor.origin))
          return { refusal: { code: 'sign-in.expired' } };
        const accountId = attempt.accountId!;
        const subjects = subjectsOf(visitor, attempt);
        const [, wait, waitAgain, counted, found] = await pipelined([
          holdAccounts(transaction, [accountId]),
          claimTry(transaction, 'code', subjects),
          tries === 2 ? claimTry(transaction, 'code', subjects) : 0,
          store.claimCodeTries(transaction, attempt.id, tries),
          read(transaction, accountId),
        ]);
        const seconds = Math.max(wait, waitAgain);
        if (seconds > 0) {
          const event = { action, subjectId: accountId };
          throw new Throttled('code.throttled', seconds, visitor, event, wait === 0 ? subjects : null);
        }
        if (!counted) {
          // Used up by the same form sent twice: nobody has tried too often.
          if ((await loadAttempt(transaction, visitor, attemptId)) === null)
            return { refusal: { code: 'sign-in.expired' } };
          await store.forgetFirstProof(transaction, attempt.id);
          await recordEvent(transaction, visitor, {
            action,
            outcome: 'refused',
            reason: 'too-many',
            subjectId: accountId,
          });
          return { refusal: { code: 'sign-in.too-many-codes' } };
        }
        const facts = factsOf(attempt, settings, visitor.origin);
        const kept = keepsCode(action, facts);
        const compared = await (kept
          ? undone(transaction, (inner) => compare(inner, visitor, attempt, found))
          : compare(transaction, visitor, attempt, found));
        if (!compared.ok) {
          await recordEvent(transaction, visitor, {
            action,
            outcome: 'failure',
            reason: compared.code,
            subjectId: accountId,
          });
          return { refusal: { code: compared.code, details: compared.details } };
        }
        const { pass } = compared;
        const proofs = pass === undefined ? { factorAt: facts.now } : { passUntil: pass.validUntil };
        const proved: Facts = { ...facts, proofs: { ...facts.proofs, ...proofs } };
        const reached = { ...attempt, passId: pass?.id ?? null };
        const [, , , outcome] = await pipelined([
          answerOpenRequest(transaction, accountId, 'closed', null),
          clearTries(transaction, 'code', subjectsToClear(attempt, subjects)),
          recordEvent(transaction, visitor, {
            action,
            outcome: 'success',
            subjectId: accountId,
            details: kept ? { kept } : {},
          }),
          proceed(transaction, visitor, reached, proved, decide(proved), settings, trustDevice),
        ]);
        return outcome;
      }),
    ),
  );
}

/**
 * The code step. Where a token ran too far ahead, two codes in a row find it again, and count as two tries (ENROL-8).
 *
 * @throws {Refusal} `code.wrong`, `code.reused`, `code.clock-late`/`code.clock-ahead` (with `minutes`), `code.throttled`
 * (with `seconds`), `sign-in.too-many-codes`, `sign-in.expired`
 */
export async function submitCode(
  arrival: Arrival,
  input: { attempt: string; code: string; following?: string | null; trustDevice: boolean },
): Promise<StepOutcome> {
  const { code, following = null } = input;
  // What can't be a code is no guess: it is refused without costing a tired person one of her tries.
  if (cleanCode(code) === null || (following !== null && cleanCode(following) === null))
    throw new Refusal('code.wrong');
  return tryFactor(arrival, input.attempt, {
    action: 'sign-in.code',
    trustDevice: input.trustDevice,
    tries: following === null ? 1 : 2,
    read: listCodeFactors,
    compare: (transaction, _visitor, { accountId, facts }, factors) =>
      verifyTypedCode(transaction, accountId!, factors, { code, following }, facts.now),
  });
}

/**
 * What a browser needs to use a passkey in the code's place (ENROL-9). Asking costs no try: whoever closes the browser's
 * window has tried nothing.
 *
 * @throws {Refusal} `sign-in.expired`, `passkey.none`, `passkey.unavailable`
 */
export async function offerPasskey(visitor: Visitor, attemptId: string): Promise<RequestOptions> {
  const settings = await settingsOf(visitor.organisation);
  return inOrganisation(visitor, async (transaction) => {
    const attempt = await loadChallenge(transaction, visitor, attemptId, settings);
    if (attempt === null) throw new Refusal('sign-in.expired');
    return offerAssertion(transaction, visitor, { accountId: attempt.accountId!, anchor: { attemptId } });
  });
}

/**
 * The passkey step: a browser's answer to {@link offerPasskey}. It counts as a try at a code does.
 *
 * @throws {Refusal} `passkey.missing`, `passkey.expired`, `passkey.unknown`, `passkey.wrong`, `passkey.cloned`,
 * `code.throttled` (with `seconds`), `sign-in.too-many-codes`, `sign-in.expired`
 */
export async function submitPasskey(
  arrival: Arrival,
  input: { attempt: string; passkey: string; trustDevice: boolean },
): Promise<StepOutcome> {
  // A form without the browser's answer is no guess.
  if (input.passkey === '') throw new Refusal('passkey.missing');
  return tryFactor(arrival, input.attempt, {
    action: 'sign-in.passkey',
    trustDevice: input.trustDevice,
    tries: 1,
    read: readNothing,
    compare: (transaction, visitor, attempt) =>
      verifyPasskey(
        transaction,
        visitor,
        { accountId: attempt.accountId!, anchor: { attemptId: attempt.id } },
        input.passkey,
      ),
  });
}

/**
 * A recovery code stands in for the factor, once (ENROL-7); so does a one-time pass, whose session ends with it and which
 * proves nothing (RESET-3). Their lengths tell them apart.
 *
 * @throws {Refusal} `recovery-code.wrong`, `pass.wrong`, `code.throttled`, `sign-in.too-many-codes`, `sign-in.expired`
 */
export async function submitRecoveryCode(
  arrival: Arrival,
  input: { attempt: string; code: string },
): Promise<StepOutcome> {
  const pass = normalisePassCode(input.code);
  if (pass !== null) return submitPass(arrival, input.attempt, pass);
  const code = normaliseRecoveryCode(input.code);
  if (code === null) throw new Refusal('recovery-code.wrong');
  return tryFactor(arrival, input.attempt, {
    action: 'sign-in.recovery-code',
    trustDevice: false,
    tries: 1,
    read: readNothing,
    compare: async (transaction, visitor, attempt) => {
      const accountId = attempt.accountId!;
      const hash = await hashRecoveryCode({ code, accountId, key: pepper() });
      if (!(await consumeRecoveryCode(transaction, accountId, hash))) return { ok: false, code: 'recovery-code.wrong' };
      const left = attempt.recoveryCodesLeft - 1;
      // Whoever signs in with a card takes a code each time: a letter is worth reading once few are left.
      const expected = attempt.facts.account?.factorKinds.includes('card') && left > RECOVERY_CODES_LOW;
      if (!expected) await notifyOwner(transaction, visitor, accountId, { template: 'recovery-code-used', left });
      return { ok: true };
    },
  });
}

function submitPass(arrival: Arrival, attemptId: string, code: string): Promise<StepOutcome> {
  return tryFactor(arrival, attemptId, {
    action: 'sign-in.pass',
    trustDevice: false,
    tries: 1,
    read: readNothing,
    compare: async (transaction, _visitor, attempt) => {
      const hash = await hashPassCode({ code, accountId: attempt.accountId!, key: pepper() });
      const pass = await consumePass(transaction, attempt.accountId!, hash);
      return pass === null ? { ok: false, code: 'pass.wrong' } : { ok: true, pass };
    },
  });
}

/** Somebody who has proved everything else and must choose a new password before a session begins. */
async function loadForcedChoice(
  visitor: Visitor,
  settings: Settings,
  attemptId: string,
): Promise<{ attempt: store.LoadedAttempt; choice: PasswordChoice } | null> {
  return inOrganisation(visitor, async (transaction) => {
    const attempt = await loadAttempt(transaction, visitor, attemptId);
    if (attempt === null || decide(factsOf(attempt, settings, visitor.origin)).step !== 'change-password') return null;
    const choice = await findChoice(transaction, visitor.organisation, settings, attempt.accountId!);
    return choice === null ? null : { attempt, choice };
  });
}

/**
 * What the page of that step shows: what the password must be, and whether the present one has expired, or somebody
 * demanded another. Null: the attempt stands elsewhere, or no longer.
 */
export async function findForcedChoice(
  visitor: Visitor,
  attemptId: string,
): Promise<{ requirements: PasswordRequirements; expired: boolean } | null> {
  const found = await loadForcedChoice(visitor, await settingsOf(visitor.organisation), attemptId);
  if (found === null) return null;
  return { requirements: found.choice.requirements, expired: !found.choice.chooser.demanded };
}

/**
 * The step for somebody who must choose a new password: an administrator set the present one, or demanded another, or it
 * has expired (AUTH-2).
 *
 * @throws {Refusal} `sign-in.expired`, `password.*`, `code.throttled`, `server.busy`
 */
export async function submitNewPassword(
  visitor: Visitor,
  input: { attempt: string; password: string },
): Promise<StepOutcome> {
  const settings = await settingsOf(visitor.organisation);
  const found = await loadForcedChoice(visitor, settings, input.attempt);
  if (found === null) throw new Refusal('sign-in.expired');
  const { attempt, choice } = found;
  const approved = await approvePassword(visitor, choice, input.password);
  return settle(
    await inOrganisation(visitor, async (transaction): Promise<Verdict<StepOutcome>> => {
      const accountId = attempt.accountId!;
      await pipelined([holdAccounts(transaction, [accountId]), holdPassword(transaction, accountId)]);
      // Used up or ended meanwhile: then whoever did it chose the password that stands.
      if ((await loadAttempt(transaction, visitor, attempt.id)) === null)
        return { refusal: { code: 'sign-in.expired' } };
      await keepPassword(transaction, visitor.organisation, approved);
      await store.deleteAttempts(transaction, accountId, attempt.id);
      await endDeviceTrust(transaction, accountId);
      await deleteSessions(transaction, accountId, 'all');
      await recordEvent(transaction, visitor, {
        action: 'account.password-change',
        outcome: 'success',
        subjectId: accountId,
      });
      await notifyOwner(transaction, visitor, accountId, { template: 'password-changed' });
      const facts = factsOf(attempt, settings, visitor.origin);
      const changed: Facts = { ...facts, account: { ...facts.account!, mustChangePassword: false } };
      // Thrown here, inside: where the attempt was used up or ended meanwhile, the password stays what it was.
      return { value: settle(await proceed(transaction, visitor, attempt, changed, decide(changed), settings, false)) };
    }),
  );
}

/**
 * « Plus tard » within the grace (MFA-4).
 *
 * @throws {Refusal} `sign-in.expired`, or `mfa.mandatory` where the grace is over
 */
export async function postponeEnrolment(visitor: Visitor, attemptId: string): Promise<StepOutcome> {
  const settings = await settingsOf(visitor.organisation);
  return settle(
    await inOrganisation(visitor, async (transaction): Promise<Verdict<StepOutcome>> => {
      const attempt = await loadAttempt(transaction, visitor, attemptId);
      if (attempt === null) return { refusal: { code: 'sign-in.expired' } };
      const facts = factsOf(attempt, settings, visitor.origin);
      const postponed: Facts = { ...facts, enrolmentPostponedAt: facts.now };
      const decision = decide(postponed);
      if (decide(facts).step !== 'enrol' || decision.step !== 'signed-in')
        return { refusal: { code: 'mfa.mandatory' } };
      await holdAccounts(transaction, [attempt.accountId!]);
      await recordEvent(transaction, visitor, {
        action: 'sign-in.enrolment-postponed',
        outcome: 'success',
        subjectId: attempt.accountId,
      });
      return proceed(transaction, visitor, attempt, postponed, decision, settings, false);
    }),
  );
}

/**
 * Ends an attempt whose enrolment was finished: the factor was proved when it was confirmed.
 *
 * @throws {Refusal} `sign-in.expired`
 */
export async function completeAfterEnrolment(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  attemptId: string,
  confirmedAt: Date,
  settings: Settings,
): Promise<StepOutcome> {
  const attempt = await loadAttempt(transaction, visitor, attemptId);
  if (attempt === null) throw new Refusal('sign-in.expired');
  const facts = factsOf(attempt, settings, visitor.origin);
  const proved: Facts = { ...facts, proofs: { ...facts.proofs, factorAt: confirmedAt } };
  return settle(await proceed(transaction, visitor, attempt, proved, decide(proved), settings, false));
}

/**
 * Leads somebody on who chose a password behind the link of a letter (ACC-3, SIGN-6), in the transaction that wrote it: as
 * after the password step, so that only the decision opens a session. Sign-ins under way for the account end; where one of
 * them stood in this browser, it still leads to where the person wanted to go.
 *
 * @throws {Refusal} `sign-in.expired`
 */
export async function continueWithChosenPassword(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  settings: Settings,
  person: { readonly id: string; readonly email: string },
): Promise<StepOutcome> {
  const { organisation } = visitor;
  const keys = keysOf(visitor);
  const earlier = await store.findAttempt(transaction, organisation.slug, keys, null);
  await store.deleteAttempts(transaction, person.id);
  const browserToken = newToken();
  await store.holdBrowser(transaction, keys.browserHash);
  await store.renameBrowser(transaction, keys.browserHash, hashToken(browserToken));
  const renamed = { ...visitor, browserToken };
  const id = await store.insertAttempt(transaction, {
    organisationId: organisation.id,
    browserHash: hashToken(browserToken),
    accountId: person.id,
    identifier: person.email,
    returnPath: earlier?.accountId === person.id ? earlier.returnPath : null,
    lifetimeMinutes: STEP_LIFETIME_MINUTES,
    passwordProved: true,
  });
  const attempt = await loadAttempt(transaction, renamed, id);
  if (attempt === null) throw new Refusal('sign-in.expired');
  const facts = factsOf(attempt, settings, visitor.origin);
  const decision = decide(facts);
  if (decision.step === 'enrol') await store.extendAttempt(transaction, id, ENROLMENT_LIFETIME_MINUTES);
  const outcome = settle(await proceed(transaction, renamed, attempt, facts, decision, settings, false));
  return { ...outcome, browserToken };
}
