import type { Actor } from '@/lib/actors/model';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { OwnProof } from '@/lib/passkeys/model';
import { consumeOwnCode } from '@/lib/passwords/service';
import { Refusal } from '@/lib/refusals';
import { PROOF_SECONDS } from './model';
import { isOpen } from './store';

/** Whether the actor proved their own factor a moment ago, in this very session. A pass and a password don't count. */
export function hasFreshFactor({ proofs, now }: Actor): boolean {
  return proofs.factorAt !== null && now.getTime() - proofs.factorAt.getTime() <= PROOF_SECONDS * 1000;
}

/** Whether the actor comes in by a provider and has no factor here: then their provider's word is the proof (MFA-3). */
export function isProvedByProvider({ proofs, account }: Actor): boolean {
  return proofs.externalAt !== null && account.factorKinds.length === 0;
}

/** Whether their provider vouched for them a moment ago, in this very session. */
export function hasFreshProvider({ proofs, now }: Actor): boolean {
  return proofs.externalAt !== null && now.getTime() - proofs.externalAt.getTime() <= PROOF_SECONDS * 1000;
}

/**
 * The administrator's own factor, proved anew for this one act (RESET-1): a code that is typed with it is used up and
 * counts for nothing else. Returned, not thrown, so that a try that failed stays counted.
 *
 * The actor's account is held already.
 *
 * @param proof a 6-digit code, a recovery code or a passkey; needed unless a factor was proved in this session a moment ago
 * @returns null where the act may go on; else `session.missing`, `proof.factor-missing`, `proof.provider-old` for somebody
 * whose provider is asked instead, or the refusal of the code
 */
export async function proveFactor(
  transaction: OrganisationTransaction,
  actor: Actor,
  proof: OwnProof,
): Promise<Refusal | null> {
  if (!(await isOpen(transaction, actor.sessionId))) return new Refusal('session.missing');
  if (isProvedByProvider(actor)) return hasFreshProvider(actor) ? null : new Refusal('proof.provider-old');
  if (actor.account.factorKinds.length === 0) return new Refusal('proof.factor-missing');
  if (hasFreshFactor(actor)) return null;
  if (proof.code.trim() === '' && !proof.passkey) return new Refusal('proof.code-missing');
  const verdict = await consumeOwnCode(transaction, actor, proof);
  return verdict.ok ? null : new Refusal(verdict.code, verdict.details);
}
