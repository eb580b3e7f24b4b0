import type { Actor, Operator, Visitor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { config } from '@/lib/config';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import type { Locale } from '@/lib/language/locale';
import { claimFromAddress, claimLetterTo, claimLetterWithin } from '@/lib/mail/budget';
import { queueLetter } from '@/lib/mail/outbox';
import { settingsOf } from '@/lib/options/service';
import { approvePassword, findChoice, keepPassword } from '@/lib/passwords/choosing';
import type { PasswordRequirements } from '@/lib/passwords/rules';
import { mayActOn } from '@/lib/policy/authority';
import type { Permission } from '@/lib/policy/permissions';
import { Refusal } from '@/lib/refusals';
import { inEvenTime } from '@/lib/request/even-time';
import type { StepOutcome } from '@/lib/sign-in/model';
import { continueWithChosenPassword, startWithProvider } from '@/lib/sign-in/service';
import {
  consumeTicket,
  findTicket,
  findTicketHolder,
  insertTicket,
  revokeTickets,
  wasWithdrawn,
  type Ticket,
  type TicketHolder,
} from '@/lib/tickets/store';
import { awaitsConfirmation, confirmOrganisation, openInvitedAccount } from './store';

/** How long the link of an invitation works (ACC-3). */
const INVITATION_LIFETIME_SECONDS = 72 * 60 * 60;

/**
 * Invites an account by letter, in the transaction that made it or that found it `invited`: a link that works once, for
 * 72 hours. Links sent before are worth nothing from now on. In an organisation that nobody has confirmed yet the letter
 * speaks to its founder (ACC-1). Whether the actor may do so is the caller's to know.
 *
 * @throws {Refusal} `letter.throttled` (with `seconds`), for a signed-in actor
 */
export async function inviteWithin(
  transaction: OrganisationTransaction,
  actor: Visitor | Actor | Operator,
  account: { readonly id: string; readonly email: string; readonly locale: Locale },
): Promise<void> {
  const { organisation } = actor;
  if (actor.kind === 'account') await claimLetterWithin(transaction, organisation.id, account.email);
  const token = newToken();
  await insertTicket(transaction, {
    organisationId: organisation.id,
    accountId: account.id,
    kind: 'invitation',
    tokenHash: hashToken(token),
    email: account.email,
    createdBy: actor.kind === 'account' ? actor.account.id : null,
    lifetimeSeconds: INVITATION_LIFETIME_SECONDS,
  });
  const template = (await awaitsConfirmation(transaction, organisation.id)) ? 'signup' : 'invitation';
  await queueLetter(
    transaction,
    actor,
    { accountId: account.id, email: account.email, locale: account.locale },
    { template, link: `${config().APP_ORIGIN}${invitationPath(organisation.slug, token)}` },
  );
  await recordEvent(transaction, actor, { action: 'invitation.send', outcome: 'success', subjectId: account.id });
}

/** Where the link of an invitation leads. */
export function invitationPath(slug: string, token: string): string {
  return `/${slug}/invitation?ticket=${token}`;
}

/**
 * Sends the invitation again, with a new link; the earlier one stops working.
 *
 * @throws {Refusal} `permission.missing` (also for somebody who holds a permission that the actor lacks), `not-found`,
 * `invitation.not-waiting` where the account was opened or suspended, `letter.throttled`
 */
export async function resendInvitation(actor: Actor | Operator, accountId: string): Promise<void> {
  await inOrganisation(actor, async (transaction) => {
    const { id, email, locale } = await holdInvited(transaction, actor, accountId);
    await inviteWithin(transaction, actor, { id, email, locale: locale ?? actor.organisation.locale });
  });
}

/**
 * Makes the open invitation of an account worthless. The account stays `invited`; from now on only an administrator invites
 * it anew, neither the old link nor « Mot de passe oublié ? » does.
 *
 * @throws {Refusal} as {@link resendInvitation}
 */
export async function revokeInvitation(actor: Actor | Operator, accountId: string): Promise<void> {
  await inOrganisation(actor, async (transaction) => {
    const { id } = await holdInvited(transaction, actor, accountId);
    await revokeTickets(transaction, id, 'invitation');
    await recordEvent(transaction, actor, { action: 'invitation.revoke', outcome: 'success', subjectId: id });
  });
}

async function holdInvited(
  transaction: OrganisationTransaction,
  actor: Actor | Operator,
  accountId: string,
): Promise<TicketHolder> {
  requirePermission(actor, 'accounts.manage');
  const invited = await findTicketHolder(transaction, accountId, 'hold');
  if (invited === null) throw new Refusal('not-found');
  if (actor.kind === 'account' && !mayActOn(actor.permissions, invited.permissions as Permission[])) {
    throw new Refusal('permission.missing');
  }
  if (invited.status !== 'invited') throw new Refusal('invitation.not-waiting');
  return invited;
}

/** What the page behind an invitation's link may show. */
export type InvitationView =
  | {
      readonly state: 'open';
      /** Nobody has confirmed the organisation yet: this is its founder (ACC-1). */
      readonly founding: boolean;
      readonly email: string;
      readonly firstName: string;
      /** What the password must be; null: an identity provider signs this person in, and there is none to choose. */
      readonly requirements: PasswordRequirements | null;
      /** That provider, by its authenticator's name. */
      readonly provider: string | null;
    }
  /** It did its work: the way leads to sign-in. */
  | { readonly state: 'used' }
  /** It ran out, was replaced, or can't be used now, which is not told apart: a new one may be asked for. */
  | { readonly state: 'expired' }
  /** No link of ours, or of an account that is gone. */
  | { readonly state: 'unknown' };

/** Looks behind the link of an invitation without using anything up: mail scanners open links too (ACC-3). */
export async function findInvitation(visitor: Visitor, token: string | null): Promise<InvitationView> {
  if (token === null) return { state: 'unknown' };
  const settings = await settingsOf(visitor.organisation);
  return inOrganisation(visitor, async (transaction) => {
    const found = await lookBehind(transaction, token);
    if (found === null) return { state: 'unknown' };
    const { ticket, holder } = found;
    if (ticket.state === 'used' || holder.status === 'active') return { state: 'used' };
    if (!countsFor(ticket, holder)) return { state: 'expired' };
    const external = holder.authenticator.type !== 'system';
    const choice = external ? null : await findChoice(transaction, visitor.organisation, settings, holder.id);
    return {
      state: 'open',
      founding: await awaitsConfirmation(transaction, visitor.organisation.id),
      email: holder.email,
      firstName: holder.firstName,
      requirements: choice?.requirements ?? null,
      provider: external ? holder.authenticatorName : null,
    };
  });
}

async function lookBehind(
  transaction: OrganisationTransaction,
  token: string,
): Promise<{ ticket: Ticket; holder: TicketHolder } | null> {
  const ticket = await findTicket(transaction, 'invitation', hashToken(token));
  if (ticket === null) return null;
  const holder = await findTicketHolder(transaction, ticket.accountId, 'look');
  return holder === null ? null : { ticket, holder };
}

/** Whether an invitation opens this account: a suspended one, another address or a closed authenticator make it worthless. */
function countsFor(ticket: Ticket, holder: TicketHolder): boolean {
  return ticket.state === 'open' && awaits(ticket, holder);
}

function awaits(ticket: Pick<Ticket, 'email'>, holder: TicketHolder): boolean {
  return holder.status === 'invited' && holder.email === ticket.email && holder.authenticator.active;
}

/**
 * Accepts an invitation: the link is used up, the password is set and the account opens in one transaction, and of two
 * posts at the same moment one does it. Then the decision leads on: to enrolment where a factor is mandatory, before
 * anything else (MFA-4), else to a session. Somebody with an identity provider goes to sign-in.
 *
 * @param input.password null for somebody whom an identity provider signs in
 * @throws {Refusal} `link.gone`, `password.*`, `server.busy`
 */
export async function acceptInvitation(
  visitor: Visitor,
  input: { readonly token: string; readonly password: string | null },
): Promise<StepOutcome> {
  const { organisation } = visitor;
  const settings = await settingsOf(organisation);
  const found = await inOrganisation(visitor, (transaction) => lookBehind(transaction, input.token));
  if (found === null || !countsFor(found.ticket, found.holder)) throw new Refusal('link.gone');
  // Their provider's word opens the account, and uses the invitation up (lib/external/identity.ts).
  if (found.holder.authenticator.type !== 'system') {
    return inOrganisation(visitor, (transaction) => startWithProvider(transaction, visitor, found.holder));
  }
  const choice = await inOrganisation(visitor, (transaction) =>
    findChoice(transaction, organisation, settings, found.holder.id),
  );
  if (choice === null) throw new Refusal('link.gone');
  // Outside the transaction: hashing takes its time, and a connection is dear.
  const approved = await approvePassword(visitor, choice, input.password ?? '');
  return inOrganisation(visitor, async (transaction) => {
    const holder = await findTicketHolder(transaction, found.holder.id, 'hold');
    const same = holder?.authenticator.type === 'system';
    if (!same || !awaits(found.ticket, holder)) throw new Refusal('link.gone');
    if ((await consumeTicket(transaction, 'invitation', hashToken(input.token))) === null) {
      throw new Refusal('link.gone');
    }
    await revokeTickets(transaction, holder.id, 'invitation');
    await keepPassword(transaction, organisation, approved);
    await openInvitedAccount(transaction, holder.id);
    if (await confirmOrganisation(transaction, organisation.id)) {
      await recordEvent(transaction, visitor, {
        action: 'organisation.confirm',
        outcome: 'success',
        subjectId: holder.id,
      });
    }
    await recordEvent(transaction, visitor, { action: 'invitation.accept', outcome: 'success', subjectId: holder.id });
    return continueWithChosenPassword(transaction, visitor, settings, holder);
  });
}

/**
 * « M'envoyer un nouveau lien », asked by whoever holds an old one: goes to the address of the old one, if the account
 * still waits to be opened and no administrator took the invitation back. What comes of it is not told, and takes the same time.
 *
 * @throws {Refusal} `letter.throttled` (with `seconds`), by the address that asks alone
 */
export async function renewInvitation(visitor: Visitor, token: string): Promise<void> {
  await inEvenTime(async () => {
    await claimFromAddress(visitor.origin);
    const found = await inOrganisation(visitor, (transaction) => lookBehind(transaction, token));
    if (found === null || !awaits(found.ticket, found.holder)) return;
    const { ticket } = found;
    if ((await claimLetterTo({ account: found.holder.id })) > 0) return;
    await inOrganisation(visitor, async (transaction) => {
      const holder = await findTicketHolder(transaction, found.holder.id, 'hold');
      if (holder === null || !awaits(ticket, holder)) return;
      // Taken back, it was perhaps sent to somebody whom it was never meant for: only an administrator invites again.
      if (await wasWithdrawn(transaction, holder.id, 'invitation')) return;
      const { id, email, locale } = holder;
      await inviteWithin(transaction, visitor, { id, email, locale: locale ?? visitor.organisation.locale });
    });
  });
}
