import type { Actor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { pepper } from '@/lib/crypto/keys';
import { inOrganisation } from '@/lib/db/in-organisation';
import { endDeviceTrust } from '@/lib/devices/store';
import { optionFacts, type Settings } from '@/lib/options/service';
import { checkOwnPassword, consumeOwnCode } from '@/lib/passwords/service';
import { mfaStanding, type Facts } from '@/lib/policy/decision';
import { Refusal } from '@/lib/refusals';
import { renewSession } from '@/lib/sessions/service';
import { hashRecoveryCode, newRecoveryCodes, normaliseRecoveryCode } from './recovery-codes';
import { deleteFactors, replaceRecoveryCodes } from './store';

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
 * Switches MFA off for oneself, where it is on demand: after the password and a code. Factors and recovery codes go, and
 * so does every trust in devices.
 *
 * @throws {Refusal} `mfa.mandatory`, `password.wrong`, `code.*`
 */
export async function switchOffOwnMfa(
  actor: Actor,
  settings: Settings,
  authenticator: Facts['authenticator'],
  input: { password: string; code: string },
): Promise<{ token: string; expiresAt: Date }> {
  if (mfaChoice(actor, settings, authenticator) === 'locked-on') throw new Refusal('mfa.mandatory');
  await checkOwnPassword(actor, input.password);
  const outcome = await inOrganisation(actor, async (transaction) => {
    const verdict = await consumeOwnCode(transaction, actor, input.code);
    if (!verdict.ok) return new Refusal(verdict.code, verdict.details);
    const removed = await deleteFactors(transaction, actor.account.id);
    await endDeviceTrust(transaction, actor.account.id);
    await recordEvent(transaction, actor, { action: 'mfa.switch-off', outcome: 'success', details: { removed } });
    const session = await renewSession(transaction, actor.sessionId, { passwordVerified: true, factorForgotten: true });
    return session ?? new Refusal('session.missing');
  });
  if (outcome instanceof Refusal) throw outcome;
  return outcome;
}

/**
 * New recovery codes in the place of all old ones (ENROL-7). Returned once, to be shown; only hashes are kept.
 *
 * @throws {Refusal} `mfa.off` for somebody without a factor, `code.*`
 */
export async function renewRecoveryCodes(actor: Actor, code: string): Promise<readonly string[]> {
  if (actor.account.factorKinds.length === 0) throw new Refusal('mfa.off');
  const codes = newRecoveryCodes();
  const hashes = await Promise.all(
    codes.map((one) =>
      hashRecoveryCode({ code: normaliseRecoveryCode(one)!, accountId: actor.account.id, key: pepper() }),
    ),
  );
  const refusal = await inOrganisation(actor, async (transaction) => {
    const verdict = await consumeOwnCode(transaction, actor, code);
    if (!verdict.ok) return new Refusal(verdict.code, verdict.details);
    await replaceRecoveryCodes(transaction, actor.organisation.id, actor.account.id, hashes);
    await recordEvent(transaction, actor, { action: 'mfa.recovery-codes-renew', outcome: 'success' });
    return null;
  });
  if (refusal !== null) throw refusal;
  return codes;
}
