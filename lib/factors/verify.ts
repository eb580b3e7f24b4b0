import { sealer } from '@/lib/crypto/keys';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { RefusalCode, RefusalDetails } from '@/lib/refusals';
import { consumeStep, listFactors } from './store';
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

/**
 * Tries a typed code on every authenticator app of an account, and uses its time step up (ENROL-10). The caller has
 * counted the try before.
 */
export async function verifyTypedCode(
  transaction: OrganisationTransaction,
  accountId: string,
  typed: string,
  now: Date,
): Promise<CodeVerdict> {
  const code = cleanCode(typed);
  if (code === null) return { ok: false, code: 'code.wrong' };
  let verdict: CodeVerdict & { ok: false } = { ok: false, code: 'code.wrong' };
  for (const factor of await listFactors(transaction, accountId)) {
    if (factor.kind !== 'totp' || factor.secretSealed === null) continue;
    const secret = sealer().open(factor.secretSealed, factorSecretContext(accountId, factor.id)).toString('utf8');
    const match = matchTotp({ secret, code, now, afterStep: factor.lastStep });
    if (match.kind === 'match' && (await consumeStep(transaction, factor.id, match.step))) {
      return { ok: true, factorId: factor.id };
    }
    if (match.kind === 'match' || match.kind === 'reused') verdict = { ok: false, code: 'code.reused' };
    else if (match.kind === 'clock-off' && verdict.code === 'code.wrong') verdict = clockVerdict(match.offsetSeconds);
  }
  return verdict;
}
