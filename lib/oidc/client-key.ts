import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** How an assertion of ours is signed; the key decides which of them it can be. */
export const ASSERTION_ALGORITHMS = ['RS256', 'PS256', 'ES256'] as const;
export type AssertionAlgorithm = (typeof ASSERTION_ALGORITHMS)[number];

/** Why a private key that an administrator typed is of no use (SECURITY.md, Bad inputs 69). */
export type ClientKeyIssue = 'encrypted' | 'certificate' | 'public' | 'unreadable' | 'weak' | 'kind';

const LONGEST_KEY = 20_000;
const RSA_BITS_MIN = 2_048;

/**
 * A private key as PEM (PKCS#8, PKCS#1 or SEC 1) or as a JWK: RSA of at least 2048 bits, or P-256.
 *
 * @returns the key as PKCS#8 PEM, which is how it is kept
 */
export function readClientKey(text: string): { readonly pem: string } | { readonly issue: ClientKeyIssue } {
  const typed = text.trim();
  if (typed.length > LONGEST_KEY) return { issue: 'unreadable' };
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(typed)) return { issue: 'encrypted' };
  if (/BEGIN CERTIFICATE/.test(typed)) return { issue: 'certificate' };
  if (/BEGIN (RSA )?PUBLIC KEY/.test(typed)) return { issue: 'public' };
  const key = typed.startsWith('{') ? fromJwk(typed) : fromPem(typed);
  if (key === null) return { issue: 'unreadable' };
  if (key === 'public') return { issue: 'public' };
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa') {
    if ((details?.modulusLength ?? 0) < RSA_BITS_MIN) return { issue: 'weak' };
  } else if (type !== 'ec' || details?.namedCurve !== 'prime256v1') return { issue: 'kind' };
  return { pem: key.export({ type: 'pkcs8', format: 'pem' }) as string };
}

function fromPem(text: string): KeyObject | null {
  try {
    return createPrivateKey(text);
  } catch {
    return null;
  }
}

function fromJwk(text: string): KeyObject | 'public' | null {
  try {
    const jwk = JSON.parse(text) as JsonWebKey;
    if (typeof jwk !== 'object' || jwk === null) return null;
    if (jwk.d === undefined) return 'public';
    return createPrivateKey({ key: jwk as never, format: 'jwk' });
  } catch {
    return null;
  }
}

const generate = promisify(generateKeyPair);

/** A new key of ours: RSA with 2048 bits, which every provider takes. @returns PKCS#8 PEM */
export async function newClientKey(): Promise<string> {
  const { privateKey } = await generate('rsa', { modulusLength: RSA_BITS_MIN });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** The algorithms that a key can sign with. */
export function algorithmsOf(pem: string): readonly AssertionAlgorithm[] {
  return createPrivateKey(pem).asymmetricKeyType === 'rsa' ? ['RS256', 'PS256'] : ['ES256'];
}

/** The public half of a key, as providers read it: named by its own thumbprint (RFC 7638), so that a new key has a new name. */
export function publicJwkOf(pem: string): Readonly<Record<string, string>> & { readonly kid: string } {
  const key = createPublicKey(createPrivateKey(pem));
  const { kty, n, e, crv, x, y } = key.export({ format: 'jwk' }) as Record<string, string>;
  const members: Record<string, string> =
    kty === 'RSA' ? { e: e!, kty, n: n! } : { crv: crv!, kty: kty!, x: x!, y: y! };
  const kid = createHash('sha256').update(JSON.stringify(members)).digest('base64url');
  return { ...members, use: 'sig', kid };
}

/** The key as openid-client signs with it. */
export async function signingKeyOf(
  pem: string,
  algorithm: AssertionAlgorithm,
): Promise<{ key: CryptoKey; kid: string }> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  const { kid } = publicJwkOf(pem);
  const how =
    algorithm === 'ES256'
      ? { name: 'ECDSA', namedCurve: 'P-256' }
      : { name: algorithm === 'PS256' ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const key = (await crypto.subtle.importKey('pkcs8', new Uint8Array(der), how, false, ['sign'])) as CryptoKey;
  return { key, kid };
}
