import type { RefusalCode, RefusalDetails } from '@/lib/refusals';

/** Where a password alone opens the door it must be longer than where a second factor stands beside it (AUTH-2). */
export const LENGTH_MIN = { alone: 15, withFactor: 12 } as const;

/** Words shorter than this don't count as containing: a person called Al must be able to choose a password. */
const TOKEN_LENGTH_MIN = 4;

const SUBSTITUTES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
};

/** Compatibility forms, case, accents and the simple substitutions are no disguise. */
function undisguise(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return [...plain].map((character) => SUBSTITUTES[character] ?? character).join('');
}

export interface PasswordContext {
  readonly email: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly organisationName: string;
  readonly hasFactor: boolean;
}

/**
 * Why a new password is refused; null when it may be used. Length in code points, no classes, no expiry.
 *
 * @source NIST SP 800-63B-4 §3.1.1.2
 */
export function judgePassword(
  password: string,
  context: PasswordContext,
): { code: RefusalCode; details?: RefusalDetails } | null {
  const min = context.hasFactor ? LENGTH_MIN.withFactor : LENGTH_MIN.alone;
  if ([...password].length < min) return { code: 'password.too-short', details: { min } };
  const plain = undisguise(password);
  if (new Set([...plain]).size < 5 || isRun(plain)) return { code: 'password.common' };
  const words = [
    'password',
    'mot de passe',
    'motdepasse',
    'vestibule',
    context.email.split('@')[0] ?? '',
    context.username,
    context.firstName,
    context.lastName,
    context.organisationName,
  ];
  const found = words.find((word) => [...word].length >= TOKEN_LENGTH_MIN && plain.includes(undisguise(word)));
  return found === undefined ? null : { code: 'password.contains', details: { word: found } };
}

/** « 123456789012345 », « abcdefghijklmno »: each character next to the one before. */
function isRun(text: string): boolean {
  const points = [...text].map((character) => character.codePointAt(0)!);
  const steps = points.slice(1).map((point, index) => point - points[index]!);
  return steps.filter((step) => Math.abs(step) <= 1).length >= steps.length * 0.9;
}
