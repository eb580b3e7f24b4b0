import type { Actor, Operator } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { config } from '@/lib/config';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import type { Locale } from '@/lib/language/locale';
import { queueLetter } from '@/lib/mail/outbox';
import { mayActOn } from '@/lib/policy/authority';
import type { Permission } from '@/lib/policy/permissions';
import { Refusal } from '@/lib/refusals';
import { insertTicket, revokeTickets } from '@/lib/tickets/store';
import { holdInvitee, type Invitee } from './store';

/** How long the link of an invitation works (ACC-3). */
const INVITATION_LIFETIME_SECONDS = 72 * 60 * 60;

/**
 * Invites an account by letter, in the transaction that made it or that found it `invited`: a link that works once, for
 * 72 hours. Links sent before are worth nothing from now on. Whether the actor may do so is the caller's to know.
 */
export async function inviteWithin(
  transaction: OrganisationTransaction,
  actor: Actor | Operator,
  account: { readonly id: string; readonly email: string; readonly locale: Locale },
): Promise<void> {
  const token = newToken();
  await insertTicket(transaction, {
    organisationId: actor.organisation.id,
    accountId: account.id,
    kind: 'invitation',
    tokenHash: hashToken(token),
    email: account.email,
    createdBy: actor.kind === 'account' ? actor.account.id : null,
    lifetimeSeconds: INVITATION_LIFETIME_SECONDS,
  });
  await queueLetter(
    transaction,
    actor,
    { accountId: account.id, email: account.email, locale: account.locale },
    { template: 'invitation', link: invitationLink(actor.organisation.slug, token) },
  );
  await recordEvent(transaction, actor, { action: 'invitation.send', outcome: 'success', subjectId: account.id });
}

function invitationLink(slug: string, token: string): string {
  return `${config().APP_ORIGIN}/${slug}/invitation?ticket=${token}`;
}

/**
 * Sends the invitation again, with a new link; the earlier one stops working.
 *
 * @throws {Refusal} `permission.missing` (also for somebody who holds a permission that the actor lacks), `not-found`,
 * `invitation.not-waiting` where the account was opened or suspended
 */
export async function resendInvitation(actor: Actor | Operator, accountId: string): Promise<void> {
  await inOrganisation(actor, async (transaction) => {
    const { id, email, locale } = await waitingInvitee(transaction, actor, accountId);
    await inviteWithin(transaction, actor, { id, email, locale: locale ?? actor.organisation.locale });
  });
}

/**
 * Makes the open invitation of an account worthless. The account stays `invited`; it can be invited anew.
 *
 * @throws {Refusal} as {@link resendInvitation}
 */
export async function revokeInvitation(actor: Actor | Operator, accountId: string): Promise<void> {
  await inOrganisation(actor, async (transaction) => {
    const { id } = await waitingInvitee(transaction, actor, accountId);
    await revokeTickets(transaction, id, 'invitation');
    await recordEvent(transaction, actor, { action: 'invitation.revoke', outcome: 'success', subjectId: id });
  });
}

async function waitingInvitee(
  transaction: OrganisationTransaction,
  actor: Actor | Operator,
  accountId: string,
): Promise<Invitee> {
  requirePermission(actor, 'accounts.manage');
  const invitee = await holdInvitee(transaction, accountId);
  if (invitee === null) throw new Refusal('not-found');
  if (actor.kind === 'account' && !mayActOn(actor.permissions, invitee.permissions as Permission[])) {
    throw new Refusal('permission.missing');
  }
  if (invitee.status !== 'invited') throw new Refusal('invitation.not-waiting');
  return invitee;
}
