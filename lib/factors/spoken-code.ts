import { randomBytes, scrypt } from 'node:crypto';
import { keyedHash } from '@/lib/crypto/tokens';

/** Crockford's base 32: no I, L, O or U, so that nothing that is read aloud or copied by hand is ambiguous. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LONGEST_TYPED_CODE = 64;
const SCRYPT = { N: 4096, r: 8, p: 1 };

/**
 * A code that a person reads aloud or copies by hand, in groups of four: `XXXX-XXXX-…`, five random bits a character.
 * @param characters a multiple of 4
 */
export function newSpokenCode(characters: number): string {
  // 256 is a multiple of 32, so the remainder of a random byte is as random as the byte.
  return Array.from(randomBytes(characters), (byte) => ALPHABET[byte % 32])
    .join('')
    .replace(/(.{4})(?=.)/g, '$1-');
}

/**
 * The characters that a person meant, upper case and without dashes, or null where they are not `characters` many. Lower
 * case, spaces of every kind, dashes and full-width letters are forgiven, O counts as 0, I and L as 1. Takes anything a
 * request may hold, never throws.
 * @source SPEC.md ENROL-7; SECURITY.md, Bad inputs 44; https://www.crockford.com/base32.html
 */
export function readSpokenCode(input: unknown, characters: number): string | null {
  if (typeof input !== 'string' || input.length > LONGEST_TYPED_CODE) return null;
  const code = input
    .normalize('NFKC')
    .replace(/[\s\p{Z}\p{Pd}\p{Cf}\u2212]/gu, '')
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  return code.length === characters && /^[0-9A-HJKMNP-TV-Z]+$/.test(code) ? code : null;
}

/**
 * The form in which such a code is kept, 32 bytes: HMAC-SHA256, under the server's pepper, of scrypt (N = 4096, r = 8,
 * p = 1: 4 MiB, some 6 ms on a thread of the pool) salted with the account's id.
 *
 * Why both: fewer than 112 bits can be typed, and below that the standard asks for a salted password hash, so a fast hash
 * alone would not do; and since 60 random bits or more are out of reach of a search, a light one is enough. Salting by
 * account, not by code, lets one computation look a code up among all of an account's. The pepper lies outside the
 * database: a copy of the table alone cannot even be searched.
 * @param options.code as {@link readSpokenCode} gives it
 * @param options.purpose codes of one purpose are worth nothing for another
 * @param options.accountId the account's id, in the same spelling each time
 * @param options.key the pepper, ≥ 32 bytes
 * @throws {RangeError} where the code is not normalised, the id is empty or the key too short.
 * @source SPEC.md ENROL-7; NIST SP 800-63B-4 §3.1.2.2, §3.1.1.2; OWASP ASVS 5.0 6.5.2
 */
export async function hashSpokenCode(options: {
  code: string;
  purpose: 'recovery-code' | 'pass';
  accountId: string;
  key: Buffer;
}): Promise<Buffer> {
  const { code, purpose, accountId, key } = options;
  if (readSpokenCode(code, code.length) !== code) throw new RangeError('a code must be normalised before hashing');
  if (accountId === '') throw new RangeError('a code is hashed for one account');
  const salt = keyedHash(key, `${purpose}-salt`, accountId);
  const stretched = await new Promise<Buffer>((resolve, reject) => {
    scrypt(code, salt, 32, SCRYPT, (error, derived) => (error ? reject(error) : resolve(derived)));
  });
  return keyedHash(key, purpose, stretched);
}
