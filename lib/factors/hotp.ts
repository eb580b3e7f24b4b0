import { ScureBase32Plugin, createGuardrails, generateSync } from 'otplib';
import { constantTimeEqual } from '@/lib/crypto/tokens';
import { cleanCode } from './totp';

/** Codes beyond the next one that are taken: a button pressed in a pocket five times costs nothing (RFC 4226 §7.4). */
export const LOOK_AHEAD = 5;
/** A token that ran further ahead is found again by two codes in a row among this many. */
export const RESYNCHRONISE_WITHIN = 50;

const base32 = new ScureBase32Plugin();
const guardrails = createGuardrails();

/** What became of a typed code; see {@link matchHotp}. */
export type HotpMatch = { kind: 'match'; counter: number } | { kind: 'reused' } | { kind: 'no-match' };

/**
 * Compares a typed code with the next values of a counter: `nextCounter` and the five after it, never one before.
 *
 * - `match`: it is the value of `counter`. That is only a reading: the caller must still move the factor's counter past it
 *   by one conditional UPDATE, and let nobody in where it changes no row.
 * - `reused`: the value just before `nextCounter`. To help, never to let in.
 * - `no-match`: everything else, malformed codes and secrets included. A value further ahead is not told from a wrong one:
 *   whoever guesses it would hold a code that becomes good once the token's owner has come that far.
 *
 * All are computed before any is looked at, and compared in constant time.
 * @param options.secret base32
 * @source SPEC.md ENROL-8; RFC 4226 §7.2, §7.4
 */
export function matchHotp(options: { secret: string; code: unknown; nextCounter: number }): HotpMatch {
  const code = cleanCode(options.code);
  if (code === null) return { kind: 'no-match' };
  const { nextCounter } = options;
  const values = valuesFrom(options.secret, nextCounter, LOOK_AHEAD + 1);
  const fitting = values.map((value) => constantTimeEqual(value, code)).indexOf(true);
  if (fitting >= 0) return { kind: 'match', counter: nextCounter + fitting };
  const [before] = nextCounter === 0 ? [] : valuesFrom(options.secret, nextCounter - 1, 1);
  return before !== undefined && constantTimeEqual(before, code) ? { kind: 'reused' } : { kind: 'no-match' };
}

/**
 * Finds a token again that ran ahead: two codes that follow one another, both among the next 50 values.
 *
 * @returns the counter of the second one, past which the caller moves the factor as after a match; null where they are no
 * such pair
 * @source SPEC.md ENROL-8; RFC 4226 §7.4 (resynchronisation by two consecutive values)
 */
export function resynchroniseHotp(options: {
  secret: string;
  first: unknown;
  second: unknown;
  nextCounter: number;
}): number | null {
  const [first, second] = [cleanCode(options.first), cleanCode(options.second)];
  if (first === null || second === null) return null;
  const values = valuesFrom(options.secret, options.nextCounter, RESYNCHRONISE_WITHIN + 1);
  let found: number | null = null;
  for (let ahead = 0; ahead + 1 < values.length; ahead++) {
    const fits =
      Number(constantTimeEqual(values[ahead]!, first)) & Number(constantTimeEqual(values[ahead + 1]!, second));
    if (fits === 1 && found === null) found = options.nextCounter + ahead + 1;
  }
  return found;
}

/** otplib throws on what it dislikes (a secret too short, not base32, a counter beyond 2^53): that proves nothing. */
function valuesFrom(secret: string, counter: number, count: number): string[] {
  try {
    const key = base32.decode(secret);
    return Array.from({ length: count }, (_, ahead) =>
      generateSync({ strategy: 'hotp', secret: key, counter: counter + ahead, digits: 6, guardrails }),
    );
  } catch {
    return [];
  }
}
