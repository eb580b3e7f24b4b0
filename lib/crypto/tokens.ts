import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * A new bearer token: 256 random bits in base64url, 43 characters. The database holds {@link hashToken} of it only.
 * @source SPEC.md SAFE-3; SECURITY.md, Design rules 5; NIST SP 800-63B-4 §5.1 (≥ 64 bits)
 */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * SHA-256 of a token's UTF-8 text, 32 bytes. Only for values with at least 112 random bits, which need neither salt nor a
 * slow hash; never for anything that a person chose or that is short.
 * @source SPEC.md SAFE-3; NIST SP 800-63B-4 §3.1.2
 */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

/**
 * Whether two values are the same, in a time that depends on their lengths alone. Text is compared as UTF-8; values of
 * different lengths are different.
 */
export function constantTimeEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const left = typeof a === 'string' ? Buffer.from(a, 'utf8') : a;
  const right = typeof b === 'string' ? Buffer.from(b, 'utf8') : b;
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * HMAC-SHA256 of `value` for one purpose, 32 bytes: the same value under another `label` gives unrelated bytes, and
 * nobody without the key (≥ 32 bytes) can test a guess. For what must be found again but not read, as the subjects of the
 * throttle (addresses, unknown identifiers).
 * @throws {RangeError} where the key has fewer than 32 bytes.
 * @source SPEC.md SIGN-4, RUN-6; RFC 2104
 */
export function keyedHash(key: Buffer, label: string, value: string | Buffer): Buffer {
  if (key.length < 32) throw new RangeError('the key of a keyed hash must have at least 32 bytes');
  const labelBytes = Buffer.from(label, 'utf8');
  const labelLength = Buffer.alloc(4);
  labelLength.writeUInt32BE(labelBytes.length);
  return createHmac('sha256', key)
    .update(labelLength)
    .update(labelBytes)
    .update(typeof value === 'string' ? Buffer.from(value, 'utf8') : value)
    .digest();
}
