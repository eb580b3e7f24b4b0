import type { Actor, Visitor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { newToken } from '@/lib/crypto/tokens';
import { inOrganisation } from '@/lib/db/in-organisation';
import { completeOidc } from '@/lib/oidc/client';
import { Refusal } from '@/lib/refusals';
import { findCurrentAttempt } from '@/lib/sign-in/service';
import type { StepOutcome } from '@/lib/sign-in/model';
import type { ExternalAuthenticator } from './identity';
import { FLOWS_PER_HOLDER_MAX, ProviderFault, type FlowPurpose, type WayOut } from './model';
import { beginAt, equipOidc } from './protocols';
import { completeFlow, failFlow, findExternal, openFlow, refuseFlow, takeFlow } from './service';
import * as store from './store';

/** What the page on the way to a provider shows. */
export interface WayView {
  readonly authenticatorName: string;
  readonly identifier: string;
  /** The browser was sent there before in this sign-in: it is not sent again by itself, so that going back leads back. */
  readonly waits: boolean;
}

/** The way that the sign-in of this browser goes by; null: it stands elsewhere. */
export async function findWayOut(visitor: Visitor): Promise<WayView | null> {
  const attempt = await findCurrentAttempt(visitor);
  if (attempt?.step !== 'redirect') return null;
  return inOrganisation(visitor, async (transaction) => {
    const authenticatorId = await store.findWayOf(transaction, attempt.id);
    const authenticator = authenticatorId === null ? null : await findExternal(transaction, authenticatorId);
    if (authenticator === null) return null;
    const waits = (await store.countFlows(transaction, { attemptId: attempt.id })) > 0;
    return { authenticatorName: authenticator.name, identifier: attempt.identifier, waits };
  });
}

/**
 * Opens the way to the provider for the sign-in under way in this browser.
 *
 * @param anew the provider is to ask who it is, whoever is signed in there
 * @returns null: no sign-in of this browser stands here
 */
export async function beginSignIn(visitor: Visitor, anew: boolean): Promise<WayOut | { readonly next: string } | null> {
  const attempt = await findCurrentAttempt(visitor);
  if (attempt?.step !== 'redirect') return null;
  const found = await inOrganisation(visitor, async (transaction) => {
    const authenticatorId = await store.findWayOf(transaction, attempt.id);
    const authenticator = authenticatorId === null ? null : await findExternal(transaction, authenticatorId);
    return authenticator?.state === 'active' ? authenticator : null;
  });
  if (found === null) return refuseFlow(visitor, null, 'external.inactive');
  const hint = attempt.identifier.includes('@') ? attempt.identifier : null;
  try {
    return await begin(visitor, found, 'sign-in', { attemptId: attempt.id }, { hint, anew });
  } catch (error) {
    if (error instanceof ProviderFault) return refuseFlow(visitor, found.id, error.code);
    throw error;
  }
}

/**
 * Opens the way for « Tester »: through the authenticator as it is saved at this moment, a draft too (AUTH-5).
 *
 * @throws {Refusal} `permission.missing`, `not-found`
 */
export async function beginTest(actor: Actor, authenticatorId: string): Promise<WayOut> {
  requirePermission(actor, 'authenticators.manage');
  return beginInSession(actor, authenticatorId, 'test', true);
}

/**
 * Opens the way for somebody who binds their own identity (AUTH-7); that the proof is fresh is the action's to see.
 *
 * @throws {Refusal} `not-found`, also where the authenticator is not in force
 */
export async function beginBinding(actor: Actor, authenticatorId: string): Promise<WayOut> {
  return beginInSession(actor, authenticatorId, 'bind', false);
}

async function beginInSession(
  actor: Actor,
  authenticatorId: string,
  purpose: 'test' | 'bind',
  drafts: boolean,
): Promise<WayOut> {
  const found = await inOrganisation(actor, (transaction) => findExternal(transaction, authenticatorId));
  if (found === null || (found.state !== 'active' && !drafts)) throw new Refusal('not-found');
  return begin(actor, found, purpose, { sessionId: actor.sessionId }, { hint: null, anew: false });
}

async function begin(
  actor: Actor | Visitor,
  authenticator: ExternalAuthenticator,
  purpose: FlowPurpose,
  holder: { readonly attemptId: string } | { readonly sessionId: string },
  how: { readonly hint: string | null; readonly anew: boolean },
): Promise<WayOut> {
  const { organisation } = actor;
  const state = newToken();
  const { way, request } = await beginAt(authenticator, actor, { ...how, state });
  const open = await inOrganisation(actor, async (transaction) => {
    if ((await store.countFlows(transaction, holder)) >= FLOWS_PER_HOLDER_MAX) return false;
    const authenticatorId = authenticator.id;
    await openFlow(transaction, { organisationId: organisation.id, authenticatorId, purpose, holder, request, state });
    await recordEvent(transaction, actor, {
      action: 'external.begin',
      outcome: 'success',
      details: { authenticator: authenticatorId, purpose },
    });
    return true;
  });
  if (!open) throw new ProviderFault('external.too-many');
  return way;
}

/**
 * The callback of an OIDC authenticator: takes the flow that the answer names, asks the provider, and goes on. Everything
 * that may be wrong ends on a page, and stands in the audit by its exact code.
 */
export async function answerOidc(
  visitor: Visitor,
  authenticatorId: string,
  answer: URLSearchParams,
): Promise<StepOutcome> {
  const states = answer.getAll('state');
  const state = states.length === 1 ? states[0]! : '';
  const flow = await takeFlow(visitor, authenticatorId, state);
  if (flow === null || flow.request?.protocol !== 'oidc') return refuseFlow(visitor, authenticatorId, 'external.state');
  const client = await inOrganisation(visitor, async (transaction) => {
    const authenticator = await findExternal(transaction, authenticatorId);
    return authenticator?.type === 'oidc' ? equipOidc(transaction, visitor.organisation, authenticator) : null;
  });
  if (client === null) return refuseFlow(visitor, authenticatorId, 'external.inactive');
  try {
    const identity = await completeOidc(client, flow.request, { answer, state });
    return await completeFlow(visitor, flow, identity);
  } catch (error) {
    if (error instanceof ProviderFault) return failFlow(visitor, flow, error);
    throw error;
  }
}

/** What an external authenticator of the organisation is called; null: it has none with this id. */
export async function findProviderName(visitor: Visitor, authenticatorId: string): Promise<string | null> {
  const found = await inOrganisation(visitor, (transaction) => findExternal(transaction, authenticatorId));
  return found?.name ?? null;
}
