import { hashSpokenCode, newSpokenCode, readSpokenCode } from '@/lib/factors/spoken-code';

/**
 * Sixty random bits, three groups of four: said over a telephone in one breath. With ten tries in a quarter of an hour it
 * is as far out of reach as a longer one; and its length tells it apart from a recovery code, so one field takes both.
 */
const CODE_CHARACTERS = 12;

/** A new one-time pass as a person sees it, `XXXX-XXXX-XXXX`. @source SPEC.md RESET-3 */
export function newPassCode(): string {
  return newSpokenCode(CODE_CHARACTERS);
}

/** The 12 characters that a person meant, as {@link readSpokenCode} reads them, or null. */
export function normalisePassCode(input: unknown): string | null {
  return readSpokenCode(input, CODE_CHARACTERS);
}

/**
 * The form in which a pass is kept, 32 bytes: see {@link hashSpokenCode}.
 * @param options.code as {@link normalisePassCode} gives it
 * @throws {RangeError} where the code is not normalised, the id is empty or the key too short.
 */
export async function hashPassCode(options: { code: string; accountId: string; key: Buffer }): Promise<Buffer> {
  if (options.code.length !== CODE_CHARACTERS) throw new RangeError('a one-time pass has 12 characters');
  return hashSpokenCode({ ...options, purpose: 'pass' });
}
