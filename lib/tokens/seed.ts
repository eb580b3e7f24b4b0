import { ScureBase32Plugin } from 'otplib';

const base32 = new ScureBase32Plugin();

/** RFC 4226 §4 R6: 128 bits at least; nothing that is sold has more than 64 bytes. */
const SEED_BYTES = { min: 16, max: 64 } as const;

/**
 * The seed of a token, as its maker writes it: hexadecimal or base32, with or without spaces, dashes and padding.
 *
 * A text that could be both is hexadecimal: of a random base32 seed of 16 bytes fewer than one in ten billion could.
 *
 * @returns upper-case base32 without padding; null where it is neither, or has fewer than 16 bytes or more than 64
 * @source SPEC.md ENROL-8; RFC 4226 §4 R6; RFC 4648 §6, §8
 */
export function readSeed(typed: string): string | null {
  const text = typed
    .replace(/[\s\p{Pd}]/gu, '')
    .replace(/=+$/, '')
    .toUpperCase();
  if (text.length > SEED_BYTES.max * 2) return null;
  const bytes = bytesOf(text);
  if (bytes === null || bytes.length < SEED_BYTES.min || bytes.length > SEED_BYTES.max) return null;
  return base32.encode(bytes).replace(/=+$/, '');
}

function bytesOf(text: string): Uint8Array | null {
  if (/^(?:[0-9A-F]{2})+$/.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Z2-7]+$/.test(text)) return null;
  try {
    return base32.decode(text);
  } catch {
    // A length that no number of bytes has.
    return null;
  }
}
