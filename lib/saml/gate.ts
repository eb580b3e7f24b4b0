import { X509Certificate } from 'node:crypto';
import type { SamlSettings } from '@/lib/authenticators/model';
import { SamlFault } from './fault';
import { decryptElement } from './decrypt';
import { MESSAGE_BYTES_MAX, screenXml } from './screen';
import { signatureOf, verifySignature } from './signature';
import {
  attributeOf,
  childrenOf,
  elementsOf,
  isNamed,
  NS,
  onlyChild,
  parseXml,
  rootOf,
  textOf,
  walk,
  type Element,
} from './xml';

/** How far apart two clocks may be. */
export const SKEW_MS = 60_000;
/** The longest that an assertion may be good for, and where nobody asked for it. */
const VALIDITY_MAX_MS = 15 * 60_000;
const UNASKED_VALIDITY_MAX_MS = 5 * 60_000;
const AUDIENCES_MAX = 20;
const ATTRIBUTES_MAX = 200;
const VALUE_MAX = 4_000;

const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const ENTITY = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity';

/** What we know ourselves, and hold a response against. */
export interface Expected {
  /** Our own name at this provider, exact: of this authenticator alone. */
  readonly entityId: string;
  /** Where responses come in, exact. */
  readonly acsUrl: string;
  readonly settings: Pick<
    SamlSettings,
    'entityId' | 'certificates' | 'allowExpiredCertificate' | 'allowLongValidity' | 'ficam'
  >;
  /** PEM; what is encrypted to us is opened with it. */
  readonly privateKey: string;
  /** The id of the request that this must answer; null: nobody asked (IdP-initiated). */
  readonly requestId: string | null;
  readonly now: Date;
}

export interface SamlAttribute {
  readonly name: string;
  readonly friendlyName: string | null;
  readonly values: readonly string[];
}

/** What a response says, once all of it was verified. */
export interface Assertion {
  readonly id: string;
  /** From then on it could not be shown again anyhow. */
  readonly expiresAt: Date;
  readonly issuer: string;
  readonly nameId: string | null;
  readonly nameIdFormat: string | null;
  /** Beside the NameID, for a sign-out that names the same person. */
  readonly nameQualifier: string | null;
  readonly spNameQualifier: string | null;
  readonly sessionIndex: string | null;
  readonly classes: readonly string[];
  readonly attributes: readonly SamlAttribute[];
  /** Of the certificate that signed it, where it ran out and the organisation lets that pass. */
  readonly certificateExpired: boolean;
}

/**
 * The gate in front of everything else that reads a response: all of the checklist, on the bytes that were signed.
 *
 * Each line refuses with a code of its own. What stands outside of a signature (the wrapper of a signed assertion) can only
 * ever refuse: nothing of it is believed. Ids that were used, the browser, and who may come in are not known here; the
 * caller asks the database (lines 2, 12 to 14).
 *
 * @param encoded the form's `SAMLResponse`: base64, as it came
 * @throws {SamlFault} `saml.*`
 * @source SECURITY.md, SAML responses; SAML profiles §4.1.4, SAML core §2 and §5, the FICAM SAML 2.0 profile
 */
export function passGate(encoded: string, expected: Expected): Assertion {
  const text = screenXml(decodeBase64(encoded));
  const response = rootOf(parseXml(text));
  // 3: one response, one assertion, wherever else somebody might look for another.
  if (!isNamed(response, 'protocol', 'Response')) throw new SamlFault('saml.structure');
  refuseStrangeShapes(response);
  checkWrapper(response, expected);
  const { assertion, signers } = openSigned(response, expected);
  const certificateExpired = checkCertificates(signers, expected);
  checkIssuers(assertion, expected);
  checkAudience(assertion, expected);
  checkConfirmation(assertion, expected);
  const until = checkConditions(assertion, expected);
  const statement = checkStatement(assertion, expected);
  const nameId = nameIdOf(assertion, expected.privateKey);
  return {
    id: attributeOf(assertion, 'ID')!,
    // An id is kept for longer than its assertion could pass.
    expiresAt: new Date(until.getTime() + 2 * SKEW_MS),
    issuer: expected.settings.entityId,
    nameId: nameId === null ? null : textOf(nameId),
    nameIdFormat: nameId && attributeOf(nameId, 'Format'),
    nameQualifier: nameId && attributeOf(nameId, 'NameQualifier'),
    spNameQualifier: nameId && attributeOf(nameId, 'SPNameQualifier'),
    ...statement,
    attributes: attributesOf(assertion),
    certificateExpired,
  };
}

/**
 * A form's value as bytes. Base64 in lines is usual; anything else in it is not.
 *
 * @throws {SamlFault} `saml.malformed`, `saml.too-large`
 */
export function decodeBase64(encoded: string): Buffer {
  // Four letters carry three bytes; line breaks come beside them.
  if (encoded.length > MESSAGE_BYTES_MAX * 1.5) throw new SamlFault('saml.too-large');
  const dense = encoded.replace(/[\t\n\r ]+/g, '');
  if (dense === '' || dense.length % 4 === 1 || !/^[A-Za-z0-9+/]+={0,2}$/.test(dense))
    throw new SamlFault('saml.malformed');
  return Buffer.from(dense, 'base64');
}

/** Line 3: whatever is not one plain response with one assertion right below it. */
function refuseStrangeShapes(response: Element): void {
  const ids = new Set<string>();
  const counts = { Response: 0, Assertion: 0, EncryptedAssertion: 0, Signature: 0 };
  for (const element of walk(response)) {
    // By their local names: a reader that cares little for namespaces must find nothing else either.
    const name = element.localName as keyof typeof counts;
    if (name in counts) counts[name]++;
    if (counts.Signature > 2) throw new SamlFault('saml.structure');
    if (name === 'Signature' && !mayBeSigned(element.parentNode as Element)) throw new SamlFault('saml.structure');
    for (const attribute of ['ID', 'Id', 'id', 'AssertionID']) {
      const id = attributeOf(element, attribute);
      if (id === null) continue;
      // A plain name: it stands in an expression of XPath further on.
      if (ids.has(id) || !/^[A-Za-z_][\w.-]{0,255}$/.test(id)) throw new SamlFault('saml.structure');
      ids.add(id);
    }
  }
  const direct = [
    ...childrenOf(response, 'assertion', 'Assertion'),
    ...childrenOf(response, 'assertion', 'EncryptedAssertion'),
  ];
  // A refusal of the provider has none, and says so in its status.
  if (counts.Response !== 1 || counts.Assertion + counts.EncryptedAssertion !== direct.length || direct.length > 1) {
    throw new SamlFault('saml.structure');
  }
}

const mayBeSigned = (element: Element) =>
  isNamed(element, 'protocol', 'Response') || isNamed(element, 'assertion', 'Assertion');

/** What the wrapper says. Signed or not, it must not speak against us: line 6, 8 and 9, and the provider's own verdict. */
function checkWrapper(response: Element, { settings, acsUrl, requestId }: Expected): void {
  if (attributeOf(response, 'Version') !== '2.0') throw new SamlFault('saml.structure');
  const issuers = childrenOf(response, 'assertion', 'Issuer');
  if (issuers.length > 1) throw new SamlFault('saml.structure');
  if (issuers.length === 1) checkIssuer(issuers[0]!, settings.entityId);
  const destination = attributeOf(response, 'Destination');
  if (destination !== null && destination !== acsUrl) throw new SamlFault('saml.destination');
  const answers = attributeOf(response, 'InResponseTo');
  if (answers !== null && answers !== requestId) throw new SamlFault('saml.request');
  const status = onlyChild(response, 'protocol', 'Status');
  const code = status && onlyChild(status, 'protocol', 'StatusCode');
  const value = code && attributeOf(code, 'Value');
  if (value !== SUCCESS) {
    const inner = code && onlyChild(code, 'protocol', 'StatusCode');
    const told = (inner && attributeOf(inner, 'Value')) ?? value ?? '';
    throw new SamlFault('saml.status', { status: /:([A-Za-z]{1,60})$/.exec(told)?.[1] ?? '—' });
  }
}

/**
 * Lines 4 and 5: the assertion as it was signed, by whom. Every signature that is there must hold; one at least must.
 *
 * @returns the assertion, read from the canonical bytes of what was signed and from nothing else
 */
function openSigned(
  response: Element,
  { settings, privateKey }: Expected,
): { assertion: Element; signers: string[][] } {
  const signers: string[][] = [];
  const verify = (parent: Element): Element | null => {
    const signature = signatureOf(parent);
    if (signature === null) return null;
    const { signed, fitting } = verifySignature(signature, settings.certificates);
    signers.push(fitting);
    const reread = rootOf(parseXml(screenXml(Buffer.from(signed, 'utf8'))));
    // The very element that the signature stands in, and no other of that name.
    if (attributeOf(reread, 'ID') !== signature.parentId || !isNamed(reread, ...kindOf(parent))) {
      throw new SamlFault('saml.structure');
    }
    return reread;
  };
  const whole = verify(response);
  const outer = whole ?? response;
  const encrypted = onlyChild(outer, 'assertion', 'EncryptedAssertion');
  if (encrypted !== null) {
    // Of a signed response it is part of what was signed; else the assertion inside must be.
    const opened = screenXml(decryptElement(encrypted, privateKey));
    const inner = rootOf(parseXml(opened));
    if (!isNamed(inner, 'assertion', 'Assertion')) throw new SamlFault('saml.structure');
    refuseNested(inner);
    const own = verify(inner);
    if (own === null && whole === null) throw new SamlFault('saml.unsigned');
    return { assertion: own ?? inner, signers };
  }
  const received = onlyChild(response, 'assertion', 'Assertion');
  if (received === null) throw new SamlFault('saml.structure');
  const own = verify(received);
  if (own !== null) return { assertion: own, signers };
  if (whole === null) throw new SamlFault('saml.unsigned');
  const inside = onlyChild(whole, 'assertion', 'Assertion');
  if (inside === null) throw new SamlFault('saml.structure');
  return { assertion: inside, signers };
}

const kindOf = (element: Element): ['protocol' | 'assertion', string] =>
  element.namespaceURI === NS.protocol ? ['protocol', 'Response'] : ['assertion', 'Assertion'];

/** What came out of an encrypted assertion is looked at as closely as what came in the open. */
function refuseNested(assertion: Element): void {
  let signatures = 0;
  const ids = new Set<string>();
  for (const element of walk(assertion)) {
    if (element !== assertion && /^(Encrypted)?Assertion$|^Response$/.test(element.localName ?? '')) {
      throw new SamlFault('saml.structure');
    }
    if (element.localName === 'Signature' && (++signatures > 1 || element.parentNode !== assertion)) {
      throw new SamlFault('saml.structure');
    }
    for (const attribute of ['ID', 'Id', 'id', 'AssertionID']) {
      const id = attributeOf(element, attribute);
      if (id === null) continue;
      if (ids.has(id) || !/^[A-Za-z_][\w.-]{0,255}$/.test(id)) throw new SamlFault('saml.structure');
      ids.add(id);
    }
  }
}

/** Line 5: within its time, unless the organisation lets an old one pass. @returns whether an old one was let pass */
function checkCertificates(signers: readonly (readonly string[])[], { settings, now }: Expected): boolean {
  const outside = signers.some((fitting) => fitting.every((pem) => !isWithinTime(pem, now)));
  if (outside && !settings.allowExpiredCertificate) throw new SamlFault('saml.certificate-expired');
  return outside;
}

export function isWithinTime(certificate: string, now: Date): boolean {
  const { validFrom, validTo } = new X509Certificate(certificate);
  return now.getTime() >= Date.parse(validFrom) && now.getTime() < Date.parse(validTo);
}

/** Line 6. */
function checkIssuers(assertion: Element, { settings }: Expected): void {
  if (attributeOf(assertion, 'Version') !== '2.0') throw new SamlFault('saml.structure');
  const issuer = onlyChild(assertion, 'assertion', 'Issuer');
  if (issuer === null) throw new SamlFault('saml.issuer', { issuer: '—' });
  checkIssuer(issuer, settings.entityId);
}

function checkIssuer(issuer: Element, entityId: string): void {
  const format = attributeOf(issuer, 'Format');
  const name = textOf(issuer);
  if (name !== entityId || entityId === '' || (format !== null && format !== ENTITY)) {
    throw new SamlFault('saml.issuer', { issuer: (name ?? '—').slice(0, 200) });
  }
}

/** Line 7: every restriction names us, exactly; beside others it may. */
function checkAudience(assertion: Element, { entityId }: Expected): void {
  const conditions = onlyChild(assertion, 'assertion', 'Conditions');
  const restrictions = conditions === null ? [] : childrenOf(conditions, 'assertion', 'AudienceRestriction');
  const named = restrictions.map((one) => childrenOf(one, 'assertion', 'Audience').slice(0, AUDIENCES_MAX).map(textOf));
  if (restrictions.length === 0 || !named.every((audiences) => audiences.includes(entityId))) {
    throw new SamlFault('saml.audience', { audience: (named.flat()[0] ?? '—').slice(0, 200) });
  }
}

/** Line 8: whoever carries it is who it speaks of, here, now, and in answer to what we asked. */
function checkConfirmation(assertion: Element, { acsUrl, requestId, now }: Expected): void {
  const subject = onlyChild(assertion, 'assertion', 'Subject');
  // FICAM asks for the Subject in this very namespace; we ask it of everybody.
  if (subject === null) throw new SamlFault('saml.subject');
  const faults: SamlFault[] = [];
  for (const confirmation of childrenOf(subject, 'assertion', 'SubjectConfirmation')) {
    if (attributeOf(confirmation, 'Method') !== BEARER) continue;
    const data = onlyChild(confirmation, 'assertion', 'SubjectConfirmationData');
    const fault = data === null ? new SamlFault('saml.confirmation') : faultOf(data, { acsUrl, requestId, now });
    if (fault === null) return;
    faults.push(fault);
  }
  throw faults[0] ?? new SamlFault('saml.confirmation');
}

function faultOf(
  data: Element,
  { acsUrl, requestId, now }: Pick<Expected, 'acsUrl' | 'requestId' | 'now'>,
): SamlFault | null {
  if (attributeOf(data, 'Recipient') !== acsUrl) return new SamlFault('saml.recipient');
  if (attributeOf(data, 'NotBefore') !== null) return new SamlFault('saml.confirmation');
  const until = instantOf(data, 'NotOnOrAfter');
  if (until === null) return new SamlFault('saml.confirmation');
  if (until.getTime() + SKEW_MS <= now.getTime()) return new SamlFault('saml.expired');
  // Asked for: it answers our request. Not asked for: it answers nobody's, or it was taken from somebody's sign-in.
  if (attributeOf(data, 'InResponseTo') !== requestId) return new SamlFault('saml.request');
  return null;
}

/** Line 10. @returns until when the assertion is good */
function checkConditions(assertion: Element, { settings, now, requestId }: Expected): Date {
  const conditions = onlyChild(assertion, 'assertion', 'Conditions');
  const until = conditions && instantOf(conditions, 'NotOnOrAfter');
  if (conditions === null || until === null) throw new SamlFault('saml.validity');
  const known = ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'];
  // A condition that we do not know makes the assertion's validity unknown (SAML core §2.5.1).
  if (!elementsOf(conditions).every((one) => known.some((name) => isNamed(one, 'assertion', name)))) {
    throw new SamlFault('saml.validity');
  }
  if (until.getTime() + SKEW_MS <= now.getTime()) throw new SamlFault('saml.expired');
  const issued = instantOf(assertion, 'IssueInstant');
  if (issued === null) throw new SamlFault('saml.validity');
  const notBefore = attributeOf(conditions, 'NotBefore') === null ? null : instantOf(conditions, 'NotBefore');
  if (notBefore === null && attributeOf(conditions, 'NotBefore') !== null) throw new SamlFault('saml.validity');
  const from = notBefore ?? issued;
  if (Math.max(from.getTime(), issued.getTime()) - SKEW_MS > now.getTime()) throw new SamlFault('saml.not-yet-valid');
  // Counted from when it was made: providers set NotBefore back for clocks that run late.
  const most = issued.getTime() + (requestId === null ? UNASKED_VALIDITY_MAX_MS : VALIDITY_MAX_MS);
  if (until.getTime() > most && !settings.allowLongValidity) {
    throw new SamlFault('saml.too-long', { minutes: (most - issued.getTime()) / 60_000 });
  }
  // A provider may give an hour; we take its word for the minutes that we would have given.
  if (most + SKEW_MS <= now.getTime()) throw new SamlFault('saml.expired');
  return new Date(Math.min(until.getTime(), most));
}

/** Line 11. */
function checkStatement(assertion: Element, { settings, now }: Expected): Pick<Assertion, 'sessionIndex' | 'classes'> {
  const statements = childrenOf(assertion, 'assertion', 'AuthnStatement');
  if (statements.length !== 1) throw new SamlFault('saml.statement');
  const [statement] = statements as [Element];
  if (attributeOf(statement, 'SessionNotOnOrAfter') !== null) {
    const until = instantOf(statement, 'SessionNotOnOrAfter');
    if (until === null || until.getTime() + SKEW_MS <= now.getTime()) throw new SamlFault('saml.session-over');
  }
  const classes = childrenOf(statement, 'assertion', 'AuthnContext')
    .flatMap((context) => childrenOf(context, 'assertion', 'AuthnContextClassRef'))
    .map((reference) => textOf(reference) ?? '');
  if (settings.ficam && (classes.length !== 1 || classes[0] === '')) throw new SamlFault('saml.context');
  return { sessionIndex: attributeOf(statement, 'SessionIndex'), classes };
}

/** The NameID of the Subject; null: it has none, or an empty one, and an attribute says who it is. */
function nameIdOf(assertion: Element, privateKey: string): Element | null {
  const nameId = readNameId(onlyChild(assertion, 'assertion', 'Subject')!, privateKey);
  const text = textOf(nameId);
  if (nameId !== null && (text === null || text.length > 500)) throw new SamlFault('saml.identity');
  return text === '' ? null : nameId;
}

/**
 * The one NameID right below an element that was signed, in the open or encrypted to us (SAML core §2.2.4).
 *
 * @returns null: there is none
 * @throws {SamlFault} `saml.identity` where there are several; `saml.encryption`; what was inside is screened like all else
 */
export function readNameId(parent: Element, privateKey: string): Element | null {
  const found = elementsOf(parent).filter(
    (one) => isNamed(one, 'assertion', 'NameID') || isNamed(one, 'assertion', 'EncryptedID'),
  );
  if (found.length > 1) throw new SamlFault('saml.identity');
  const [only] = found;
  if (only === undefined || only.localName === 'NameID') return only ?? null;
  const opened = rootOf(parseXml(screenXml(decryptElement(only, privateKey))));
  if (!isNamed(opened, 'assertion', 'NameID')) throw new SamlFault('saml.identity');
  return opened;
}

/** What else is said of whom. A name that comes twice has the values of both. */
function attributesOf(assertion: Element): SamlAttribute[] {
  const found = new Map<string, SamlAttribute>();
  for (const statement of childrenOf(assertion, 'assertion', 'AttributeStatement')) {
    for (const attribute of childrenOf(statement, 'assertion', 'Attribute')) {
      const name = attributeOf(attribute, 'Name');
      if (name === null || name === '' || name.length > 300 || found.size >= ATTRIBUTES_MAX) continue;
      const values = childrenOf(attribute, 'assertion', 'AttributeValue')
        .map(valueOf)
        .filter((one) => one !== null);
      const before = found.get(name);
      found.set(name, {
        name,
        friendlyName: before?.friendlyName ?? attributeOf(attribute, 'FriendlyName'),
        values: [...(before?.values ?? []), ...values],
      });
    }
  }
  return [...found.values()];
}

/** A value is text, or a NameID of its own (eduPersonTargetedID). */
function valueOf(value: Element): string | null {
  const inner = onlyChild(value, 'assertion', 'NameID');
  const text = textOf(inner ?? value);
  return text === null || text.length > VALUE_MAX ? null : text;
}

/** A moment as SAML writes it, in UTC (SAML core §1.3.3); null where it is none. */
function instantOf(element: Element, name: string): Date | null {
  const text = attributeOf(element, name);
  if (text === null || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/.test(text)) return null;
  const date = new Date(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}
