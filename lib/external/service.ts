import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Actor, Visitor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { email as emailText, emailKey } from '@/lib/accounts/text';
import type { AuditEntry } from '@/lib/audit/model';
import { recordEvent, recordOnceAMinute } from '@/lib/audit/store';
import type { ProvenIdentity } from '@/lib/authenticators/model';
import { flowAnswerContext, flowRequestContext } from '@/lib/authenticators/sealing';
import { findAuthenticator } from '@/lib/authenticators/store';
import { sealer } from '@/lib/crypto/keys';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { violatesUnique } from '@/lib/db/errors';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import { settingsOf } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import { continueWithProvider, providerRefusedPath, signInPath } from '@/lib/sign-in/service';
import type { StepOutcome } from '@/lib/sign-in/model';
import {
  matchIdentity,
  recordBinding,
  resolveIdentity,
  type Awaited,
  type ExternalAuthenticator,
  type Match,
} from './identity';
import {
  pageOfFault,
  ProviderFault,
  type FaultCode,
  type Flow,
  type FlowAnswer,
  type FlowPurpose,
  type FlowRequest,
} from './model';
import { holdProviderAnswer } from './provider-session';
import * as store from './store';

/** The authenticator behind one of its own URLs, and the organisation that it stands in. */
export async function findDoor(authenticatorId: string): ReturnType<typeof store.findDoor> {
  return store.findDoor(authenticatorId);
}

/** One that speaks to a provider, as it stands at this moment; null: none with this id (or no id at all), or a system one. */
export async function findExternal(
  transaction: OrganisationTransaction,
  id: string,
): Promise<ExternalAuthenticator | null> {
  const found = z.uuid().safeParse(id).success ? await findAuthenticator(transaction, id) : null;
  return found === null || found.type === 'system' ? null : found;
}

const holderOf = (visitor: Pick<Visitor, 'browserToken' | 'sessionToken'>): store.FlowHolder => ({
  browserHash: hashToken(visitor.browserToken ?? ''),
  sessionHash: visitor.sessionToken === null ? null : hashToken(visitor.sessionToken),
});

function flowOf({ requestSealed, id, authenticatorId, purpose, attemptId, sessionId }: store.StoredFlow): Flow {
  const request =
    requestSealed === null
      ? null
      : (JSON.parse(sealer().open(requestSealed, flowRequestContext(id)).toString('utf8')) as FlowRequest);
  return { id, authenticatorId, purpose, attemptId, sessionId, request };
}

const sealAnswer = (flowId: string, answer: FlowAnswer) =>
  sealer().seal(JSON.stringify(answer), flowAnswerContext(flowId));

const openAnswer = (flowId: string, answerSealed: Buffer): FlowAnswer =>
  JSON.parse(sealer().open(answerSealed, flowAnswerContext(flowId)).toString('utf8')) as FlowAnswer;

/**
 * Opens a way to a provider: bound to the attempt or the session that asks for it, 10 minutes, used once. Nothing of it is
 * in the browser but `state`.
 */
export async function openFlow(
  transaction: OrganisationTransaction,
  given: {
    readonly organisationId: string;
    readonly authenticatorId: string;
    readonly purpose: FlowPurpose;
    readonly holder: { readonly attemptId: string } | { readonly sessionId: string };
    readonly request: FlowRequest;
    /** 256 random bits; goes to the provider as `state`, or as RelayState. */
    readonly state: string;
  },
): Promise<void> {
  const { holder, request, state, ...rest } = given;
  const id = randomUUID();
  await store.insertFlow(transaction, {
    ...rest,
    id,
    attemptId: 'attemptId' in holder ? holder.attemptId : null,
    sessionId: 'sessionId' in holder ? holder.sessionId : null,
    stateHash: hashToken(state),
    requestSealed: sealer().seal(JSON.stringify(request), flowRequestContext(id)),
  });
}

/**
 * The open flow that a provider's answer names, whoever brings it: for SAML's ACS alone, to which the browser brings no
 * cookie. What comes of it waits under a ticket, and only the browser of the flow may go on with that.
 */
export async function findFlowByState(
  organisation: Organisation,
  authenticatorId: string,
  state: string,
): Promise<Flow | null> {
  const found = await inOrganisation({ organisation }, (transaction) =>
    store.findFlowByState(transaction, authenticatorId, hashToken(state)),
  );
  return found === null ? null : flowOf(found);
}

/**
 * Takes the answer to a flow: once, by the browser that it was opened in, at the authenticator that it was opened for. Two
 * instances that are asked at the same moment give it to one of them.
 *
 * @returns null: no such flow, used, too old, or somebody else's
 */
export async function takeFlow(visitor: Visitor, authenticatorId: string, state: string): Promise<Flow | null> {
  const taken = await inOrganisation(visitor, (transaction) =>
    store.takeByState(transaction, authenticatorId, hashToken(state), holderOf(visitor)),
  );
  return taken === null ? null : flowOf(taken);
}

/**
 * Keeps a verified answer under a ticket of 256 bits, used once within the flow's 10 minutes, and notes the assertion as
 * taken, in one transaction.
 *
 * @param given.flow null where the provider began it: then it belongs to no browser, and a person must say yes first
 * @returns the ticket
 * @throws {ProviderFault} `saml.replayed` where the assertion was taken before, `external.state` where the flow was
 */
export async function keepAnswer(
  organisation: Organisation,
  given: {
    readonly authenticatorId: string;
    readonly flow: Flow | null;
    readonly identity: ProvenIdentity;
    readonly assertion: { readonly id: string; readonly expiresAt: Date };
  },
): Promise<string> {
  const { authenticatorId, assertion, identity } = given;
  const ticket = newToken();
  const kept = await inOrganisation({ organisation }, async (transaction): Promise<FaultCode | null> => {
    const used = {
      organisationId: organisation.id,
      authenticatorId,
      assertionId: assertion.id,
      expiresAt: assertion.expiresAt,
    };
    if (!(await store.consumeAssertion(transaction, used))) return 'saml.replayed';
    const id = given.flow?.id ?? randomUUID();
    if (given.flow === null) {
      await store.insertFlow(transaction, {
        id,
        organisationId: organisation.id,
        authenticatorId,
        purpose: 'sign-in',
        attemptId: null,
        sessionId: null,
        stateHash: null,
        requestSealed: null,
      });
    }
    const answer = { ticketHash: hashToken(ticket), answerSealed: sealAnswer(id, { identity }) };
    return (await store.keepAnswer(transaction, id, answer)) ? null : 'external.state';
  });
  if (kept !== null) throw new ProviderFault(kept);
  return ticket;
}

/** Whom a ticket would let in, for the page that asks first. */
export interface TicketView {
  readonly authenticatorName: string;
  readonly name: string;
  readonly email: string;
}

/**
 * Looks behind a ticket without using it up; null: it is gone, or another browser's. A ticket of a sign-in that the
 * provider began is nobody's before the person says « Continuer en tant que … »: whoever was led here by a stranger reads a
 * name that is not theirs.
 */
export async function findTicket(visitor: Visitor, ticket: string): Promise<TicketView | null> {
  return inOrganisation(visitor, async (transaction) => {
    const found = await findWaiting(transaction, visitor, ticket);
    if (found === null) return null;
    const authenticator = await findExternal(transaction, found.flow.authenticatorId);
    if (authenticator === null) return null;
    const { identity } = found;
    const match = await matchIdentity(transaction, authenticator, identity);
    const account = match.outcome === 'bound' || match.outcome === 'expected' ? match.account : null;
    const { firstName, lastName, email } = account ?? identity;
    return {
      authenticatorName: authenticator.name,
      name: [firstName, lastName].filter((part) => part !== null && part !== '').join(' '),
      email: email ?? '',
    };
  });
}

/** What waits behind a ticket, if this browser may go on with it. */
async function findWaiting(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  ticket: string,
): Promise<{ flow: Flow; identity: ProvenIdentity } | null> {
  const found = await store.findByTicket(transaction, hashToken(ticket), holderOf(visitor));
  if (found === null || found.answerSealed === null) return null;
  // Begun by the provider, it is whoever's shows it; else that browser's alone.
  if (!found.own && (found.attemptId !== null || found.sessionId !== null)) return null;
  const answer = openAnswer(found.id, found.answerSealed);
  return 'fault' in answer ? null : { flow: flowOf(found), identity: answer.identity };
}

/**
 * Goes on with what waits behind a ticket, as {@link completeFlow} does.
 *
 * @param confirmed the person said that they are the one whom the provider names
 */
export async function completeTicket(visitor: Visitor, ticket: string, confirmed: boolean): Promise<StepOutcome> {
  const found = await inOrganisation(visitor, (transaction) => findWaiting(transaction, visitor, ticket));
  if (found === null) return refuseFlow(visitor, null, 'external.state');
  return completeFlow(visitor, found.flow, found.identity, { confirmed, ticket });
}

/**
 * The one way in for whomever a provider vouches for: to the account whose exact identity it is, if that account is
 * assigned to this authenticator at this moment and the authenticator is in force; then the decision says what follows.
 * Only the decision opens a session.
 *
 * Whoever is turned away reads one neutral sentence, whether unknown, suspended or of another authenticator; the audit
 * holds the exact reason.
 */
export async function completeFlow(
  visitor: Visitor,
  flow: Flow,
  proven: ProvenIdentity,
  given: { readonly confirmed: boolean; readonly ticket: string | null } = { confirmed: false, ticket: null },
): Promise<StepOutcome> {
  const identity = await judgeAddress(visitor, flow.authenticatorId, proven);
  if (flow.purpose === 'test') return keepForTest(visitor, flow, { identity });
  if (flow.purpose === 'bind') return bindOwn(visitor, flow, identity);
  const settings = await settingsOf(visitor.organisation);
  const outcome = await again(() =>
    inOrganisation(visitor, async (transaction): Promise<{ value: StepOutcome } | { fault: FaultCode }> => {
      const authenticator = await holdInForce(transaction, flow.authenticatorId);
      if (authenticator === null) return { fault: 'external.inactive' };
      const awaited = given.confirmed ? null : await findAwaited(transaction, flow);
      const resolved = await resolveIdentity(transaction, visitor, authenticator, identity, awaited);
      if ('ask' in resolved) {
        return { value: { next: await askFirst(transaction, visitor, flow, identity, given.ticket) } };
      }
      if ('fault' in resolved) {
        const { fault: reason, subjectId, details } = resolved;
        await store.consumeFlow(transaction, flow.id);
        await recordRefusal(transaction, visitor, { authenticatorId: authenticator.id, reason, subjectId, details });
        return { value: { next: providerRefusedPath(visitor, pageOfFault(reason), authenticator.id) } };
      }
      const { accountId, email: identifier } = resolved;
      await recordEvent(transaction, visitor, {
        action: 'external.verify',
        outcome: 'success',
        subjectId: accountId,
        details: { authenticator: authenticator.id, factorShown: identity.factorShown },
      });
      const { attemptId } = flow;
      const { id: authenticatorId } = authenticator;
      const vouched = { attemptId, accountId, authenticatorId, identifier, factorShown: identity.factorShown };
      const reached = await continueWithProvider(transaction, visitor, settings, vouched, async (id) => {
        // Used up after everything that may still say no: of two at the same moment one comes back empty-handed.
        if (!(await store.consumeFlow(transaction, flow.id))) throw new ProviderFault('external.state');
        await holdProviderAnswer(transaction, flow.id, id, identity);
      });
      if (reached === null || 'refusal' in reached) throw new ProviderFault('external.state');
      return reached;
    }),
  ).catch((error: unknown) => {
    // Thrown inside, so that nothing of it stays: neither a binding nor an account.
    if (error instanceof ProviderFault) return { fault: error.code };
    throw error;
  });
  if ('fault' in outcome) return refuseFlow(visitor, flow.authenticatorId, outcome.fault);
  return outcome.value;
}

/**
 * An address that the provider says nothing of is as good as verified where the organisation says that this authenticator
 * owns its domain; one that the provider calls unverified never is.
 */
async function judgeAddress(visitor: Visitor, authenticatorId: string, said: ProvenIdentity): Promise<ProvenIdentity> {
  const { emailVerified, claims } = said;
  if (emailVerified || claims['email_verified'] !== undefined) return said;
  const address = emailText.safeParse(said.email ?? '').data;
  if (address === undefined) return said;
  const domain = emailKey(address.slice(address.lastIndexOf('@') + 1));
  const owned = await inOrganisation(visitor, (transaction) => store.ownsDomain(transaction, authenticatorId, domain));
  return owned ? { ...said, emailVerified: true } : said;
}

/** Two people who were given one address or username at the same moment: whoever comes second looks again. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const met = ['accounts_organisation_id_email_key_key', 'accounts_organisation_id_username_key_key'];
    if (met.some((constraint) => violatesUnique(error, constraint))) return work();
    throw error;
  }
}

/** The authenticator, kept as it is until the transaction ends; null where it is not in force at this moment. */
async function holdInForce(transaction: OrganisationTransaction, id: string): Promise<ExternalAuthenticator | null> {
  return (await store.holdActive(transaction, id)) ? findExternal(transaction, id) : null;
}

async function findAwaited(transaction: OrganisationTransaction, { attemptId }: Flow): Promise<Awaited> {
  return (attemptId === null ? null : await store.findTyped(transaction, attemptId)) ?? 'nobody';
}

/** Where the person says yes: what the provider said waits there under a ticket. */
async function askFirst(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  flow: Flow,
  identity: ProvenIdentity,
  known: string | null,
): Promise<string> {
  const ticket = known ?? newToken();
  if (known === null) {
    const answer = { ticketHash: hashToken(ticket), answerSealed: sealAnswer(flow.id, { identity }) };
    if (!(await store.keepAnswer(transaction, flow.id, answer))) throw new ProviderFault('external.state');
  }
  return `${signInPath(visitor.organisation.slug, 'redirect')}/continue?ticket=${ticket}`;
}

async function recordRefusal(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  refused: {
    readonly authenticatorId: string | null;
    readonly reason: FaultCode;
    readonly subjectId?: string | null;
    readonly details?: AuditEntry['details'];
  },
): Promise<void> {
  await recordEvent(transaction, visitor, {
    action: 'external.refuse',
    outcome: 'refused',
    reason: refused.reason,
    subjectId: refused.subjectId ?? null,
    details: { authenticator: refused.authenticatorId, ...refused.details },
  });
}

/**
 * Ends a way that came to nothing: notes the exact fault, and gives the page that tells of it. What nobody here began is
 * noted once a minute for an address, so that whoever knocks again and again fills no table.
 */
export async function refuseFlow(
  visitor: Visitor,
  authenticatorId: string | null,
  reason: FaultCode,
): Promise<StepOutcome> {
  await inOrganisation(visitor, async (transaction) => {
    if (reason === 'external.state') {
      await recordOnceAMinute(transaction, visitor, { action: 'external.refuse', outcome: 'refused', reason });
    } else await recordRefusal(transaction, visitor, { authenticatorId, reason });
  });
  return { next: providerRefusedPath(visitor, pageOfFault(reason), authenticatorId) };
}

/**
 * Ends a flow with a fault that was found with the provider's answer: on the page of a sign-in, of « Tester », or of My
 * account, as its purpose is.
 */
export async function failFlow(visitor: Visitor, flow: Flow, fault: ProviderFault): Promise<StepOutcome> {
  if (flow.purpose === 'test') return keepForTest(visitor, flow, { fault: fault.code, claims: fault.claims });
  const outcome = await refuseFlow(visitor, flow.authenticatorId, fault.code);
  return flow.purpose === 'bind' ? { next: boundPath(visitor, pageOfFault(fault.code)) } : outcome;
}

/** Keeps what « Tester » found; nothing else changes by it (AUTH-5). */
async function keepForTest(visitor: Visitor, flow: Flow, answer: FlowAnswer): Promise<StepOutcome> {
  const { id, authenticatorId } = flow;
  await inOrganisation(visitor, async (transaction) => {
    await store.keepAnswer(transaction, id, { ticketHash: null, answerSealed: sealAnswer(id, answer) });
    await recordEvent(transaction, visitor, {
      action: 'external.test',
      outcome: 'fault' in answer ? 'failure' : 'success',
      ...('fault' in answer ? { reason: answer.fault } : {}),
      details: { authenticator: authenticatorId },
    });
  });
  return { next: `/${visitor.organisation.slug}/settings/authenticators/${authenticatorId}/test?flow=${id}` };
}

/** What « Tester » found, for whoever tried: every claim, and whom it would let in. */
export type TestResult =
  | { readonly state: 'fault'; readonly fault: FaultCode; readonly claims: ProvenIdentity['claims'] }
  | { readonly state: 'identity'; readonly identity: ProvenIdentity; readonly match: Match };

/**
 * What came of a try; null: nothing yet, it ran out, or somebody else tried.
 *
 * @throws {Refusal} `permission.missing`
 */
export async function findTestResult(actor: Actor, flowId: string): Promise<TestResult | null> {
  requirePermission(actor, 'authenticators.manage');
  return reading(actor, async (transaction) => {
    const found = await store.findOwnAnswer(transaction, flowId, actor.sessionId);
    if (found === null || found.answerSealed === null || found.purpose !== 'test') return null;
    const answer = openAnswer(found.id, found.answerSealed);
    if ('fault' in answer) return { state: 'fault', ...answer };
    const authenticator = await findExternal(transaction, found.authenticatorId);
    if (authenticator === null) return null;
    const { identity } = answer;
    return { state: 'identity', identity, match: await matchIdentity(transaction, authenticator, identity) };
  });
}

/**
 * Whether an authenticator, as it stands now, lets the actor in as themselves: they came in through it since it last
 * changed, or « Tester » said so in this session.
 */
export async function letsIn(transaction: OrganisationTransaction, actor: Actor, id: string): Promise<boolean> {
  const authenticator = await findExternal(transaction, id);
  if (authenticator === null || actor.account.authenticatorId !== id) return false;
  const { externalAt } = actor.proofs;
  if (externalAt !== null && externalAt > authenticator.updatedAt) return true;
  const needsFactor = authenticator.externalMfa === 'demand';
  for (const found of await store.listOwnAnswers(transaction, id, actor.sessionId)) {
    const answer = openAnswer(found.id, found.answerSealed!);
    if ('fault' in answer || (needsFactor && !answer.identity.factorShown)) continue;
    const match = await matchIdentity(transaction, authenticator, answer.identity);
    const fits = match.outcome === 'bound' || match.outcome === 'expected';
    if (fits && match.account.accountId === actor.account.id) return true;
  }
  return false;
}

const boundPath = ({ organisation }: Visitor, result: string) => `/${organisation.slug}/account?identity=${result}`;

/**
 * Binds the identity that a provider vouches for to whoever is signed in and asked for it (AUTH-7). What an administrator
 * expects of that person there must fit; an identity that is somebody's already is refused.
 */
async function bindOwn(visitor: Visitor, flow: Flow, identity: ProvenIdentity): Promise<StepOutcome> {
  const { authenticatorId, id, sessionId } = flow;
  const organisationId = visitor.organisation.id;
  const bound = await inOrganisation(
    visitor,
    async (transaction): Promise<'bound' | 'taken' | 'unexpected' | 'lost'> => {
      const authenticator = await holdInForce(transaction, authenticatorId);
      const accountId = sessionId === null ? null : await store.findSessionHolder(transaction, sessionId);
      if (authenticator === null || accountId === null) return 'lost';
      if (!(await store.consumeFlow(transaction, id))) return 'lost';
      await store.holdSubject(transaction, authenticatorId, identity);
      const key = { accountId, authenticatorId };
      const refuse = async (reason: FaultCode) =>
        recordRefusal(transaction, visitor, { authenticatorId, reason, subjectId: accountId });
      const match = await matchIdentity(transaction, authenticator, identity);
      const fits = 'account' in match && match.account.accountId === accountId;
      if ('account' in match && !fits) {
        await refuse('external.other-subject');
        return 'taken';
      }
      if (fits && match.account.subject !== null) return match.account.subject === identity.subject ? 'bound' : 'taken';
      const own = await store.findOwnIdentity(transaction, key);
      if (own !== null && !fits) {
        await refuse('external.near-match');
        return own.subject === null ? 'unexpected' : 'taken';
      }
      const done =
        own === null
          ? await store.insertBound(transaction, {
              ...key,
              organisationId,
              issuer: identity.issuer,
              subject: identity.subject,
            })
          : await store.bindIdentity(transaction, key, identity);
      if (!done) return 'taken';
      await recordBinding(transaction, visitor, authenticatorId, accountId, identity);
      return 'bound';
    },
  );
  return { next: boundPath(visitor, bound) };
}
