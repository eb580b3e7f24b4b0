import { sealer } from '@/lib/crypto/keys';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { RefusalCode, RefusalDetails } from '@/lib/refusals';
import { usableKinds, type FactorKind } from '@/lib/policy/decision';
import { matchHotp, resynchroniseHotp } from './hotp';
import { consumeCounter, consumeStep, type CodeFactorRow } from './store';
import { cleanCode, matchTotp } from './totp';

/** Binds a sealed secret to its row: put under another account or factor it does not open (SAFE-2). */
export function factorSecretContext(accountId: string, factorId: string): string {
  return `factor:${accountId}:${factorId}:secret`;
}

export type CodeVerdict =
  | { readonly ok: true; readonly factorId: string }
  | { readonly ok: false; readonly code: RefusalCode; readonly details?: RefusalDetails };

/** How far a phone's clock is off, in the words of a refusal: whole minutes, at least one. */
export function clockVerdict(offsetSeconds: number): CodeVerdict & { ok: false } {
  return {
    ok: false,
    code: offsetSeconds < 0 ? 'code.clock-late' : 'code.clock-ahead',
    details: { minutes: Math.max(1, Math.round(Math.abs(offsetSeconds) / 60)) },
  };
}

/** What was typed: a code, and the one after it where a counter has run too far ahead to be found by one. */
export interface TypedCode {
  readonly code: string;
  readonly following?: string | null;
}

/**
 * Tries a typed code on every app and token of an account that is taken (AUTH-3), and uses its time step, or its place in
 * the counter, up (ENROL-8, ENROL-10). The caller has counted the try before, and twice where two codes were typed.
 *
 * @param factors as `listCodeFactors` gives them: only their update says whether a code was still good
 */
export async function verifyTypedCode(
  transaction: OrganisationTransaction,
  accountId: string,
  factors: readonly CodeFactorRow[],
  typed: string | TypedCode,
  now: Date,
): Promise<CodeVerdict> {
  const given = typeof typed === 'string' ? { code: typed } : typed;
  const code = cleanCode(given.code);
  if (code === null) return { ok: false, code: 'code.wrong' };
  let verdict: CodeVerdict & { ok: false } = { ok: false, code: 'code.wrong' };
  for (const factor of usableOf(factors)) {
    if (factor.secretSealed === null) continue;
    const secret = sealer().open(factor.secretSealed, factorSecretContext(accountId, factor.id)).toString('utf8');
    const one =
      factor.nextCounter === null
        ? await tryClock(transaction, factor, secret, code, now)
        : await tryCounter(transaction, factor, factor.nextCounter, secret, { ...given, code });
    if (one.ok) return one;
    if (one.code !== 'code.wrong' && (verdict.code === 'code.wrong' || one.code === 'code.reused')) verdict = one;
  }
  return verdict;
}

async function tryClock(
  transaction: OrganisationTransaction,
  factor: CodeFactorRow,
  secret: string,
  code: string,
  now: Date,
): Promise<CodeVerdict> {
  const match = matchTotp({ secret, code, now, afterStep: factor.lastStep });
  if (match.kind === 'match' && (await consumeStep(transaction, factor.id, match.step))) {
    return { ok: true, factorId: factor.id };
  }
  if (match.kind === 'match' || match.kind === 'reused') return { ok: false, code: 'code.reused' };
  return match.kind === 'clock-off' ? clockVerdict(match.offsetSeconds) : { ok: false, code: 'code.wrong' };
}

async function tryCounter(
  transaction: OrganisationTransaction,
  factor: CodeFactorRow,
  nextCounter: number,
  secret: string,
  { code, following }: TypedCode,
): Promise<CodeVerdict> {
  const match = counterOf({ secret, nextCounter, code, following });
  if (match.kind === 'no-match') return { ok: false, code: 'code.wrong' };
  if (match.kind === 'match' && (await consumeCounter(transaction, factor.id, match.counter))) {
    return { ok: true, factorId: factor.id };
  }
  return { ok: false, code: 'code.reused' };
}

/** The place in a counter that one code, or two in a row, stand for. */
export function counterOf(given: TypedCode & { secret: string; nextCounter: number }): ReturnType<typeof matchHotp> {
  if (!given.following) return matchHotp(given);
  const counter = resynchroniseHotp({ ...given, first: given.code, second: given.following });
  return counter === null ? { kind: 'no-match' } : { kind: 'match', counter };
}

/** Those of an account's factors that are taken as a proof (AUTH-3); none that was set aside (ENROL-9). */
export function usableOf<F extends { kind: FactorKind; setAside: boolean; allowed: boolean }>(
  factors: readonly F[],
): readonly F[] {
  const taken = factors.filter(({ setAside }) => !setAside);
  const usable = usableKinds(
    taken.map(({ kind }) => kind),
    taken.filter(({ allowed }) => allowed).map(({ kind }) => kind),
  );
  return taken.filter(({ kind }) => usable.includes(kind));
}
