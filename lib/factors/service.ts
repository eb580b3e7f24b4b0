import { holdAccounts } from '@/lib/accounts/store';
import type { Actor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import { endDeviceTrust } from '@/lib/devices/store';
import { notifyOwner } from '@/lib/mail/outbox';
import { optionFacts, type Settings } from '@/lib/options/service';
import type { OwnProof } from '@/lib/passkeys/model';
import { checkOwnPassword, consumeOwnCode } from '@/lib/passwords/service';
import { mfaStanding, type Facts } from '@/lib/policy/decision';
import { Refusal } from '@/lib/refusals';
import { proveFactor } from '@/lib/resets/proof';
import { renewSession, type RenewedSession } from '@/lib/sessions/service';
import { deleteSessions } from '@/lib/sessions/store';
import { deleteFactors, deleteSomeFactors, holdFactors, listFactors, nameFactor, type FactorRow } from './store';

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
    await holdAccounts(transaction, [actor.account.id]);
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
    await holdAccounts(transaction, [actor.account.id]);
    const verdict = await consumeOwnCode(transaction, actor, input);
    if (!verdict.ok) return new Refusal(verdict.code, verdict.details);
    const removed = await deleteFactors(transaction, actor.account.id);
    await endDeviceTrust(transaction, actor.account.id);
    await deleteSessions(transaction, actor.account.id, { except: actor.sessionId });
    await recordEvent(transaction, actor, { action: 'mfa.switch-off', outcome: 'success', details: { removed } });
    await notifyOwner(transaction, actor, actor.account.id, { template: 'mfa-off' });
    const session = await renewSession(transaction, actor.sessionId, { passwordVerified: true, factorForgotten: true });
    return session ?? new Refusal('session.missing');
  });
  if (outcome instanceof Refusal) throw outcome;
  return outcome;
}

/**
 * Gives one of one's own factors another name.
 *
 * @throws {Refusal} `not-found`, also for somebody else's (ACC-6)
 */
export async function renameOwnFactor(actor: Actor, factorId: string, name: string): Promise<void> {
  await inOrganisation(actor, async (transaction) => {
    if (!(await nameFactor(transaction, actor.account.id, factorId, name))) throw new Refusal('not-found');
    await recordEvent(transaction, actor, { action: 'mfa.factor-rename', outcome: 'success', details: { factorId } });
  });
}

/** One of one's own factors, and why it can't be removed; null: it can. */
export interface OwnFactor {
  readonly factor: FactorRow;
  readonly against: 'factor.last' | 'factor.only' | null;
}

/**
 * What the page shows of a factor that is to go.
 *
 * @throws {Refusal} `not-found`
 */
export async function loadOwnFactor(
  actor: Actor,
  settings: Settings,
  authenticator: Facts['authenticator'],
  factorId: string,
): Promise<OwnFactor> {
  return reading(actor, async (transaction) => {
    const standing = await listFactors(transaction, actor.account.id);
    return judgeRemoval(standing, factorId, mfaChoice(actor, settings, authenticator));
  });
}

function judgeRemoval(
  standing: readonly FactorRow[],
  factorId: string,
  choice: ReturnType<typeof mfaChoice>,
): OwnFactor {
  const factor = standing.find(({ id }) => id === factorId);
  if (factor === undefined) throw new Refusal('not-found');
  return { factor, against: againstRemoval(standing, factor, choice) };
}

/** Where MFA is demanded, one factor that is taken must be left (SELF-1); to be left with none is to switch MFA off. */
export function againstRemoval(
  standing: readonly Pick<FactorRow, 'id' | 'allowed'>[],
  factor: Pick<FactorRow, 'id' | 'allowed'>,
  choice: ReturnType<typeof mfaChoice>,
): OwnFactor['against'] {
  const others = standing.filter(({ id }) => id !== factor.id);
  if (others.some(({ allowed }) => allowed || !factor.allowed)) return null;
  return choice === 'locked-on' ? 'factor.last' : others.length === 0 ? 'factor.only' : null;
}

/**
 * Removes one of one's own factors, after a fresh proof: every trust in devices ends, and so do the other sessions; this one
 * goes on under a new token, so that no copy of the old one outlives them (SAFE-3). Of two that are removed at the same moment,
 * one stays where one must.
 *
 * @param input with the proof of a factor; needed unless one was given in this session a moment ago
 * @throws {Refusal} `not-found`, `factor.last`, `factor.only`, `session.missing`, `proof.code-missing`, `code.*`
 */
export async function removeOwnFactor(
  actor: Actor,
  settings: Settings,
  authenticator: Facts['authenticator'],
  input: { factorId: string } & OwnProof,
): Promise<RenewedSession> {
  const accountId = actor.account.id;
  const outcome = await inOrganisation(actor, async (transaction) => {
    // The account before the session: of two who remove at once, in one session or in two, the second holds nothing that
    // the first still needs.
    const standing = await holdFactors(transaction, accountId);
    const unproved = await proveFactor(transaction, actor, input);
    if (unproved !== null) return unproved;
    const { factor, against } = judgeRemoval(standing, input.factorId, mfaChoice(actor, settings, authenticator));
    if (against !== null) return new Refusal(against);
    await deleteSomeFactors(transaction, accountId, [factor.id]);
    await endDeviceTrust(transaction, accountId);
    await deleteSessions(transaction, accountId, { except: actor.sessionId });
    await recordEvent(transaction, actor, {
      action: 'mfa.factor-remove',
      outcome: 'success',
      details: { kind: factor.kind, factorId: factor.id },
    });
    await notifyOwner(transaction, actor, accountId, {
      template: 'factor-removed',
      factor: factor.name,
      by: null,
      left: standing.length - 1,
    });
    return (await renewSession(transaction, actor.sessionId, {})) ?? new Refusal('session.missing');
  });
  if (outcome instanceof Refusal) throw outcome;
  return outcome;
}
