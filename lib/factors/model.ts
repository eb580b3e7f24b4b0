import type { FactorKind, StandingKind } from '@/lib/policy/decision';

/** From this many recovery codes down, the person is told to make new ones (ENROL-7). */
export const RECOVERY_CODES_LOW = 3;

/** Codes on a card that is somebody's only factor, of which each sign-in takes one; twice the recovery codes of others. */
export const CARD_CODES = 20;
/** Recovery codes beside another factor (ENROL-7). */
export const RECOVERY_CODES = 10;

/** How many codes an account gets, by what it has. */
export const codesFor = (kinds: readonly StandingKind[]) => (kinds.includes('card') ? CARD_CODES : RECOVERY_CODES);

/** The longest name that a person gives a factor, in code points. */
export const FACTOR_NAME_MAX = 60;

/**
 * A name that tells a factor from those that stand already: « Microsoft Authenticator », then « Microsoft Authenticator 2 ».
 */
export function distinctName(name: string, standing: readonly string[]): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name} ${number}`;
    if (!standing.includes(candidate)) return candidate;
  }
}

/** What somebody does to prove a factor: types six digits, lets a passkey approve, or types a code of their card. */
export type Way = 'code' | 'passkey' | 'card';

const WAY_OF: Record<FactorKind, Way> = { totp: 'code', hotp: 'code', passkey: 'passkey', card: 'card' };

/** By what an account proves itself, in a word for a sentence; `several` also where nothing is set up yet. */
export function wayOf(kinds: readonly StandingKind[]): Way | 'several' {
  const ways = new Set(kinds.map((kind) => (kind === 'set-aside' ? 'several' : WAY_OF[kind])));
  const [only] = ways;
  return ways.size === 1 ? only! : 'several';
}

/** The ways that are open to somebody, each once: that of the factor used last comes first (RESET-4). */
export function waysOf(factors: readonly { kind: FactorKind; lastUsedAt: Date | null }[]): Way[] {
  const byUse = factors.toSorted((a, b) => (b.lastUsedAt?.getTime() ?? 0) - (a.lastUsedAt?.getTime() ?? 0));
  return [...new Set(byUse.map(({ kind }) => WAY_OF[kind]))];
}
