import { generateKeyPair, randomBytes, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { IConnectionAPIController, IOAuthController, Profile } from '@boxyhq/saml-jackson';
import { SamlFault } from './fault';
import type { Assertion } from './gate';
import { newMessageId, signMessage } from './messages';
import { selfSign, type KeyPair } from './self-signed';
import { escapeXml, NS } from './xml';

/**
 * SAML Jackson, in the only file that knows it (docs/decisions/011-saml.md). It is plumbing behind the gate: it is shown
 * what the gate verified, and gives back a profile in which the many names of one claim are one.
 *
 * What it is shown was written anew from an assertion that passed, under the authenticator's own URL as its issuer, and
 * countersigned by a key of this process: no byte that came from outside reaches its parsers, and no organisation can take
 * the name of another's provider. Its codes are exchanged in process and leave it never; its routes are not served; it keeps
 * nothing but what this process has in memory; it counts, traces and sends nothing.
 */

/** However little it has to do: no request waits for it for longer. */
const WITHIN_MS = 5_000;
/** A start that takes longer than this is given up, and the next one who comes begins anew. */
const START_WITHIN_MS = 20_000;
/** Connections that are kept; the one that was not asked for longest goes, and is made again when it is. */
const CONNECTIONS_MAX = 200;
/** How long its codes and tokens live; none is needed for longer than one call. */
const CODES_SECONDS = 60;
const PRODUCT = 'vestibule';
/** What it would take for the name of whom the assertion speaks of. */
const NAMES_OF_SUBJECT = new Set(['id', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier']);

interface Plumbing {
  readonly connections: IConnectionAPIController;
  readonly oauth: IOAuthController;
  readonly clientSecret: string;
  /** By which it knows what came through the gate: of this process, and kept nowhere. */
  readonly key: KeyPair;
}

/** At whose door an assertion came in. */
export interface Door {
  readonly authenticatorId: string;
  /** Our own name there, which is no other authenticator's. */
  readonly entityId: string;
  readonly acsUrl: string;
}

interface Shared {
  plumbing: Promise<Plumbing> | null;
  connections: Map<string, Promise<unknown>>;
}

/** The proxy is bundled apart from the pages: what one process has once hangs here. */
const shared = ((globalThis as { vestibuleJackson?: Shared }).vestibuleJackson ??= {
  plumbing: null,
  connections: new Map(),
});

/** Loads the library, which takes a second or two, while somebody is away at their provider. */
export function warmUpJackson(): void {
  // Whoever comes back finds out where it failed, and is told.
  plumbing().catch(() => {});
}

/**
 * What Jackson makes of an assertion that passed the gate: `email`, `firstName`, `lastName` where it knows the names of
 * the attributes, and all of them under `raw`.
 *
 * @throws {SamlFault} `saml.library` where it does not answer within 5 s of being there, or read another name than the gate
 */
export async function profileOf(door: Door, assertion: Assertion, now: Date): Promise<Profile> {
  try {
    // Loaded by the first who needs it, where a provider begins: that has a limit of its own, and is nobody's fault.
    return await within(WITHIN_MS, ask(await plumbing(), door, assertion, now));
  } catch {
    // Its own words repeat what it was shown.
    throw new SamlFault('saml.library');
  }
}

/** Gives up after a while; whatever becomes of the work later, nobody waits for it any more. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('late')), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function ask(
  { oauth, connections, key, clientSecret }: Plumbing,
  door: Door,
  assertion: Assertion,
  now: Date,
): Promise<Profile> {
  await connect(connections, key, door);
  // As if the provider had begun it: nothing that a browser could show is needed then, nor believed.
  const response = Buffer.from(countersign(door, assertion, key, now), 'utf8').toString('base64');
  const answer = await oauth.samlResponse({ SAMLResponse: response, RelayState: '' });
  const code = answer.redirect_url === undefined ? null : new URL(answer.redirect_url).searchParams.get('code');
  if (answer.error !== undefined || code === null) throw new SamlFault('saml.library');
  const { access_token: token } = await oauth.token({
    grant_type: 'authorization_code',
    code,
    redirect_uri: landing(door),
    client_id: 'dummy',
    client_secret: clientSecret,
  });
  const profile = await oauth.userInfo(token);
  // A second reading of the one thing that counts most; it leaves one space where there are several.
  const words = assertion.nameId && legible(assertion.nameId).split(/\s+/).filter(Boolean).join(' ');
  if (words !== null && profile.id.split(/\s+/).filter(Boolean).join(' ') !== words) {
    throw new SamlFault('saml.library');
  }
  return profile;
}

/** Where its codes would go; nothing is ever sent there. */
const landing = ({ entityId }: Door) => new URL('/', entityId).href;

function plumbing(): Promise<Plumbing> {
  shared.plumbing ??= within(START_WITHIN_MS, start()).catch((error: unknown) => {
    // The next one tries again.
    shared.plumbing = null;
    throw error;
  });
  return shared.plumbing;
}

async function start(): Promise<Plumbing> {
  const [{ default: jackson }, { privateKey }] = await Promise.all([
    import('@boxyhq/saml-jackson'),
    promisify(generateKeyPair)('rsa', { modulusLength: 2048 }),
  ]);
  const day = 24 * 3_600_000;
  const key: KeyPair = {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: selfSign(privateKey, {
      commonName: PRODUCT,
      from: new Date(Date.now() - day),
      until: new Date(Date.now() + 20 * 365 * day),
    }),
  };
  const clientSecret = randomBytes(32).toString('hex');
  const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
  const silent = () => {};
  const made = await jackson({
    externalUrl: 'https://vestibule.invalid',
    samlPath: '/acs',
    idpEnabled: true,
    noAnalytics: true,
    ssoTraces: { disable: true },
    clientSecretVerifier: clientSecret,
    openid: { redirectExactMatch: true },
    // Without one it makes its own; it signs and opens nothing here.
    certs: { publicKey: base64(key.certificate), privateKey: base64(key.privateKey) },
    db: { engine: 'mem', ttl: CODES_SECONDS },
    logger: { info: silent, warn: silent, error: silent },
  });
  return { connections: made.connectionAPIController, oauth: made.oauthController, clientSecret, key };
}

/** One connection for each authenticator, of which it alone knows the name. */
async function connect(controller: IConnectionAPIController, key: KeyPair, door: Door): Promise<void> {
  const { connections } = shared;
  const known = connections.get(door.entityId);
  // Last asked, last to go.
  connections.delete(door.entityId);
  const made =
    known ??
    controller.createSAMLConnection({
      tenant: door.authenticatorId,
      product: PRODUCT,
      name: PRODUCT,
      defaultRedirectUrl: landing(door),
      redirectUrl: JSON.stringify([landing(door)]),
      samlAudienceOverride: door.entityId,
      rawMetadata: metadataFor(door, key),
    } as Parameters<IConnectionAPIController['createSAMLConnection']>[0]);
  connections.set(door.entityId, made);
  made.catch(() => connections.delete(door.entityId));
  for (const oldest of connections.keys()) {
    if (connections.size <= CONNECTIONS_MAX) break;
    connections.delete(oldest);
    const tenant = /\/([^/]+)\/metadata$/.exec(oldest)?.[1] ?? '';
    controller.deleteConnections({ tenant, product: PRODUCT }).catch(() => {});
  }
  await made;
}

function metadataFor(door: Door, { certificate }: KeyPair): string {
  const body = new X509Certificate(certificate).raw.toString('base64');
  return (
    `<EntityDescriptor xmlns="${NS.metadata}" entityID="${escapeXml(door.entityId)}"><IDPSSODescriptor` +
    ` protocolSupportEnumeration="${NS.protocol}"><KeyDescriptor use="signing"><KeyInfo xmlns="${NS.signature}"><X509Data>` +
    `<X509Certificate>${body}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleSignOnService` +
    ` Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${escapeXml(landing(door))}"/>` +
    `</IDPSSODescriptor></EntityDescriptor>`
  );
}

/** As its parser takes it: what stands where a provider could not read a letter is nothing that it would pass over. */
const legible = (text: string) => text.replaceAll('\uFFFD', '□');

/** The assertion written anew: what the gate read, for us alone, for one minute. */
function countersign({ entityId, acsUrl }: Door, assertion: Assertion, key: KeyPair, now: Date): string {
  const id = newMessageId();
  const issued = now.toISOString();
  const until = new Date(now.getTime() + 60_000).toISOString();
  const issuer = `<saml:Issuer xmlns:saml="${NS.assertion}">${escapeXml(entityId)}</saml:Issuer>`;
  const format = assertion.nameIdFormat === null ? '' : ` Format="${escapeXml(assertion.nameIdFormat)}"`;
  // It answers nobody who has neither a name nor an address that it knows: whom an attribute names is anybody to it.
  const nameId = `<saml:NameID${format}>${escapeXml(legible(assertion.nameId ?? id))}</saml:NameID>`;
  const attributes = assertion.attributes
    .filter(({ name, values }) => values.length > 0 && !NAMES_OF_SUBJECT.has(name))
    .map(({ name, friendlyName, values }) => {
      const friendly = friendlyName === null ? '' : ` FriendlyName="${escapeXml(friendlyName)}"`;
      const written = values.map((value) => `<saml:AttributeValue>${escapeXml(legible(value))}</saml:AttributeValue>`);
      return `<saml:Attribute Name="${escapeXml(name)}"${friendly}>${written.join('')}</saml:Attribute>`;
    });
  const statement =
    attributes.length === 0 ? '' : `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>`;
  const signed = signMessage(
    `<saml:Assertion xmlns:saml="${NS.assertion}" ID="${id}" Version="2.0" IssueInstant="${issued}">` +
      `${issuer}<saml:Subject>${nameId}<saml:SubjectConfirmation` +
      ` Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData Recipient="${escapeXml(acsUrl)}"` +
      ` NotOnOrAfter="${until}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${issued}"` +
      ` NotOnOrAfter="${until}"><saml:AudienceRestriction><saml:Audience>${escapeXml(entityId)}</saml:Audience>` +
      `</saml:AudienceRestriction></saml:Conditions>${statement}</saml:Assertion>`,
    id,
    key,
  );
  return (
    `<samlp:Response xmlns:samlp="${NS.protocol}" ID="${newMessageId()}" Version="2.0" IssueInstant="${issued}">` +
    `${issuer}<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>` +
    `${signed}</samlp:Response>`
  );
}
