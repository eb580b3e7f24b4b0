import { holdAccounts } from '@/lib/accounts/store';
import { identifierKey } from '@/lib/accounts/text';
import type { Actor, Operator } from '@/lib/actors/model';
import { nameOf } from '@/lib/actors/name';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { endDeviceTrust, listDeviceIds } from '@/lib/devices/store';
import { deleteEnrolments } from '@/lib/enrolment/store';
import { notifyOwner } from '@/lib/mail/outbox';
import { revokePasses } from '@/lib/passes/store';
import { answerOpenRequest } from '@/lib/reset-requests/store';
import { deleteSessions } from '@/lib/sessions/store';
import { holdPassword } from '@/lib/passwords/store';
import { deleteAttempts, findAccountId } from '@/lib/sign-in/store';
import { clearTries, type ThrottleSubject } from '@/lib/throttle/store';
import { deleteFactors } from './store';

export interface MfaReset {
  /** How many factors were removed. */
  readonly factors: number;
  /** How many sessions ended. */
  readonly sessions: number;
}

/**
 * Resets the second factors of an account for the operator, who stands outside every role.
 *
 * @param identifier e-mail or username, as `identifierInput` gives it
 * @returns null where nobody in the organisation has it
 */
export async function resetMfa(operator: Operator, identifier: string, reason: string): Promise<MfaReset | null> {
  return inOrganisation(operator, async (transaction) => {
    const accountId = await findAccountId(transaction, identifierKey(identifier));
    return accountId === null ? null : resetMfaWithin(transaction, operator, accountId, reason);
  });
}

/**
 * What a reset does, whoever may do it (RESET-1): factors and recovery codes go, and so does all that was reached by
 * them or is on its way: enrolments, attempts to sign in, passes, sessions, trust in devices. Tries are counted from zero,
 * and the request that led here is answered.
 */
export async function resetMfaWithin(
  transaction: OrganisationTransaction,
  actor: Actor | Operator,
  accountId: string,
  reason: string,
): Promise<MfaReset> {
  await holdAccounts(transaction, [accountId]);
  const devices = await listDeviceIds(transaction, accountId);
  const subjects: ThrottleSubject[] = [
    { kind: 'account', accountId },
    ...devices.map((deviceId) => ({ kind: 'device', deviceId }) as const),
  ];
  // One after the other, in the order in which signing in and enrolment lock them: whatever is committing at this moment
  // is waited for and then removed too, and nobody waits in a circle.
  await holdPassword(transaction, accountId);
  await clearTries(transaction, 'code', subjects);
  await deleteEnrolments(transaction, accountId);
  await deleteAttempts(transaction, accountId);
  await revokePasses(transaction, accountId);
  await answerOpenRequest(transaction, accountId, 'helped', actor.kind === 'account' ? actor.account.id : null);
  await clearTries(transaction, 'password', subjects);
  const factors = await deleteFactors(transaction, accountId);
  await endDeviceTrust(transaction, accountId);
  const ended = await deleteSessions(transaction, accountId, 'all');
  await recordEvent(transaction, actor, {
    action: 'mfa.reset',
    outcome: 'success',
    subjectId: accountId,
    details: { reason, factors, endedSessions: ended },
  });
  const by = actor.kind === 'account' ? nameOf(actor) : null;
  await notifyOwner(transaction, actor, accountId, { template: 'factors-reset', by });
  return { factors, sessions: ended.length };
}
