import { randomUUID } from 'node:crypto';
import { holdAccounts } from '@/lib/accounts/store';
import type { Actor, Visitor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { rememberDevice, renameDevices } from '@/lib/devices/store';
import { tellApprovers } from '@/lib/device-approval/waiting';
import { notifyOwner, queueLetter } from '@/lib/mail/outbox';
import { findOwner } from '@/lib/mail/store';
import type { Settings } from '@/lib/options/service';
import type { Decision, Facts } from '@/lib/policy/decision';
import type { NewSession } from '@/lib/sign-in/model';
import {
  deleteSessionByToken,
  deleteSessions,
  findOwnerOfToken,
  insertSession,
  markPostponed,
  replaceToken,
} from './store';

/** How long a session lasts without a request and at most (SAFE-3, NIST SP 800-63B-4 §2.1.3 and §2.2.3). */
export function sessionLimits(
  settings: Settings,
  facts: Pick<Facts, 'account'>,
): { idleMinutes: number; absoluteHours: number } {
  const { options } = settings;
  const { account } = facts;
  // A parent with a password alone has little to lose and a phone that is asked again and again: longer. Whoever has a
  // second factor, and every employee, is held to the hour.
  if (account?.kind === 'parent' && account.factorKinds.length === 0) {
    return { idleMinutes: options.portalSessionIdleMinutes, absoluteHours: options.portalSessionHours };
  }
  return { idleMinutes: options.sessionIdleMinutes, absoluteHours: options.sessionHours };
}

/**
 * The only place where a session begins: from a decision that says `signed-in`, in the transaction that uses the
 * attempt up. A session that this browser still had ends with it. All of it leaves in one round trip.
 */
export async function createSession(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  decision: Extract<Decision, { step: 'signed-in' }>,
  person: {
    accountId: string;
    authenticatorId: string | null;
    facts: Facts;
    settings: Settings;
    trustDevice: boolean;
    passId: string | null;
  },
): Promise<NewSession> {
  const id = randomUUID();
  const token = newToken();
  // A new name for the browser each time: one that somebody planted, or copied, is worth nothing afterwards.
  const deviceToken = newToken();
  const deviceHash = hashToken(deviceToken);
  const { accountId, facts, settings } = person;
  const [, { id: deviceId, unfamiliar }, , { expiresAt }, , owner] = await pipelined([
    visitor.deviceToken === null ? null : renameDevices(transaction, hashToken(visitor.deviceToken), deviceHash),
    rememberDevice(transaction, {
      organisationId: visitor.organisation.id,
      accountId,
      tokenHash: deviceHash,
      userAgent: visitor.origin.userAgent,
      address: visitor.origin.address,
      trustDays: person.trustDevice ? settings.options.mfaRememberDeviceDays : 0,
      needsApproval: facts.options.deviceApproval === 'required',
    }),
    visitor.sessionToken ? deleteSessionByToken(transaction, hashToken(visitor.sessionToken)) : null,
    insertSession(transaction, {
      id,
      organisationId: visitor.organisation.id,
      accountId,
      deviceHash,
      tokenHash: hashToken(token),
      userAgent: visitor.origin.userAgent,
      address: visitor.origin.address,
      ...sessionLimits(settings, facts),
      passwordVerifiedAt: facts.proofs.passwordAt,
      factorVerifiedAt: facts.proofs.factorAt,
      authenticatorId: facts.proofs.externalAt === null ? null : person.authenticatorId,
      externalVerifiedAt: facts.proofs.externalAt,
      externalFactorAt: facts.proofs.externalFactorAt,
      enrolmentPostponedAt: facts.enrolmentPostponedAt,
      passId: person.passId,
    }),
    recordEvent(transaction, visitor, {
      action: 'sign-in.complete',
      outcome: 'success',
      subjectId: accountId,
      sessionId: id,
      deviceHash,
      details: { reasons: decision.reasons },
    }),
    // A browser without a name is most likely one that is new to somebody who has others.
    visitor.deviceToken === null ? findOwner(transaction, accountId) : null,
  ]);
  if (unfamiliar) {
    const { userAgent, address } = visitor.origin;
    const letter = { template: 'new-device', userAgent, address, at: facts.now.toISOString() } as const;
    await (owner === null
      ? notifyOwner(transaction, visitor, accountId, letter)
      : queueLetter(transaction, visitor, { accountId, ...owner }, letter));
    if (facts.options.deviceApproval === 'notify') {
      await tellApprovers(transaction, visitor, { accountId, deviceId, at: facts.now, template: 'device-new' });
    }
  }
  return { id, token, expiresAt, deviceToken };
}

/** A session under a new token: the only time that it exists outside the browser. */
export interface RenewedSession {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Gives a session a new token and notes what was just proved (SAFE-3). */
export async function renewSession(
  transaction: OrganisationTransaction,
  sessionId: string,
  change: Parameters<typeof replaceToken>[3],
): Promise<RenewedSession | null> {
  const token = newToken();
  const expiresAt = await replaceToken(transaction, sessionId, hashToken(token), change);
  return expiresAt === null ? null : { token, expiresAt };
}

/** A factor was just confirmed in this session: it counts as proved, and the limits of people with a factor hold. */
export async function renewAfterEnrolment(
  transaction: OrganisationTransaction,
  actor: Actor,
  settings: Settings,
): Promise<RenewedSession | null> {
  const { sessionIdleMinutes: idleMinutes, sessionHours: absoluteHours } = settings.options;
  return renewSession(transaction, actor.sessionId, { factorVerified: true, idleMinutes, absoluteHours });
}

/** « Plus tard » in a session that came to need a factor within the grace; the decision has allowed it (MFA-4). */
export async function postponeInSession(actor: Actor): Promise<void> {
  await inOrganisation(actor, async (transaction) => {
    await markPostponed(transaction, actor.sessionId);
    await recordEvent(transaction, actor, { action: 'sign-in.enrolment-postponed', outcome: 'success' });
  });
}

/** Signs out: this session ends at once. What is left to do at a provider is `lib/external/sign-out.ts`'s. */
export async function endOwnSession(transaction: OrganisationTransaction, actor: Actor): Promise<void> {
  await holdAccounts(transaction, [actor.account.id]);
  await deleteSessions(transaction, actor.account.id, { only: actor.sessionId });
  await recordEvent(transaction, actor, { action: 'session.end', outcome: 'success', reason: 'signed-out' });
}

/** Signs out by the token alone, for next-auth's own sign-out; of two at the same moment the second does nothing. */
export async function endSessionByToken(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  token: string,
): Promise<void> {
  const owner = await findOwnerOfToken(transaction, hashToken(token));
  if (owner !== null) await holdAccounts(transaction, [owner]);
  const ended = await deleteSessionByToken(transaction, hashToken(token));
  if (ended === null) return;
  await recordEvent(transaction, visitor, {
    action: 'session.end',
    outcome: 'success',
    reason: 'signed-out',
    subjectId: ended.accountId,
    sessionId: ended.id,
  });
}

/** Ends one of the actor's own sessions; an id of somebody else's is simply not among them (ACC-6). */
export async function endSession(actor: Actor, sessionId: string): Promise<boolean> {
  return inOrganisation(actor, async (transaction) => {
    await holdAccounts(transaction, [actor.account.id]);
    const ended = await deleteSessions(transaction, actor.account.id, { only: sessionId });
    if (ended.length === 0) return false;
    await recordEvent(transaction, actor, {
      action: 'session.end',
      outcome: 'success',
      reason: 'ended-by-owner',
      details: { ended },
    });
    return true;
  });
}

/** Ends every session of the actor but the present one (SELF-2). */
export async function endOtherSessions(actor: Actor): Promise<number> {
  return inOrganisation(actor, async (transaction) => {
    await holdAccounts(transaction, [actor.account.id]);
    const ended = await deleteSessions(transaction, actor.account.id, { except: actor.sessionId });
    await recordEvent(transaction, actor, {
      action: 'session.end',
      outcome: 'success',
      reason: 'others-ended-by-owner',
      details: { ended },
    });
    return ended.length;
  });
}
