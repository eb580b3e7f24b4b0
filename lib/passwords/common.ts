import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fold, pulledTogether, readings } from './rules';

/** Made by `scripts/common-passwords.ts`: the sorted hashes of common passwords and French words, folded. */
const BUNDLED = 'lib/passwords/common-passwords.bin';
/** 48 bits of SHA-256: one in a thousand million passwords that nobody else has would be taken for a common one. */
export const HASH_BYTES = 6;

/** So many digits and signs at the ends don't make another password of a common one, « chocolat2024 ». */
const TRIMMINGS_MAX = 4;

/** The place of a folded password in the list, as a whole number below 2⁴⁸. */
export function commonHash(folded: string): number {
  return createHash('sha256').update(folded).digest().readUIntBE(0, HASH_BYTES);
}

const shared = globalThis as { vestibuleCommonPasswords?: Buffer };

/** The list: under two megabytes, read from its file once, in a few milliseconds. */
function list(): Buffer {
  return (shared.vestibuleCommonPasswords ??= readFileSync(path.resolve(BUNDLED)));
}

/** How many common passwords are known; at least 100,000 (AUTH-2). */
export function countCommonPasswords(): number {
  return list().length / HASH_BYTES;
}

/**
 * Whether a password is one that many have (AUTH-2): the whole of it, in any case, behind accents, substitutions, spaces, or
 * a few digits and signs at its ends. Takes a fraction of a millisecond.
 *
 * @source NIST SP 800-63B-4 §3.1.1.2 (blocklist: the entire password is compared)
 */
export function isCommonPassword(password: string): boolean {
  const folded = fold(password);
  const stem = folded.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const forms = [folded, pulledTogether(folded)];
  if (stem !== '' && [...folded].length - [...stem].length <= TRIMMINGS_MAX) forms.push(stem);
  return [...new Set(forms.flatMap(readings))].some((form) => isListed(commonHash(form)));
}

/** By halves: the list is sorted. */
function isListed(hash: number): boolean {
  const bytes = list();
  let low = 0;
  let high = bytes.length / HASH_BYTES;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = bytes.readUIntBE(middle * HASH_BYTES, HASH_BYTES);
    if (found === hash) return true;
    if (found < hash) low = middle + 1;
    else high = middle;
  }
  return false;
}
