import { randomUUID } from 'node:crypto';
import type { Actor, RequestOrigin, Visitor } from '@/lib/actors/model';
import { providerTokensContext, signOutTokensContext } from '@/lib/authenticators/sealing';
import { urlsOf } from '@/lib/authenticators/urls';
import { config } from '@/lib/config';
import { sealer } from '@/lib/crypto/keys';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { revokeTokens } from '@/lib/oidc/client';
import type { Organisation } from '@/lib/organisations/model';
import { logger } from '@/lib/request/log';
import { beginSamlLogout } from '@/lib/saml/service';
import { endOwnSession, endSessionByToken } from '@/lib/sessions/service';
import { findOpenSession } from '@/lib/sessions/store';
import { signInPath } from '@/lib/sign-in/service';
import type { ExternalAuthenticator } from './identity';
import type { WayOut } from './model';
import { equipOidc } from './protocols';
import { findExternal } from './service';
import * as store from './store';

type Tokens = Readonly<Record<string, string>> | null;

/**
 * The page after a sign-out: on to the provider by the ticket; back from it by the state that went there.
 *
 * @param query.unsure the provider did not confirm that the session there has ended
 */
export function signedOutPath(
  slug: string,
  query: { readonly ticket: string } | { readonly state: string; readonly unsure?: true } | null = null,
): string {
  const page = `${signInPath(slug, 'start')}/signed-out`;
  if (query === null) return page;
  if ('ticket' in query) return `${page}?ticket=${query.ticket}`;
  return `${page}?state=${query.state}${query.unsure ? '&unsure=1' : ''}`;
}

/**
 * Signs out. The session here ends first, whatever becomes of the rest; tokens are then taken back where the provider has
 * an endpoint for it, and the browser goes to end the session there too (OIDC-4, SAML-4).
 *
 * @returns where the browser goes: a page of ours that goes on, for a form may lead to no other site; `elsewhere`: a session
 * is left to end at the provider
 */
export async function signOut(actor: Actor): Promise<{ readonly next: string; readonly elsewhere: boolean }> {
  const { organisation, sessionId } = actor;
  const ticket = await inOrganisation(actor, (transaction) =>
    endAndLeave(transaction, organisation, sessionId, () => endOwnSession(transaction, actor)),
  );
  if (ticket === null) return { next: signInPath(organisation.slug, 'start'), elsewhere: false };
  return { next: signedOutPath(organisation.slug, { ticket }), elsewhere: true };
}

/**
 * Signs out by the token alone, for next-auth's own sign-out: it leaves no more behind at a provider than ours does.
 *
 * @returns where the browser goes to end the session at its provider; null: nowhere in particular
 */
export async function signOutByToken(token: string, origin: RequestOrigin): Promise<string | null> {
  const session = await findOpenSession(hashToken(token));
  if (session === null) return null;
  const { id, organisation } = session;
  const { locale } = organisation;
  const visitor: Visitor = {
    ...{ kind: 'visitor', organisation, origin, locale },
    ...{ browserToken: null, deviceToken: null, sessionToken: token },
  };
  const ticket = await inOrganisation(visitor, (transaction) =>
    endAndLeave(transaction, organisation, id, () => endSessionByToken(transaction, visitor, token)),
  );
  return ticket === null ? null : signedOutPath(organisation.slug, { ticket });
}

/**
 * Ends a session, and keeps what is left to do at its provider.
 *
 * @param end ends the session here
 * @returns the ticket with which the browser leaves for the provider; null: it has no reason to
 */
async function endAndLeave(
  transaction: OrganisationTransaction,
  organisation: Organisation,
  sessionId: string,
  end: () => Promise<void>,
): Promise<string | null> {
  const held = await store.findProviderSession(transaction, sessionId);
  const authenticator = held === null ? null : await findExternal(transaction, held.authenticatorId);
  await end();
  if (held === null || authenticator === null) return null;
  const tokens = openTokens(held.tokensSealed, providerTokensContext(held.id));
  const [revokes, leaves] = [canRevoke(authenticator, tokens), canLeave(authenticator, tokens)];
  if (!revokes && !leaves) return null;
  const id = randomUUID();
  const ticket = newToken();
  await store.insertSignOut(transaction, {
    id,
    organisationId: organisation.id,
    authenticatorId: authenticator.id,
    ticketHash: hashToken(ticket),
    stateHash: hashToken(stateOf(ticket)),
    providerSession: held.providerSession,
    tokensSealed: sealer().seal(JSON.stringify(tokens), signOutTokensContext(id)),
    revokes,
  });
  return leaves ? ticket : null;
}

/** What the provider gives back, made of the ticket: it is known here by its hash alone. */
const stateOf = (ticket: string) => hashToken(`sign-out:${ticket}`).toString('base64url');

function openTokens(sealed: Buffer | null, context: string): Tokens {
  return sealed === null ? null : (JSON.parse(sealer().open(sealed, context).toString('utf8')) as Tokens);
}

function canRevoke(authenticator: ExternalAuthenticator, tokens: Tokens): boolean {
  return authenticator.type === 'oidc' && authenticator.settings.revocationEndpoint !== null && tokens !== null;
}

function canLeave(authenticator: ExternalAuthenticator, tokens: Tokens): boolean {
  return authenticator.type === 'oidc'
    ? authenticator.settings.endSessionEndpoint !== null
    : authenticator.settings.sloUrl !== null && tokens?.['nameId'] !== undefined;
}

/** What the page after a sign-out shows. */
export type SignedOutView =
  | { readonly state: 'leaving' | 'back' | 'unsure'; readonly authenticatorName: string }
  /** Nothing is left to be done anywhere. */
  | { readonly state: 'done' };

/**
 * @param query what the address of the page says: the ticket of a sign-out, or the state that a provider gives back, and
 * whether that left a doubt
 */
export async function findSignedOut(
  visitor: Visitor,
  query: { readonly ticket: string | null; readonly state: string | null; readonly unsure?: boolean },
): Promise<SignedOutView> {
  const { ticket, state, unsure = false } = query;
  if (ticket === null && state === null) return { state: 'done' };
  return inOrganisation(visitor, async (transaction): Promise<SignedOutView> => {
    const leaving = ticket === null ? null : await store.findSignOut(transaction, hashToken(ticket));
    const back = state === null ? null : await store.findReturn(transaction, hashToken(state));
    const id = leaving?.authenticatorId ?? back;
    const authenticator = id === null ? null : await findExternal(transaction, id);
    if (authenticator === null) return { state: 'done' };
    const came = unsure ? 'unsure' : 'back';
    return { state: leaving === null ? came : 'leaving', authenticatorName: authenticator.name };
  });
}

/** To the provider, once: with the ID token that it gave, and back to one fixed address of ours. Null: the ticket is gone. */
export async function leaveProvider(visitor: Visitor, ticket: string): Promise<WayOut | null> {
  const { organisation } = visitor;
  const taken = await inOrganisation(visitor, async (transaction) => {
    const found = await store.takeSignOut(transaction, hashToken(ticket));
    const authenticator = found === null ? null : await findExternal(transaction, found.authenticatorId);
    return found === null || authenticator === null ? null : { found, authenticator };
  });
  if (taken === null) return null;
  const { found, authenticator } = taken;
  const tokens = openTokens(found.tokensSealed, signOutTokensContext(found.id));
  if (authenticator.type === 'saml') {
    const { providerSession } = found;
    return beginSamlLogout(organisation, authenticator, { tokens, providerSession, state: stateOf(ticket) });
  }
  const { endSessionEndpoint, clientId } = authenticator.settings;
  if (endSessionEndpoint === null) return null;
  const url = new URL(endSessionEndpoint);
  const { postLogout } = urlsOf(config().APP_ORIGIN, organisation.slug, authenticator).oidc!;
  const parameters = {
    ...(tokens?.['id_token'] === undefined ? {} : { id_token_hint: tokens['id_token'] }),
    client_id: clientId,
    post_logout_redirect_uri: postLogout,
    state: stateOf(ticket),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { kind: 'redirect', url: url.href };
}

const AT_ONCE = 10;

/**
 * Takes back the tokens of people who signed out, outside of any transaction. A provider that is away is asked again, with
 * longer and longer pauses; after some hours the tokens have run out by themselves.
 */
export async function revokeDueTokens(): Promise<void> {
  const due = await store.claimSignOuts(AT_ONCE);
  await Promise.all(due.map(({ id, organisationId }) => revoke({ id: organisationId }, id)));
}

async function revoke(organisation: Pick<Organisation, 'id'>, id: string): Promise<void> {
  const within = { organisation };
  const found = await inOrganisation(within, (transaction) => loadRevocable(transaction, id));
  if (found !== null && !(await revokeTokens(found.client, found.tokens))) {
    logger().warn({ signOut: id }, 'tokens not taken back yet');
    return;
  }
  await inOrganisation(within, (transaction) => store.markRevoked(transaction, id));
}

async function loadRevocable(transaction: OrganisationTransaction, id: string) {
  const found = await store.loadSignOut(transaction, id);
  const authenticator = found === null ? null : await findExternal(transaction, found.authenticatorId);
  if (found === null || authenticator?.type !== 'oidc') return null;
  const tokens = openTokens(found.tokensSealed, signOutTokensContext(id));
  return tokens === null ? null : { tokens, client: await equipOidc(transaction, { slug: '' }, authenticator) };
}
