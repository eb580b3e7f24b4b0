import type { Actor } from '@/lib/actors/model';
import { nameOf } from '@/lib/actors/name';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import { endDeviceTrust, listDeviceIds } from '@/lib/devices/store';
import { resetMfaWithin, type MfaReset } from '@/lib/factors/reset';
import type { OwnProof } from '@/lib/passkeys/model';
import { deleteRecoveryCodes, deleteSomeFactors, listFactors } from '@/lib/factors/store';
import { notifyOwner } from '@/lib/mail/outbox';
import { holdPassword } from '@/lib/passwords/store';
import { Refusal } from '@/lib/refusals';
import { deleteSessions } from '@/lib/sessions/store';
import { clearTries, listWaits, type ThrottlePurpose, type ThrottleSubject } from '@/lib/throttle/store';
import { helperNames, loadSubject } from './authority';
import type { HelpView } from './model';
import { hasFreshFactor, hasFreshProvider, isProvedByProvider, proveFactor } from './proof';
import { obstacle } from './rules';
import { findSubject } from './store';

/**
 * Whom a page is about to help, and how the actor stands to it.
 *
 * @throws {Refusal} `permission.missing`, `not-found`
 */
export async function loadHelp(actor: Actor, accountId: string): Promise<HelpView> {
  requirePermission(actor, 'mfa.reset');
  return reading(actor, async (transaction) => {
    const subject = await findSubject(transaction, accountId);
    if (subject === null) throw new Refusal('not-found');
    const against = obstacle({ id: actor.account.id, permissions: actor.permissions }, subject);
    if (against !== null) {
      return { subject, standing: against, helpers: await helperNames(transaction, subject) };
    }
    const enrolled = actor.account.factorKinds.length > 0;
    if (isProvedByProvider(actor)) {
      return { subject, standing: hasFreshProvider(actor) ? 'proved' : 'provider', helpers: [] };
    }
    return { subject, standing: !enrolled ? 'no-factor' : hasFreshFactor(actor) ? 'proved' : 'prove', helpers: [] };
  });
}

/**
 * « Réinitialiser le multi-facteur » (RESET-1): another's factors, sessions and trusted devices end in one transaction, and
 * the person is told by mail. Two who do it at once both succeed, one after the other.
 *
 * @throws {Refusal} `permission.missing`, `not-found`, `reset.own`, `reset.out-of-reach`, `proof.factor-missing`,
 * `proof.code-missing`, `session.missing`, `code.*`, `recovery-code.wrong`
 */
export async function resetAccount(
  actor: Actor,
  accountId: string,
  input: { reason: string } & OwnProof,
): Promise<MfaReset> {
  const outcome = await inOrganisation(actor, async (transaction) => {
    const subject = await loadSubject(transaction, actor, accountId);
    const refusal = await proveFactor(transaction, actor, input);
    if (refusal !== null) return refusal;
    return resetMfaWithin(transaction, actor, subject.id, input.reason);
  });
  if (outcome instanceof Refusal) throw outcome;
  return outcome;
}

/**
 * Revokes another's recovery codes: those of a printed card that was lost, and all others. Where the card was their only
 * factor it goes with them, as after a reset: sessions and trusted devices end, and they enrol anew where MFA is mandatory.
 *
 * @throws {Refusal} as {@link resetAccount}
 */
export async function revokeRecoveryCodes(
  actor: Actor,
  accountId: string,
  input: { reason: string } & OwnProof,
): Promise<void> {
  const refusal = await inOrganisation(actor, async (transaction) => {
    const subject = await loadSubject(transaction, actor, accountId);
    const against = await proveFactor(transaction, actor, input);
    if (against !== null) return against;
    await holdPassword(transaction, subject.id);
    const standing = await listFactors(transaction, subject.id);
    const cards = standing.filter(({ kind }) => kind === 'card');
    await deleteSomeFactors(
      transaction,
      subject.id,
      cards.map(({ id }) => id),
    );
    const revoked = await deleteRecoveryCodes(transaction, subject.id);
    await endDeviceTrust(transaction, subject.id);
    const endedSessions = cards.length > 0 ? await deleteSessions(transaction, subject.id, 'all') : [];
    await recordEvent(transaction, actor, {
      action: 'mfa.card-revoke',
      outcome: 'success',
      subjectId: subject.id,
      details: { reason: input.reason, removed: revoked, endedSessions },
    });
    await notifyOwner(transaction, actor, subject.id, {
      template: 'codes-revoked',
      by: nameOf(actor),
      card: cards.length > 0,
    });
    return null;
  });
  if (refusal !== null) throw refusal;
}

/** What each counter of tries asks of whoever clears it (SIGN-4). */
const PERMISSION_TO_CLEAR = { password: 'passwords.manage', code: 'mfa.reset' } as const;

/** Everything under which the tries at one account's secrets are counted. */
async function countedAs(transaction: OrganisationTransaction, accountId: string): Promise<ThrottleSubject[]> {
  const devices = await listDeviceIds(transaction, accountId);
  return [
    { kind: 'account', accountId },
    { kind: 'choice', accountId },
    ...devices.map((deviceId) => ({ kind: 'device', deviceId }) as const),
  ];
}

/**
 * At which secrets of an account tries have to wait, of those that the actor may clear.
 *
 * @throws {Refusal} `permission.missing` for whoever may clear neither
 */
export async function listBlocked(actor: Actor, accountId: string): Promise<ThrottlePurpose[]> {
  const mayClear = (purpose: ThrottlePurpose) => actor.permissions.has(PERMISSION_TO_CLEAR[purpose]);
  if (!mayClear('password')) requirePermission(actor, PERMISSION_TO_CLEAR.code);
  const waits = await reading(actor, async (transaction) =>
    listWaits(transaction, await countedAs(transaction, accountId)),
  );
  return waits.filter(mayClear);
}

/**
 * « Débloquer la connexion » (SIGN-4): tries at another's password, or codes, are counted from zero again, those in its
 * known browsers too, and a factor that stood still after a hundred failures works again.
 *
 * @throws {Refusal} `permission.missing`, `not-found`, `reset.own`, `reset.out-of-reach`
 */
export async function clearCounters(actor: Actor, accountId: string, purpose: ThrottlePurpose): Promise<void> {
  await inOrganisation(actor, async (transaction) => {
    const subject = await loadSubject(transaction, actor, accountId, PERMISSION_TO_CLEAR[purpose]);
    await clearTries(transaction, purpose, await countedAs(transaction, subject.id));
    await recordEvent(transaction, actor, {
      action: 'account.unblock',
      outcome: 'success',
      subjectId: subject.id,
      details: { purpose },
    });
  });
}
