import { createHash, createVerify, X509Certificate, type KeyObject } from 'node:crypto';
import { ExclusiveCanonicalization } from 'xml-crypto';
import { SamlFault } from './fault';
import {
  attributeOf,
  childrenOf,
  elementsOf,
  isNamed,
  onlyChild,
  parseXml,
  rootOf,
  textOf,
  walk,
  type Element,
} from './xml';

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

interface Algorithm {
  readonly key: 'rsa' | 'ec';
  readonly hash: 'sha256' | 'sha384' | 'sha512';
}

/** What a signature may be made with (SECURITY.md, SAML responses, line 4). No SHA-1, no MAC, no plain canonical form. */
export const SIGNATURE_ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': { key: 'rsa', hash: 'sha256' },
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384': { key: 'rsa', hash: 'sha384' },
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': { key: 'rsa', hash: 'sha512' },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256': { key: 'ec', hash: 'sha256' },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384': { key: 'ec', hash: 'sha384' },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512': { key: 'ec', hash: 'sha512' },
};

const DIGESTS: Readonly<Record<string, string>> = {
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
};

/**
 * Whether some bytes were signed by the owner of a key. The kind of the key decides, and not what the message says of it:
 * a name of an algorithm that is not the key's own fits nothing.
 *
 * @source RFC 6931 §2.3: an ECDSA signature is r and s side by side, not DER
 */
export function verifyBytes(key: KeyObject, algorithm: string, bytes: string, signature: string): boolean {
  const wanted = SIGNATURE_ALGORITHMS[algorithm];
  if (wanted === undefined || key.asymmetricKeyType !== wanted.key) return false;
  try {
    return createVerify(wanted.hash)
      .update(bytes, 'utf8')
      .verify({ key, dsaEncoding: 'ieee-p1363' }, signature, 'base64');
  } catch {
    return false;
  }
}

/**
 * An element in exclusive canonical form, by xml-crypto: comments and unused namespaces gone, one spelling for all that
 * means the same.
 *
 * @param prefixes namespaces to keep although nothing uses them visibly (`xs`, for the types of values)
 * @source Exclusive XML Canonicalization 1.0
 */
export function canonicalOf(element: Element, prefixes: readonly string[]): string {
  const ancestorNamespaces: { prefix: string; namespaceURI: string }[] = [];
  const seen = new Set<string>();
  for (let node: Element | null = element; node?.nodeType === 1; node = node.parentNode as Element | null) {
    for (const { prefix, localName, value } of node.attributes) {
      if (prefix !== 'xmlns' || seen.has(localName!)) continue;
      // The nearest counts, and what the element declares itself needs no help.
      seen.add(localName!);
      if (node !== element) ancestorNamespaces.push({ prefix: localName!, namespaceURI: value });
    }
  }
  return new ExclusiveCanonicalization().process(element as never, {
    inclusiveNamespacesPrefixList: [...prefixes] as never,
    ancestorNamespaces: ancestorNamespaces as never,
  });
}

/** A signature that stands where it may, over its own parent and nothing else. */
interface Signature {
  readonly element: Element;
  readonly parent: Element;
  readonly parentId: string;
  readonly value: string;
  /** What the key signed, in the form in which it was signed; all that follows was read from it. */
  readonly signedInfo: string;
  readonly method: string;
  readonly digestMethod: string;
  readonly digest: string;
  readonly prefixes: readonly string[];
}

/**
 * The signature right below an element; null: there is none.
 *
 * @throws {SamlFault} `saml.structure` where it does not sign its parent, and its parent alone, in one plain reference;
 *   `saml.algorithm` where it is made with something else than we take
 */
export function signatureOf(parent: Element): Signature | null {
  const found = childrenOf(parent, 'signature', 'Signature');
  if (found.length === 0) return null;
  const [element] = found;
  const parentId = attributeOf(parent, 'ID');
  if (found.length > 1 || element === undefined || parentId === null) throw new SamlFault('saml.structure');
  const parts = elementsOf(element).map((part) => (part.namespaceURI === element.namespaceURI ? part.localName : ''));
  const value = textOf(onlyChild(element, 'signature', 'SignatureValue'));
  // SignedInfo, SignatureValue and at most a KeyInfo: no Object, in which anything could stand.
  if (!/^SignedInfo,SignatureValue(,KeyInfo)?$/.test(parts.join(',')) || !value) throw new SamlFault('saml.structure');
  // Two readers differ over comments, and no signer writes one here.
  if ([...walk(element)].some(hasComment)) throw new SamlFault('saml.structure');
  const received = onlyChild(element, 'signature', 'SignedInfo')!;
  const canonicalisation = onlyChild(received, 'signature', 'CanonicalizationMethod');
  if (canonicalisation === null) throw new SamlFault('saml.structure');
  if (attributeOf(canonicalisation, 'Algorithm') !== EXCLUSIVE) {
    throw new SamlFault('saml.algorithm', { algorithm: algorithmName(attributeOf(canonicalisation, 'Algorithm')) });
  }
  const signedInfo = canonicalOf(received, prefixesOf(canonicalisation));
  return { element, parent, parentId, value, signedInfo, ...readSignedInfo(signedInfo, parentId) };
}

function hasComment(element: Element): boolean {
  for (let node = element.firstChild; node !== null; node = node.nextSibling) if (node.nodeType === 8) return true;
  return false;
}

function readSignedInfo(
  signedInfo: string,
  parentId: string,
): Pick<Signature, 'method' | 'digestMethod' | 'digest' | 'prefixes'> {
  const [canonicalisation, signatureMethod, reference, ...others] = elementsOf(rootOf(parseXml(signedInfo)));
  const digest = textOf(reference === undefined ? null : onlyChild(reference, 'signature', 'DigestValue'));
  if (
    canonicalisation === undefined ||
    signatureMethod === undefined ||
    reference === undefined ||
    others.length > 0 ||
    !isNamed(canonicalisation, 'signature', 'CanonicalizationMethod') ||
    !isNamed(signatureMethod, 'signature', 'SignatureMethod') ||
    !isNamed(reference, 'signature', 'Reference') ||
    attributeOf(reference, 'URI') !== `#${parentId}` ||
    digest === null
  ) {
    throw new SamlFault('saml.structure');
  }
  const list = onlyChild(reference, 'signature', 'Transforms');
  const transforms = list === null ? [] : elementsOf(list);
  const digestElement = onlyChild(reference, 'signature', 'DigestMethod');
  const method = attributeOf(signatureMethod, 'Algorithm') ?? '';
  const digestMethod = (digestElement && attributeOf(digestElement, 'Algorithm')) ?? '';
  if (SIGNATURE_ALGORITHMS[method] === undefined) {
    throw new SamlFault('saml.algorithm', { algorithm: algorithmName(method) });
  }
  if (DIGESTS[digestMethod] === undefined) {
    throw new SamlFault('saml.algorithm', { algorithm: algorithmName(digestMethod) });
  }
  if (transforms.map((one) => attributeOf(one, 'Algorithm')).join(' ') !== `${ENVELOPED} ${EXCLUSIVE}`) {
    throw new SamlFault('saml.algorithm', { algorithm: 'transforms' });
  }
  return { method, digestMethod, digest, prefixes: prefixesOf(transforms[1]!) };
}

/** The namespaces that a canonical form keeps on top. */
function prefixesOf(method: Element): string[] {
  const list = elementsOf(method).find(({ localName }) => localName === 'InclusiveNamespaces');
  return list === undefined ? [] : (attributeOf(list, 'PrefixList') ?? '').split(/[\t\n\r ]+/).filter(Boolean);
}

/** What stands behind the number sign, for people: `rsa-sha1`. */
function algorithmName(uri: string | null): string {
  return /#([\w-]{1,40})$/.exec(uri ?? '')?.[1] ?? '—';
}

/**
 * The bytes that a signature vouches for, in canonical form, without the signature itself, and which of our certificates
 * fit it: more than one where a certificate was renewed for the same key.
 *
 * The signature is verified before anything else is done with the content: a stranger's costs us nothing, however much
 * there is under it.
 *
 * @param certificates PEM, those of this authenticator and no others; what the message brings of its own is not looked at
 * @throws {SamlFault} `saml.key`: none of our certificates signed it; `saml.signature`: the content is not what was signed
 * @source XML Signature 1.1 §3.2
 */
export function verifySignature(
  { element, parent, value, signedInfo, method, digestMethod, digest, prefixes }: Signature,
  certificates: readonly string[],
): { signed: string; fitting: string[] } {
  const fitting = certificates.filter((pem) =>
    verifyBytes(new X509Certificate(pem).publicKey, method, signedInfo, value),
  );
  if (fitting.length === 0) throw new SamlFault('saml.key');
  const next = element.nextSibling;
  parent.removeChild(element);
  const signed = canonicalOf(parent, prefixes);
  // Back where it was: a signature around this one signed it too.
  parent.insertBefore(element, next);
  const actual = createHash(DIGESTS[digestMethod]!).update(signed, 'utf8').digest();
  if (!actual.equals(Buffer.from(digest, 'base64'))) throw new SamlFault('saml.signature');
  return { signed, fitting };
}
