import { createPublicKey, generateKeyPair, randomBytes, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** A key pair with a certificate that says nothing but whose it is: SAML pins certificates, and asks no authority. */
export interface KeyPair {
  /** PEM, PKCS #8. */
  readonly privateKey: string;
  /** PEM, X.509. */
  readonly certificate: string;
}

const generate = promisify(generateKeyPair);

/** What a certificate is made for. */
export interface CertificateSubject {
  /** At most 64 characters (RFC 5280, ub-common-name). */
  readonly commonName: string;
  readonly from: Date;
  readonly until: Date;
}

/** An RSA key of 2048 bits, and its certificate for ten years. Takes some tenths of a second, off the main thread. */
export async function makeKeyPair(commonName: string, now: Date): Promise<KeyPair> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  const until = new Date(now);
  until.setUTCFullYear(until.getUTCFullYear() + 10);
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: selfSign(privateKey, { commonName, from: new Date(now.getTime() - 24 * 3_600_000), until }),
  };
}

/**
 * A self-signed certificate (X.509 version 3, SHA-256) for an RSA or EC key, as PEM.
 *
 * @source RFC 5280 §4.1
 */
export function selfSign(privateKey: KeyObject, { commonName, from, until }: CertificateSubject): string {
  const ec = privateKey.asymmetricKeyType === 'ec';
  const algorithm = sequence(
    ec ? [objectId('1.2.840.10045.4.3.2')] : [objectId('1.2.840.113549.1.1.11'), Buffer.from([0x05, 0x00])],
  );
  const name = sequence([der(0x31, [sequence([objectId('2.5.4.3'), der(0x0c, [Buffer.from(commonName, 'utf8')])])])]);
  const serial = randomBytes(16);
  // Positive, and without a leading zero.
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const toBeSigned = sequence([
    der(0xa0, [der(0x02, [Buffer.from([2])])]),
    der(0x02, [serial]),
    algorithm,
    name,
    sequence([time(from), time(until)]),
    name,
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
  ]);
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = sequence([toBeSigned, algorithm, der(0x03, [Buffer.from([0]), signature])]);
  return pemOf('CERTIFICATE', certificate);
}

export function pemOf(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** One value of ITU-T X.690: tag, length, contents. */
function der(tag: number, contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (contents: readonly Uint8Array[]) => der(0x30, contents);

function objectId(text: string): Buffer {
  const [first, second, ...others] = text.split('.').map(Number) as [number, number, ...number[]];
  const bytes = [first * 40 + second];
  for (const part of others) {
    const groups = [part & 0x7f];
    for (let rest = part >>> 7; rest > 0; rest >>>= 7) groups.unshift((rest & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return der(0x06, [Buffer.from(bytes)]);
}

/** UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280 §4.1.2.5). */
function time(date: Date): Buffer {
  const text = `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050 ? der(0x17, [Buffer.from(text.slice(2))]) : der(0x18, [Buffer.from(text)]);
}
