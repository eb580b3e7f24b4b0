import { createHash, createPrivateKey, createSign, randomBytes, X509Certificate } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { SamlSettings } from '@/lib/authenticators/model';
import { SamlFault } from './fault';
import { MESSAGE_BYTES_MAX } from './screen';
import type { KeyPair } from './self-signed';
import { canonicalOf, verifyBytes } from './signature';
import { escapeXml, NS, parseXml, rootOf } from './xml';

const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';

const NAME_ID_FORMATS: Readonly<Record<SamlSettings['nameIdFormat'], string>> = {
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
};
export const nameIdFormatUri = (format: SamlSettings['nameIdFormat']) => NAME_ID_FORMATS[format];

/** How a message reaches a provider through the browser. */
export type Way =
  | { readonly kind: 'redirect'; readonly url: string }
  | { readonly kind: 'post'; readonly action: string; readonly fields: Readonly<Record<string, string>> };

/** 160 random bits; an id may not begin with a digit (XML 1.0 §3.3.1). */
export const newMessageId = () => `_${randomBytes(20).toString('hex')}`;

/** Asks a provider to say who somebody is (SAML core §3.4.1). */
export function authnRequestXml(given: {
  readonly id: string;
  readonly now: Date;
  readonly destination: string;
  readonly entityId: string;
  readonly acsUrl: string;
  readonly nameIdFormat: SamlSettings['nameIdFormat'];
  /** « Tester », and MFA-7's proof: whoever is signed in there proves it once more. */
  readonly forceAuthn: boolean;
}): string {
  const force = given.forceAuthn ? ' ForceAuthn="true"' : '';
  return (
    `<samlp:AuthnRequest xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}" ID="${given.id}" Version="2.0"` +
    ` IssueInstant="${instant(given.now)}" Destination="${escapeXml(given.destination)}"${force}` +
    ` ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"` +
    ` AssertionConsumerServiceURL="${escapeXml(given.acsUrl)}"><saml:Issuer>${escapeXml(given.entityId)}</saml:Issuer>` +
    `<samlp:NameIDPolicy Format="${NAME_ID_FORMATS[given.nameIdFormat]}" AllowCreate="true"/></samlp:AuthnRequest>`
  );
}

/** Whom a sign-out is about, in the provider's own words. */
export interface LogoutSubject {
  readonly nameId: string;
  readonly format: string | null;
  readonly nameQualifier: string | null;
  readonly spNameQualifier: string | null;
  readonly sessionIndex: string | null;
}

/** Asks a provider to end somebody's session (SAML core §3.7.1). */
export function logoutRequestXml(given: {
  readonly id: string;
  readonly now: Date;
  readonly destination: string;
  readonly entityId: string;
  readonly subject: LogoutSubject;
}): string {
  const { nameId, format, nameQualifier, spNameQualifier, sessionIndex } = given.subject;
  const attribute = (name: string, value: string | null) => (value === null ? '' : ` ${name}="${escapeXml(value)}"`);
  const index = sessionIndex === null ? '' : `<samlp:SessionIndex>${escapeXml(sessionIndex)}</samlp:SessionIndex>`;
  return (
    `<samlp:LogoutRequest xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}" ID="${given.id}" Version="2.0"` +
    ` IssueInstant="${instant(given.now)}" Destination="${escapeXml(given.destination)}"` +
    ` NotOnOrAfter="${instant(new Date(given.now.getTime() + 5 * 60_000))}">` +
    `<saml:Issuer>${escapeXml(given.entityId)}</saml:Issuer>` +
    `<saml:NameID${attribute('Format', format)}${attribute('NameQualifier', nameQualifier)}` +
    `${attribute('SPNameQualifier', spNameQualifier)}>${escapeXml(nameId)}</saml:NameID>${index}</samlp:LogoutRequest>`
  );
}

/** Answers a provider's own request to end sessions (SAML core §3.7.2). */
export function logoutResponseXml(given: {
  readonly id: string;
  readonly now: Date;
  readonly destination: string;
  readonly entityId: string;
  readonly inResponseTo: string;
}): string {
  return (
    `<samlp:LogoutResponse xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}" ID="${given.id}" Version="2.0"` +
    ` IssueInstant="${instant(given.now)}" Destination="${escapeXml(given.destination)}"` +
    ` InResponseTo="${escapeXml(given.inResponseTo)}"><saml:Issuer>${escapeXml(given.entityId)}</saml:Issuer>` +
    `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>` +
    `</samlp:LogoutResponse>`
  );
}

/** Whole seconds: some providers read no others. */
const instant = (date: Date) => `${date.toISOString().slice(0, 19)}Z`;

/**
 * Signs a message, for the binding that carries it inside of a form: the signature stands behind the issuer.
 *
 * @param xml with `ID` on its root and an `Issuer` as its first element
 */
export function signMessage(xml: string, id: string, { privateKey, certificate }: KeyPair): string {
  const digest = createHash('sha256')
    .update(canonicalOf(rootOf(parseXml(xml)), []), 'utf8')
    .digest('base64');
  // Written as its own canonical form: what is signed is what stands there.
  const signedInfo =
    `<ds:SignedInfo xmlns:ds="${NS.signature}"><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"></ds:CanonicalizationMethod>` +
    `<ds:SignatureMethod Algorithm="${RSA_SHA256}"></ds:SignatureMethod><ds:Reference URI="#${id}"><ds:Transforms>` +
    `<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>` +
    `<ds:Transform Algorithm="${EXCLUSIVE}"></ds:Transform></ds:Transforms>` +
    `<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>` +
    `<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
  const value = createSign('sha256').update(signedInfo, 'utf8').sign(privateKey, 'base64');
  const body = new X509Certificate(certificate).raw.toString('base64');
  const signature =
    `<ds:Signature xmlns:ds="${NS.signature}">${signedInfo}<ds:SignatureValue>${value}</ds:SignatureValue>` +
    `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${body}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`;
  return xml.replace('</saml:Issuer>', () => `</saml:Issuer>${signature}`);
}

/**
 * A message on its way: deflated in a URL, signed beside it; or whole in a form, signed inside.
 *
 * @param relayState at most 80 bytes (SAML bindings §3.4.3)
 * @param key null: unsigned
 * @source SAML bindings §3.4.4.1 and §3.5.4
 */
export function sendMessage(
  binding: 'redirect' | 'post',
  destination: string,
  message: { readonly kind: 'SAMLRequest' | 'SAMLResponse'; readonly id: string; readonly xml: string },
  relayState: string | null,
  key: KeyPair | null,
): Way {
  const relay: Record<string, string> = relayState === null ? {} : { RelayState: relayState };
  if (binding === 'post') {
    const xml = key === null ? message.xml : signMessage(message.xml, message.id, key);
    const value = Buffer.from(xml, 'utf8').toString('base64');
    return { kind: 'post', action: destination, fields: { [message.kind]: value, ...relay } };
  }
  const deflated = deflateRawSync(Buffer.from(message.xml, 'utf8')).toString('base64');
  const parts = Object.entries({ [message.kind]: deflated, ...relay, ...(key && { SigAlg: RSA_SHA256 }) });
  // In this order, and encoded just as it is sent: that text is what is signed.
  let query = parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  if (key !== null) {
    const value = createSign('sha256').update(query, 'utf8').sign(createPrivateKey(key.privateKey), 'base64');
    query += `&Signature=${encodeURIComponent(value)}`;
  }
  return { kind: 'redirect', url: `${destination}${destination.includes('?') ? '&' : '?'}${query}` };
}

/**
 * The bytes of a message that came in a URL. What they inflate to is bounded before it is.
 *
 * @throws {SamlFault} `saml.malformed`, `saml.too-large`
 */
export function inflateMessage(bytes: Buffer): Buffer {
  try {
    return inflateRawSync(bytes, { maxOutputLength: MESSAGE_BYTES_MAX });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new SamlFault(tooLarge ? 'saml.too-large' : 'saml.malformed');
  }
}

/**
 * Whether the signature beside a message in a URL is of one of our certificates, over the text just as it was sent.
 *
 * @param query without its question mark
 * @returns the certificates that fit it
 * @throws {SamlFault} `saml.unsigned`, `saml.key`, `saml.structure` where a parameter comes twice
 */
export function verifyQuery(
  kind: 'SAMLRequest' | 'SAMLResponse',
  query: string,
  certificates: readonly string[],
): string[] {
  const raw = new Map<string, string>();
  for (const part of query.split('&')) {
    const [name = '', value = ''] = part.split('=', 2);
    if (raw.has(name)) throw new SamlFault('saml.structure');
    raw.set(name, value);
  }
  const algorithm = decodePart(raw.get('SigAlg') ?? '');
  const signature = decodePart(raw.get('Signature') ?? '');
  if (algorithm === '' || signature === '') throw new SamlFault('saml.unsigned');
  const signed = [kind, 'RelayState', 'SigAlg']
    .filter((name) => raw.has(name))
    .map((name) => `${name}=${raw.get(name)}`)
    .join('&');
  const fitting = certificates.filter((pem) =>
    verifyBytes(new X509Certificate(pem).publicKey, algorithm, signed, signature),
  );
  if (fitting.length === 0) throw new SamlFault('saml.key');
  return fitting;
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new SamlFault('saml.malformed');
  }
}
