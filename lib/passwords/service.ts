import { holdAccounts } from '@/lib/accounts/store';
import type { Actor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import { endDeviceTrust } from '@/lib/devices/store';
import { verifyTypedCode, type CodeVerdict } from '@/lib/factors/verify';
import { normaliseRecoveryCode, hashRecoveryCode } from '@/lib/factors/recovery-codes';
import { consumeRecoveryCode, listCodeFactors } from '@/lib/factors/store';
import { cleanCode } from '@/lib/factors/totp';
import { pepper } from '@/lib/crypto/keys';
import { notifyOwner } from '@/lib/mail/outbox';
import type { OwnProof } from '@/lib/passkeys/model';
import { ownerOf, verifyPasskey } from '@/lib/passkeys/service';
import { Refusal } from '@/lib/refusals';
import { renewSession } from '@/lib/sessions/service';
import { deleteSessions } from '@/lib/sessions/store';
import { deleteAttempts } from '@/lib/sign-in/store';
import { claimTry, clearTries, type ThrottleSubject } from '@/lib/throttle/store';
import { settingsOf } from '@/lib/options/service';
import { approvePassword, checkPassword, findChoice, keepPassword, type PasswordChoice } from './choosing';
import { verifyPassword } from './hash';
import type { PasswordRequirements } from './rules';
import { findPasswordHash } from './store';

/** A signed-in person's own browser is known: its tries are counted apart from everybody else's (SIGN-4). */
function subjectOf(actor: Actor): ThrottleSubject {
  return actor.deviceId === null
    ? { kind: 'account', accountId: actor.account.id }
    : { kind: 'device', deviceId: actor.deviceId };
}

/** Whether somebody comes in by a provider, and so has no password here to prove themselves with (MFA-3). */
export const comesByProvider = ({ proofs }: Actor): boolean => proofs.externalAt !== null;

/**
 * Checks the present password of somebody who is signed in. Wrong ones count towards the same budget as at sign-in.
 *
 * @throws {Refusal} `password.wrong`, `code.throttled` (with `seconds`), `server.busy`; `proof.provider-old` for whoever
 * comes in by a provider: one that was left from before opens nothing here either
 */
export async function checkOwnPassword(actor: Actor, password: string): Promise<void> {
  if (comesByProvider(actor)) throw new Refusal('proof.provider-old');
  const subject = subjectOf(actor);
  const { wait, hash } = await inOrganisation(actor, async (transaction) => ({
    wait: await claimTry(transaction, 'password', [subject]),
    hash: await findPasswordHash(transaction, actor.account.id),
  }));
  if (wait > 0) throw new Refusal('code.throttled', { seconds: wait });
  const fits = await verifyPassword(hash, password);
  await inOrganisation(actor, async (transaction) => {
    if (fits) await clearTries(transaction, 'password', [subject]);
    await recordEvent(transaction, actor, {
      action: 'session.prove',
      outcome: fits ? 'success' : 'failure',
      details: { proof: 'password' },
    });
  });
  if (!fits) throw new Refusal('password.wrong');
}

/**
 * Checks a code, a recovery code or a passkey of somebody who is signed in; counted first, used up when it fits. Runs in the
 * transaction of what it allows; a refusal is returned, so that the count is kept.
 */
export async function consumeOwnCode(
  transaction: OrganisationTransaction,
  actor: Actor,
  given: string | OwnProof,
): Promise<CodeVerdict> {
  const { code, passkey = '' }: OwnProof = typeof given === 'string' ? { code: given } : given;
  const subject = subjectOf(actor);
  const wait = await claimTry(transaction, 'code', [subject]);
  if (wait > 0) return { ok: false, code: 'code.throttled', details: { seconds: wait } };
  const verdict = await (passkey === ''
    ? verdictOf(transaction, actor, code)
    : verifyPasskey(transaction, actor, ownerOf(actor), passkey));
  if (verdict.ok) await clearTries(transaction, 'code', [subject]);
  await recordEvent(transaction, actor, {
    action: 'session.prove',
    outcome: verdict.ok ? 'success' : 'failure',
    details: { proof: passkey === '' ? 'code' : 'passkey' },
  });
  return verdict;
}

async function verdictOf(transaction: OrganisationTransaction, actor: Actor, typed: string): Promise<CodeVerdict> {
  if (cleanCode(typed) !== null) {
    const factors = await listCodeFactors(transaction, actor.account.id);
    return verifyTypedCode(transaction, actor.account.id, factors, typed, actor.now);
  }
  const recovery = normaliseRecoveryCode(typed);
  if (recovery === null) return { ok: false, code: 'code.wrong' };
  const hash = await hashRecoveryCode({ code: recovery, accountId: actor.account.id, key: pepper() });
  if (!(await consumeRecoveryCode(transaction, actor.account.id, hash)))
    return { ok: false, code: 'recovery-code.wrong' };
  const left = actor.account.recoveryCodesLeft - 1;
  await notifyOwner(transaction, actor, actor.account.id, { template: 'recovery-code-used', left });
  return { ok: true, factorId: '' };
}

async function ownChoice(actor: Actor): Promise<PasswordChoice> {
  const settings = await settingsOf(actor.organisation);
  const choice = await reading(actor, (transaction) =>
    findChoice(transaction, actor.organisation, settings, actor.account.id),
  );
  if (choice === null) throw new Refusal('session.missing');
  return choice;
}

/** What one's own next password must be (AUTH-2). @throws {Refusal} `session.missing` */
export async function loadOwnRequirements(actor: Actor): Promise<PasswordRequirements> {
  return (await ownChoice(actor)).requirements;
}

/**
 * A new password: after the present one, and a code where the account has a factor. Other sessions and every trust in
 * devices end; this session gets a new token.
 *
 * @throws {Refusal} `password.*`, `code.*`, `session.missing`, `server.busy`
 */
export async function changeOwnPassword(
  actor: Actor,
  input: { current: string; next: string; code: string | null; passkey?: string },
): Promise<{ token: string; expiresAt: Date }> {
  const hasFactor = actor.account.factorKinds.length > 0;
  const choice = await ownChoice(actor);
  checkPassword(input.next, choice.requirements);
  if (input.next === input.current) throw new Refusal('password.same');
  await checkOwnPassword(actor, input.current);
  const approved = await approvePassword(actor, choice, input.next);
  const outcome = await inOrganisation(actor, async (transaction) => {
    await holdAccounts(transaction, [actor.account.id]);
    if (hasFactor) {
      const verdict = await consumeOwnCode(transaction, actor, { ...input, code: input.code ?? '' });
      if (!verdict.ok) return new Refusal(verdict.code, verdict.details);
    }
    await keepPassword(transaction, actor.organisation, approved);
    // Sign-ins under way began with the old password.
    await deleteAttempts(transaction, actor.account.id);
    await endDeviceTrust(transaction, actor.account.id);
    const ended = await deleteSessions(transaction, actor.account.id, { except: actor.sessionId });
    await recordEvent(transaction, actor, {
      action: 'account.password-change',
      outcome: 'success',
      details: { endedSessions: ended.length },
    });
    await notifyOwner(transaction, actor, actor.account.id, { template: 'password-changed' });
    const session = await renewSession(transaction, actor.sessionId, {
      passwordVerified: true,
      ...(hasFactor ? { factorVerified: true } : {}),
    });
    return session ?? new Refusal('session.missing');
  });
  if (outcome instanceof Refusal) throw outcome;
  return outcome;
}
