import { createHash } from 'node:crypto';
import { recordEvent } from '@/lib/audit/store';
import type { Authenticator, ProvenIdentity } from '@/lib/authenticators/model';
import { urlsOf } from '@/lib/authenticators/urls';
import { config } from '@/lib/config';
import { inOrganisation } from '@/lib/db/in-organisation';
import { ProviderFault, type FlowRequest, type WayOut } from '@/lib/external/model';
import type { Organisation } from '@/lib/organisations/model';
import type { RequestOrigin } from '@/lib/actors/model';
import { SamlFault } from './fault';
import { decodeBase64, isWithinTime, passGate, readNameId, SKEW_MS, type Assertion } from './gate';
import { claimsOf, identityOf } from './identity';
import { profileOf, warmUpJackson } from './jackson';
import { keyPairOf } from './keys';
import {
  authnRequestXml,
  inflateMessage,
  logoutRequestXml,
  logoutResponseXml,
  nameIdFormatUri,
  newMessageId,
  sendMessage,
  verifyQuery,
} from './messages';
import { serviceMetadata } from './metadata';
import { screenXml } from './screen';
import { signatureOf, verifySignature } from './signature';
import * as store from './store';
import { attributeOf, childrenOf, isNamed, onlyChild, parseXml, rootOf, textOf, type Element } from './xml';

export type SamlAuthenticator = Extract<Authenticator, { type: 'saml' }>;

/** Our addresses at an authenticator: they exist as soon as it does (AUTH-4). */
function ownUrls(organisation: Pick<Organisation, 'slug'>, id: string) {
  return urlsOf(config().APP_ORIGIN, organisation.slug, { id, type: 'saml' }).saml!;
}

/** Our metadata at one authenticator, draft or not: what its provider is given. */
export async function metadataOf(organisation: Organisation, authenticator: SamlAuthenticator): Promise<string> {
  const urls = ownUrls(organisation, authenticator.id);
  const { certificate } = await keyPairOf({ organisation }, authenticator.id);
  return serviceMetadata({
    entityId: urls.entityId,
    acsUrl: urls.acs,
    sloUrl: urls.slo,
    certificate,
    signsRequests: authenticator.settings.signRequests,
    nameIdFormat: nameIdFormatUri(authenticator.settings.nameIdFormat),
    organisation: organisation.name,
  });
}

/**
 * Asks the provider who somebody is: where the browser goes, and what to hold the answer against.
 *
 * @param state goes along as RelayState, and comes back with the answer
 * @param again whoever is signed in at the provider proves it once more (« Tester »)
 * @throws {ProviderFault} `external.inactive` where it has no address yet
 */
export async function beginSaml(
  organisation: Organisation,
  authenticator: SamlAuthenticator,
  { state, again = false }: { readonly state: string; readonly again?: boolean },
): Promise<{ readonly way: WayOut; readonly request: FlowRequest }> {
  const { ssoUrl, ssoBinding, signRequests, nameIdFormat } = authenticator.settings;
  if (ssoUrl === null) throw new ProviderFault('external.inactive');
  warmUpJackson();
  const urls = ownUrls(organisation, authenticator.id);
  const key = signRequests ? await keyPairOf({ organisation }, authenticator.id) : null;
  const id = newMessageId();
  const xml = authnRequestXml({
    id,
    now: new Date(),
    destination: ssoUrl,
    entityId: urls.entityId,
    acsUrl: urls.acs,
    nameIdFormat,
    forceAuthn: again,
  });
  const way = sendMessage(ssoBinding, ssoUrl, { kind: 'SAMLRequest', id, xml }, state, key);
  return { way, request: { protocol: 'saml', requestId: id } };
}

/**
 * Judges a provider's response: the gate, then Jackson's reading of what passed.
 *
 * @param encoded the form's `SAMLResponse`
 * @param requestId what it must answer; null: nobody asked, and the authenticator must allow that
 * @param now of the database, which all instances share
 * @throws {ProviderFault} `saml.*`, with what was said where it was verified
 */
export async function verifySamlResponse(
  organisation: Organisation,
  authenticator: SamlAuthenticator,
  { encoded, requestId, now }: { readonly encoded: string; readonly requestId: string | null; readonly now: Date },
): Promise<{ readonly identity: ProvenIdentity; readonly assertion: Pick<Assertion, 'id' | 'expiresAt'> }> {
  const { id, settings } = authenticator;
  const urls = ownUrls(organisation, id);
  let passed: Assertion | null = null;
  try {
    if (requestId === null && !settings.idpInitiated) throw new SamlFault('saml.unsolicited');
    const { privateKey } = await keyPairOf({ organisation }, id);
    passed = passGate(encoded, { entityId: urls.entityId, acsUrl: urls.acs, settings, privateKey, requestId, now });
    const door = { authenticatorId: id, entityId: urls.entityId, acsUrl: urls.acs };
    const profile = await profileOf(door, passed, now);
    return { identity: identityOf(passed, profile, settings), assertion: passed };
  } catch (error) {
    if (!(error instanceof SamlFault)) throw error;
    throw new ProviderFault(error.code, passed === null ? error.details : claimsOf(passed));
  }
}

/**
 * Asks the provider to end somebody's session there (SAML-4): always signed, for whoever could end sessions by a link could
 * keep people out.
 *
 * @param given.tokens as the sign-in kept them
 * @param given.state goes along as RelayState, and comes back with the answer
 * @returns null where the provider has no such address, or nothing names the person to it
 */
export async function beginSamlLogout(
  organisation: Organisation,
  authenticator: SamlAuthenticator,
  given: {
    readonly tokens: Readonly<Record<string, string>> | null;
    readonly providerSession: string | null;
    readonly state: string;
  },
): Promise<WayOut | null> {
  const { sloUrl, sloBinding } = authenticator.settings;
  const nameId = given.tokens?.['nameId'];
  if (sloUrl === null || nameId === undefined) return null;
  const urls = ownUrls(organisation, authenticator.id);
  const id = logoutIdOf(given.state);
  const xml = logoutRequestXml({
    id,
    now: new Date(),
    destination: sloUrl,
    entityId: urls.entityId,
    subject: {
      nameId,
      format: given.tokens?.['nameIdFormat'] ?? null,
      nameQualifier: given.tokens?.['nameQualifier'] ?? null,
      spNameQualifier: given.tokens?.['spNameQualifier'] ?? null,
      sessionIndex: given.providerSession,
    },
  });
  const key = await keyPairOf({ organisation }, authenticator.id);
  return sendMessage(sloBinding, sloUrl, { kind: 'SAMLRequest', id, xml }, given.state, key);
}

/** The id of our request, by the state that it goes out with: so its answer is known without being awaited anywhere. */
const logoutIdOf = (state: string) => `_${createHash('sha256').update(`saml-logout:${state}`).digest('hex')}`;

/** A message about a sign-out, as it came: in a URL, where what was signed is the query, or in a form. */
export type LogoutMessage =
  | {
      readonly binding: 'redirect';
      readonly query: string;
      readonly encoded: string;
      readonly relayState: string | null;
    }
  | { readonly binding: 'post'; readonly encoded: string; readonly relayState: string | null };

/**
 * Does what a provider asks when it ends somebody's session (SAML-4): signed by one of the authenticator's certificates,
 * for us, of this minute, and only of sessions that came by this authenticator.
 *
 * @returns where the browser takes our answer; null: the provider has no address for one
 * @throws {ProviderFault} `saml.*`
 */
export async function acceptLogoutRequest(
  organisation: Organisation,
  origin: RequestOrigin,
  authenticator: SamlAuthenticator,
  message: LogoutMessage,
  now: Date,
): Promise<WayOut | null> {
  const { id, settings } = authenticator;
  const urls = ownUrls(organisation, id);
  const key = await keyPairOf({ organisation }, id);
  let request: LogoutRequest;
  try {
    request = readLogoutRequest(message, authenticator, { sloUrl: urls.slo, privateKey: key.privateKey }, now);
  } catch (error) {
    if (error instanceof SamlFault) throw new ProviderFault(error.code, error.details);
    throw error;
  }
  await inOrganisation({ organisation }, async (transaction) => {
    const ended = await store.endProviderSessions(transaction, id, {
      issuer: settings.entityId,
      // Where an attribute says who somebody is, only the provider's own session does so here.
      subject: settings.identityAttribute === '' ? request.nameId : null,
      sessionIndexes: request.sessionIndexes,
    });
    for (const { id: session, accountId } of ended) {
      await recordEvent(
        transaction,
        { kind: 'system', organisation, origin },
        {
          action: 'session.end',
          outcome: 'success',
          reason: 'ended-by-provider',
          subjectId: accountId,
          sessionId: session,
          details: { authenticator: id },
        },
      );
    }
  });
  const destination = settings.sloResponseUrl ?? settings.sloUrl;
  if (destination === null) return null;
  const answerId = newMessageId();
  const xml = logoutResponseXml({
    id: answerId,
    now: new Date(),
    destination,
    entityId: urls.entityId,
    inResponseTo: request.id,
  });
  const answer = { kind: 'SAMLResponse', id: answerId, xml } as const;
  // SAML bindings §3.4.3: it is given back as it came, and no longer than it may be.
  const relayState = Buffer.byteLength(message.relayState ?? '') > 80 ? null : message.relayState;
  return sendMessage(settings.sloBinding, destination, answer, relayState, key);
}

/**
 * What a provider answers to our own sign-out. The session here ended before it was asked: nothing hangs on the answer but
 * what the page after it may say.
 *
 * @throws {ProviderFault} `saml.*` where it does not say, by one of the authenticator's certificates, that the session that
 * we named has ended
 */
export function judgeLogoutAnswer(
  organisation: Organisation,
  authenticator: SamlAuthenticator,
  message: LogoutMessage,
  now: Date,
): void {
  const { slo } = ownUrls(organisation, authenticator.id);
  try {
    const answer = readSigned('LogoutResponse', message, authenticator, slo, now);
    const state = message.relayState;
    if (state === null || attributeOf(answer, 'InResponseTo') !== logoutIdOf(state))
      throw new SamlFault('saml.request');
    const status = onlyChild(answer, 'protocol', 'Status');
    const code = status && onlyChild(status, 'protocol', 'StatusCode');
    // Beside a success stands nothing else; « PartialLogout » says that other doors are still open there.
    if (
      code === null ||
      attributeOf(code, 'Value') !== SUCCESS ||
      childrenOf(code, 'protocol', 'StatusCode').length > 0
    ) {
      throw new SamlFault('saml.status');
    }
  } catch (error) {
    if (error instanceof SamlFault) throw new ProviderFault(error.code);
    throw error;
  }
}

const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';

interface LogoutRequest {
  readonly id: string;
  readonly nameId: string;
  readonly sessionIndexes: readonly string[];
}

/** A message about a sign-out, off the bytes that were signed: by this provider, for us, of this minute. */
function readSigned(
  name: 'LogoutRequest' | 'LogoutResponse',
  message: LogoutMessage,
  { settings }: SamlAuthenticator,
  sloUrl: string,
  now: Date,
): Element {
  const bytes = decodeBase64(message.encoded);
  const text = screenXml(message.binding === 'redirect' ? inflateMessage(bytes) : bytes);
  let root: Element = rootOf(parseXml(text));
  if (!isNamed(root, 'protocol', name)) throw new SamlFault('saml.structure');
  let signers: string[];
  if (message.binding === 'redirect') {
    const kind = name === 'LogoutRequest' ? 'SAMLRequest' : 'SAMLResponse';
    signers = verifyQuery(kind, message.query, settings.certificates);
  } else {
    const signature = signatureOf(root);
    if (signature === null) throw new SamlFault('saml.unsigned');
    const { signed, fitting } = verifySignature(signature, settings.certificates);
    signers = fitting;
    root = rootOf(parseXml(screenXml(Buffer.from(signed, 'utf8'))));
  }
  if (!settings.allowExpiredCertificate && !signers.some((pem) => isWithinTime(pem, now))) {
    throw new SamlFault('saml.certificate-expired');
  }
  const issuer = textOf(onlyChild(root, 'assertion', 'Issuer'));
  if (issuer !== settings.entityId) throw new SamlFault('saml.issuer', { issuer: (issuer ?? '—').slice(0, 200) });
  const destination = attributeOf(root, 'Destination');
  if (destination !== null && destination !== sloUrl) throw new SamlFault('saml.destination');
  const issued = Date.parse(attributeOf(root, 'IssueInstant') ?? '');
  const until = Date.parse(attributeOf(root, 'NotOnOrAfter') ?? '');
  // Without an end of its own it counts for five minutes.
  const end = Math.min(Number.isNaN(until) ? Infinity : until, issued + 5 * 60_000);
  if (Number.isNaN(issued) || issued - SKEW_MS > now.getTime() || end + SKEW_MS <= now.getTime()) {
    throw new SamlFault('saml.expired');
  }
  return root;
}

function readLogoutRequest(
  message: LogoutMessage,
  authenticator: SamlAuthenticator,
  { sloUrl, privateKey }: { readonly sloUrl: string; readonly privateKey: string },
  now: Date,
): LogoutRequest {
  const request = readSigned('LogoutRequest', message, authenticator, sloUrl, now);
  const nameId = textOf(readNameId(request, privateKey));
  const id = attributeOf(request, 'ID');
  if (nameId === null || nameId === '' || id === null) throw new SamlFault('saml.identity');
  const sessionIndexes = childrenOf(request, 'protocol', 'SessionIndex')
    .map((index) => textOf(index))
    .filter((index) => index !== null)
    .slice(0, 50);
  return { id, nameId, sessionIndexes };
}
