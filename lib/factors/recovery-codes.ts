import { hashSpokenCode, newSpokenCode, readSpokenCode } from './spoken-code';

const CODE_CHARACTERS = 16;

/**
 * New recovery codes as a person sees them, `XXXX-XXXX-XXXX-XXXX`: 80 random bits each.
 * @param count 1 to 100
 * @throws {RangeError} for another count.
 * @source SPEC.md ENROL-7 (≥ 64 bits); NIST SP 800-63B-4 §4.2.1.1
 */
export function newRecoveryCodes(count = 10): string[] {
  if (!Number.isInteger(count) || count < 1 || count > 100) throw new RangeError('1 to 100 recovery codes');
  return Array.from({ length: count }, () => newSpokenCode(CODE_CHARACTERS));
}

/** The 16 characters that a person meant, as {@link readSpokenCode} reads them, or null. */
export function normaliseRecoveryCode(input: unknown): string | null {
  return readSpokenCode(input, CODE_CHARACTERS);
}

/**
 * The form in which a recovery code is kept, 32 bytes: see {@link hashSpokenCode}.
 * @param options.code as {@link normaliseRecoveryCode} gives it
 * @throws {RangeError} where the code is not normalised, the id is empty or the key too short.
 */
export async function hashRecoveryCode(options: { code: string; accountId: string; key: Buffer }): Promise<Buffer> {
  if (options.code.length !== CODE_CHARACTERS) throw new RangeError('a recovery code has 16 characters');
  return hashSpokenCode({ ...options, purpose: 'recovery-code' });
}
