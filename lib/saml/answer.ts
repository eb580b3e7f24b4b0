import type { Visitor } from '@/lib/actors/model';
import { recordOnceAMinute } from '@/lib/audit/store';
import { inOrganisation } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { ProviderFault, type Flow, type WayOut } from '@/lib/external/model';
import {
  completeTicket,
  failFlow,
  findDoor,
  findExternal,
  findFlowByState,
  keepAnswer,
  refuseFlow,
} from '@/lib/external/service';
import { signedOutPath } from '@/lib/external/sign-out';
import type { Organisation } from '@/lib/organisations/model';
import { Refusal } from '@/lib/refusals';
import type { StepOutcome } from '@/lib/sign-in/model';
import { providerRefusedPath } from '@/lib/sign-in/service';
import {
  acceptLogoutRequest,
  judgeLogoutAnswer,
  metadataOf,
  verifySamlResponse,
  type LogoutMessage,
  type SamlAuthenticator,
} from './service';
import { databaseNow } from './store';

/** A state as our flows have it: 256 random bits. Any other RelayState is a provider's own, and nothing to us. */
const STATE = /^[A-Za-z0-9_-]{43}$/;

/** The organisation behind one of a SAML authenticator's URLs. @throws {Refusal} `not-found` */
export async function samlDoor(authenticatorId: string): Promise<Organisation> {
  const door = await findDoor(authenticatorId);
  if (door === null || door.type !== 'saml') throw new Refusal('not-found');
  return door.organisation;
}

/** The authenticator as it stands at this moment, and what time it is for all instances. */
async function standing(
  organisation: Organisation,
  id: string,
): Promise<{ readonly authenticator: SamlAuthenticator; readonly now: Date }> {
  return inOrganisation({ organisation }, async (transaction) => {
    const [authenticator, now] = await pipelined([findExternal(transaction, id), databaseNow(transaction)]);
    if (authenticator === null || authenticator.type !== 'saml') throw new Refusal('not-found');
    return { authenticator, now };
  });
}

/** Our metadata at an authenticator, for its provider. @throws {Refusal} `not-found` */
export async function publishedMetadata(id: string): Promise<string> {
  const organisation = await samlDoor(id);
  return metadataOf(organisation, (await standing(organisation, id)).authenticator);
}

/**
 * Takes what a provider's page posted, from another site and so without any cookie of ours: it is judged here, and what
 * comes of it waits under a ticket for the browser, which shows its cookie with the next request (SIGN-3).
 *
 * @param form.relayState names the sign-in that asked; anything else counts for nothing, and leads nowhere
 * @returns where the browser goes: on with a ticket, or to the page that tells of a fault
 */
export async function takeSamlAnswer(
  visitor: Visitor,
  id: string,
  form: { readonly encoded: string; readonly relayState: string | null },
): Promise<{ readonly ticket: string } | StepOutcome> {
  const { organisation } = visitor;
  const { authenticator, now } = await standing(organisation, id);
  const asked = form.relayState !== null && STATE.test(form.relayState);
  const flow = asked ? await findFlowByState(organisation, id, form.relayState!) : null;
  // Used, too old, or of another authenticator: what answers a request must not pass for what nobody asked.
  if (asked && flow?.request?.protocol !== 'saml') return refuseFlow(visitor, id, 'external.state');
  if (authenticator.state !== 'active' && flow?.purpose !== 'test') return refuseFlow(visitor, id, 'external.inactive');
  const requestId = flow?.request?.protocol === 'saml' ? flow.request.requestId : null;
  try {
    const given = { encoded: form.encoded, requestId, now };
    const { identity, assertion } = await verifySamlResponse(organisation, authenticator, given);
    return { ticket: await keepAnswer(organisation, { authenticatorId: id, flow, identity, assertion }) };
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    return fail(visitor, id, flow, error);
  }
}

function fail(visitor: Visitor, id: string, flow: Flow | null, fault: ProviderFault): Promise<StepOutcome> {
  return flow === null ? refuseFlow(visitor, id, fault.code) : failFlow(visitor, flow, fault);
}

/** Goes on with a ticket, in the browser whose it is; where the provider began, the person is asked first. */
export async function finishSamlAnswer(visitor: Visitor, ticket: string): Promise<StepOutcome> {
  return completeTicket(visitor, ticket, false);
}

/**
 * Does what a provider asks when it ends somebody's session. What is wrong with what it asks is for the audit; the person
 * is told that nothing has ended here.
 *
 * @returns where the browser takes our answer, or the page that tells; null: the provider has no address for an answer
 * @throws {Refusal} `not-found`
 */
export async function takeLogoutRequest(
  visitor: Visitor,
  id: string,
  message: LogoutMessage,
): Promise<WayOut | { readonly next: string } | null> {
  const { authenticator, now } = await standing(visitor.organisation, id);
  try {
    return await acceptLogoutRequest(visitor.organisation, visitor.origin, authenticator, message, now);
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    await noteSignOut(visitor, id, error);
    return { next: providerRefusedPath(visitor, 'sign-out', id) };
  }
}

/** Once a minute for an address and a reason: whoever knocks again and again fills no table. */
async function noteSignOut(visitor: Visitor, id: string, { code: reason }: ProviderFault): Promise<void> {
  const details = { authenticator: id };
  await inOrganisation(visitor, (transaction) =>
    recordOnceAMinute(transaction, visitor, { action: 'external.sign-out', outcome: 'refused', reason, details }),
  );
}

/**
 * Takes a provider's answer to our own sign-out, which was done here before it was asked there.
 *
 * @returns the page that tells how it ended
 * @throws {Refusal} `not-found`
 */
export async function takeLogoutAnswer(visitor: Visitor, id: string, message: LogoutMessage): Promise<string> {
  const { organisation } = visitor;
  const { authenticator, now } = await standing(organisation, id);
  const state = message.relayState;
  if (state === null || !STATE.test(state)) return signedOutPath(organisation.slug);
  try {
    judgeLogoutAnswer(organisation, authenticator, message, now);
    return signedOutPath(organisation.slug, { state });
  } catch (error) {
    if (!(error instanceof ProviderFault)) throw error;
    await noteSignOut(visitor, id, error);
    return signedOutPath(organisation.slug, { state, unsure: true });
  }
}
