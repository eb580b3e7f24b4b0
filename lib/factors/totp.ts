import { ScureBase32Plugin, createGuardrails, generateSecret, generateSync } from 'otplib';
import { constantTimeEqual } from '@/lib/crypto/tokens';

const STEP_SECONDS = 30;
const CLOCK_HELP_STEPS = 20;
const LONGEST_TYPED_CODE = 64;
const LONGEST_ENCODED_LABEL = 120;

const base32 = new ScureBase32Plugin();
const guardrails = createGuardrails();

/** What became of a typed code; see {@link matchTotp}. Steps count 30 s from 1970. */
export type TotpMatch =
  | { kind: 'match'; step: number }
  | { kind: 'reused'; step: number }
  | { kind: 'clock-off'; offsetSeconds: number }
  | { kind: 'no-match' };

/**
 * A new secret for an authenticator app: 160 random bits in base32, 32 upper-case characters without padding.
 * @source SPEC.md ENROL-2; RFC 4226 §4 R6
 */
export function newTotpSecret(): string {
  return generateSecret({ length: 20 });
}

/**
 * The six ASCII digits that a person meant, or null. Decimal digits of any script count; spaces of every kind, hyphens,
 * dashes and the invisible marks that come with pasted text are dropped. Takes anything a request may hold, never throws,
 * and looks at no more than 64 characters.
 * @source SPEC.md ENROL-4; SECURITY.md, Bad inputs 38–41
 */
export function cleanCode(input: unknown): string | null {
  if (typeof input !== 'string' || input.length > LONGEST_TYPED_CODE) return null;
  const digits = input
    .replace(/[\s\p{Z}\p{Pd}\p{Cf}\u2212]/gu, '')
    .replace(/\p{Nd}/gu, (digit) => String(digitValue(digit.codePointAt(0)!)));
  return /^[0-9]{6}$/.test(digits) ? digits : null;
}

/**
 * Compares a typed code (cleaned by {@link cleanCode}) with what the app shows at `now`, one step before and one after.
 *
 * - `match`: good for `step`, which is later than `afterStep`. That is only a reading: the caller must still move the
 *   factor's last step forward by one conditional UPDATE, and let nobody in where it changes no row (ENROL-10).
 * - `reused`: right, but for a step not later than `afterStep`.
 * - `clock-off`: would be right at another time, at most 10 minutes away: by how much the phone's clock differs, in
 *   seconds, negative where it is late (« retarde »), positive where it is ahead. To help, never to let in.
 * - `no-match`: everything else, malformed codes and secrets included.
 *
 * `afterStep` is the last step that this factor accepted; leave it out (or null) only while the factor is being set up.
 * Once it is given, a clock that is ahead is no longer reported: to name the future step that a guess fits would hand the
 * guesser a code that becomes good in a few minutes, and twenty more chances with each try.
 *
 * Where a code fits two steps of the window, the later one is taken: after the earlier one it could be used again.
 * Comparisons take constant time.
 * @source SPEC.md ENROL-5, ENROL-10; RFC 6238 §4.2, §5.2, §6
 */
export function matchTotp(options: { secret: string; code: unknown; now: Date; afterStep?: number | null }): TotpMatch {
  const code = cleanCode(options.code);
  const afterStep = options.afterStep ?? null;
  const isFresh = (step: number) => afterStep === null || step > afterStep;
  if (code === null) return { kind: 'no-match' };
  try {
    const secret = base32.decode(options.secret);
    const current = Math.floor(options.now.getTime() / 1000 / STEP_SECONDS);
    const fits = (step: number) => step >= 0 && constantTimeEqual(codeAt(secret, step), code);

    // All three are computed before any is looked at, so that the time taken doesn't tell which one fitted.
    const inWindow = [current + 1, current, current - 1].filter(fits);
    const fresh = inWindow.find(isFresh);
    if (fresh !== undefined) return { kind: 'match', step: fresh };
    if (inWindow[0] !== undefined) return { kind: 'reused', step: inWindow[0] };

    for (let distance = 2; distance <= CLOCK_HELP_STEPS; distance++) {
      const earlier = current - distance;
      if (fits(earlier)) {
        return isFresh(earlier)
          ? { kind: 'clock-off', offsetSeconds: -distance * STEP_SECONDS }
          : { kind: 'reused', step: earlier };
      }
      if (afterStep === null && fits(current + distance)) {
        return { kind: 'clock-off', offsetSeconds: distance * STEP_SECONDS };
      }
    }
  } catch {
    // otplib throws on what it dislikes (a secret too short, not base32, a time before 1970): that proves nothing.
  }
  return { kind: 'no-match' };
}

/**
 * The URI that the QR code holds and that « Ouvrir dans mon application » opens. It contains the secret: no log, no http
 * URL, no other page may see it.
 *
 * Colons are removed from both names (apps must reject them), and so are control characters and lone surrogates; names
 * are cut where they exceed 120 encoded characters, so that the code stays coarse enough for any phone. Algorithm, digits
 * and period are left out, because SHA-1, 6 and 30 s are what every app assumes. An issuer of which nothing is left gives
 * way to the product's name.
 * @param options.issuer the organisation's name, as the app will show it
 * @param options.account e-mail or username
 * @param options.secret base32, as {@link newTotpSecret} makes it
 * @param options.counter for an app that counts (`hotp`), the first counter; without it the app follows the clock
 * @throws {RangeError} where nothing is left of the account's name, or the secret is not upper-case base32.
 * @source SPEC.md ENROL-2; SECURITY.md, One-time codes (otpauth URI); draft-andesco-otpauth-uri
 */
export function otpauthUri(options: { issuer: string; account: string; secret: string; counter?: number }): string {
  const issuer = encodeLabel(options.issuer) || 'Vestibule';
  const account = encodeLabel(options.account);
  if (account === '') throw new RangeError('an otpauth URI needs the name of an account');
  if (!/^[A-Z2-7]+$/.test(options.secret)) throw new RangeError('an otpauth URI needs a secret in base32');
  const rest = `${issuer}:${account}?secret=${options.secret}&issuer=${issuer}`;
  return options.counter === undefined ? `otpauth://totp/${rest}` : `otpauth://hotp/${rest}&counter=${options.counter}`;
}

/**
 * The key for people who type it: groups of four separated by single spaces. Taking the spaces out gives the key back.
 * @source SPEC.md ENROL-3
 */
export function groupKey(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? '';
}

function codeAt(secret: Uint8Array, step: number): string {
  return generateSync({ secret, epoch: step * STEP_SECONDS, period: STEP_SECONDS, digits: 6, guardrails });
}

/** Unicode keeps the ten digits of a script together, in order: a digit's value is its distance from the first, mod 10. */
function digitValue(codePoint: number): number {
  let first = codePoint;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(first - 1))) first--;
  return (codePoint - first) % 10;
}

function encodeLabel(name: string): string {
  const clean = name
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[:\p{Cs}]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  let encoded = '';
  for (const { segment } of new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(clean)) {
    const next = encodeURIComponent(segment).replace(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
    if (encoded.length + next.length > LONGEST_ENCODED_LABEL) break;
    encoded += next;
  }
  return encoded.replace(/(%20)+$/, '');
}
