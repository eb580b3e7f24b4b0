import type { Actor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation } from '@/lib/db/in-organisation';
import { endDeviceTrust } from '@/lib/devices/store';
import { notifyOwner } from '@/lib/mail/outbox';
import { optionFacts, type Settings } from '@/lib/options/service';
import type { OwnProof } from '@/lib/passkeys/model';
import { checkOwnPassword, consumeOwnCode } from '@/lib/passwords/service';
import { mfaStanding, type Facts } from '@/lib/policy/decision';
import { Refusal } from '@/lib/refusals';
import { renewSession } from '@/lib/sessions/service';
import { deleteSessions } from '@/lib/sessions/store';
import { deleteFactors } from './store';

/** Whether the person may switch MFA, and why not (MFA-6). */
export function mfaChoice(
  actor: Actor,
  settings: Settings,
  authenticator: Facts['authenticator'],
): 'free' | 'locked-on' | 'unavailable' {
  const { rule } = mfaStanding({ authenticator, options: optionFacts(settings, actor.account.kind) });
  return rule === 'mandatory' ? 'locked-on' : rule === 'none' ? 'unavailable' : 'free';
}

/**
 * A fresh proof of one's own factor, by a code, a recovery code or a passkey; the session goes on under a new token.
 *
 * @throws {Refusal} `code.*`, `recovery-code.wrong`, `session.missing`
 */
export async function proveOwnFactor(actor: Actor, proof: OwnProof): Promise<{ token: string; expiresAt: Date }> {
  const outcome = await inOrganisation(actor, async (transaction) => {
    const verdict = await consumeOwnCode(transaction, actor, proof);
    if (!verdict.ok) return new Refusal(verdict.code, verdict.details);
    const session = await renewSession(transaction, actor.sessionId, { factorVerified: true });
    return session ?? new Refusal('session.missing');
  });
  if (outcome instanceof Refusal) throw outcome;
  return outcome;
}

/**
 * Switches MFA off for oneself, where it is on demand: after the password and a code. Factors and recovery codes go, and
 * so does every trust in devices.
 *
 * @throws {Refusal} `mfa.mandatory`, `password.wrong`, `code.*`
 */
export async function switchOffOwnMfa(
  actor: Actor,
  settings: Settings,
  authenticator: Facts['authenticator'],
  input: { password: string } & OwnProof,
): Promise<{ token: string; expiresAt: Date }> {
  if (mfaChoice(actor, settings, authenticator) === 'locked-on') throw new Refusal('mfa.mandatory');
  await checkOwnPassword(actor, input.password);
  const outcome = await inOrganisation(actor, async (transaction) => {
    const verdict = await consumeOwnCode(transaction, actor, input);
    if (!verdict.ok) return new Refusal(verdict.code, verdict.details);
    const removed = await deleteFactors(transaction, actor.account.id);
    await endDeviceTrust(transaction, actor.account.id);
    await deleteSessions(transaction, actor.account.id, { except: actor.sessionId });
    await recordEvent(transaction, actor, { action: 'mfa.switch-off', outcome: 'success', details: { removed } });
    await notifyOwner(transaction, actor, actor.account.id, { template: 'factor-removed' });
    const session = await renewSession(transaction, actor.sessionId, { passwordVerified: true, factorForgotten: true });
    return session ?? new Refusal('session.missing');
  });
  if (outcome instanceof Refusal) throw outcome;
  return outcome;
}
