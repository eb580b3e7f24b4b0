import { constants, createDecipheriv, privateDecrypt } from 'node:crypto';
import { SamlFault } from './fault';
import { attributeOf, childrenOf, elementsOf, isNamed, onlyChild, textOf, walk, type Element } from './xml';

interface Cipher {
  readonly name: 'aes-128-gcm' | 'aes-256-gcm' | 'aes-128-cbc' | 'aes-256-cbc';
  readonly keyBytes: number;
}

const CIPHERS: Readonly<Record<string, Cipher>> = {
  'http://www.w3.org/2009/xmlenc11#aes128-gcm': { name: 'aes-128-gcm', keyBytes: 16 },
  'http://www.w3.org/2009/xmlenc11#aes256-gcm': { name: 'aes-256-gcm', keyBytes: 32 },
  'http://www.w3.org/2001/04/xmlenc#aes128-cbc': { name: 'aes-128-cbc', keyBytes: 16 },
  'http://www.w3.org/2001/04/xmlenc#aes256-cbc': { name: 'aes-256-cbc', keyBytes: 32 },
};

/** RSA-OAEP alone: with PKCS #1 v1.5 whoever may ask often enough learns what is inside. */
const KEY_TRANSPORTS = new Set([
  'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  'http://www.w3.org/2009/xmlenc11#rsa-oaep',
]);
const SHA1 = 'http://www.w3.org/2000/09/xmldsig#sha1';
const OAEP_HASHES: Readonly<Record<string, string>> = {
  [SHA1]: 'sha1',
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
};
const MGF1: Readonly<Record<string, string>> = {
  'http://www.w3.org/2009/xmlenc11#mgf1sha1': 'sha1',
  'http://www.w3.org/2009/xmlenc11#mgf1sha256': 'sha256',
  'http://www.w3.org/2009/xmlenc11#mgf1sha512': 'sha512',
};

/**
 * Opens an encrypted assertion, or an encrypted name, with our own key. Whatever goes wrong is one refusal: the ways in
 * which it goes wrong would tell somebody who tries many.
 *
 * It proves nothing: anybody can encrypt to us. What comes out must be signed, or stand in what was signed.
 *
 * @param encrypted `EncryptedAssertion` or `EncryptedID`
 * @param privateKey PEM, RSA
 * @returns the bytes of an element, which no parser has seen yet
 * @throws {SamlFault} `saml.encryption`
 * @source XML Encryption 1.1 §4.2, §5.2 and §5.5
 */
export function decryptElement(encrypted: Element, privateKey: string): Buffer {
  try {
    const data = onlyChild(encrypted, 'encryption', 'EncryptedData');
    const method = data && onlyChild(data, 'encryption', 'EncryptionMethod');
    const cipher = CIPHERS[(method && attributeOf(method, 'Algorithm')) ?? ''];
    if (data === null || cipher === undefined) throw new Error('cipher');
    const key = openKey(keyOf(encrypted), privateKey);
    if (key.length !== cipher.keyBytes) throw new Error('key');
    return decrypt(cipher, key, cipherValue(data));
  } catch {
    throw new SamlFault('saml.encryption');
  }
}

/** The one key there is, inside of the data or beside it. */
function keyOf(encrypted: Element): Element {
  const found = [...walk(encrypted)].filter((element) => isNamed(element, 'encryption', 'EncryptedKey'));
  if (found.length !== 1) throw new Error('key');
  return found[0]!;
}

function openKey(encryptedKey: Element, privateKey: string): Buffer {
  const method = onlyChild(encryptedKey, 'encryption', 'EncryptionMethod');
  const algorithm = (method && attributeOf(method, 'Algorithm')) ?? '';
  if (method === null || !KEY_TRANSPORTS.has(algorithm)) throw new Error('transport');
  const [digest] = childrenOf(method, 'signature', 'DigestMethod');
  const oaepHash = OAEP_HASHES[(digest && attributeOf(digest, 'Algorithm')) ?? SHA1];
  const mask = elementsOf(method).find((one) => isNamed(one, 'encryption11', 'MGF'));
  // Node takes one hash for both: a mask made with another one than the digest is not to be had.
  const maskHash = mask === undefined ? 'sha1' : MGF1[attributeOf(mask, 'Algorithm') ?? ''];
  if (oaepHash === undefined || oaepHash !== maskHash) throw new Error('hash');
  return privateDecrypt(
    { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash },
    cipherValue(encryptedKey),
  );
}

function cipherValue(parent: Element): Buffer {
  const data = onlyChild(parent, 'encryption', 'CipherData');
  const value = textOf(data && onlyChild(data, 'encryption', 'CipherValue'));
  if (value === null) throw new Error('value');
  return Buffer.from(value, 'base64');
}

function decrypt({ name }: Cipher, key: Buffer, sealed: Buffer): Buffer {
  if (name === 'aes-128-gcm' || name === 'aes-256-gcm') {
    const decipher = createDecipheriv(name, key, sealed.subarray(0, 12), { authTagLength: 16 });
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
  }
  const decipher = createDecipheriv(name, key, sealed.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(sealed.subarray(16)), decipher.final()]);
  // XML Encryption §5.2: the last byte says how many; the others may be anything.
  const padding = padded.at(-1)!;
  if (padding < 1 || padding > 16) throw new Error('padding');
  return padded.subarray(0, -padding);
}
