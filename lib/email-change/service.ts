import { holdAccounts } from '@/lib/accounts/store';
import { emailKey } from '@/lib/accounts/text';
import type { Actor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { config } from '@/lib/config';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { violatesUnique } from '@/lib/db/errors';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import { claimLetterTo } from '@/lib/mail/budget';
import { notifyOwner, queueLetter } from '@/lib/mail/outbox';
import { Refusal } from '@/lib/refusals';
import { consumeTicket, findTicket, findTicketHolder, insertTicket, revokeTickets } from '@/lib/tickets/store';
import { findPendingEmail, updateEmail } from './store';

/** How long the link to a new address works (SELF-1). */
const CONFIRMATION_LIFETIME_SECONDS = 24 * 60 * 60;

/** Where the link of a confirmation leads. */
export function emailConfirmationPath(slug: string, token: string): string {
  return `/${slug}/account/confirm-email?ticket=${token}`;
}

/**
 * Writes to a new address of one's own; the account keeps the old one until the new one is confirmed (SELF-1). Whether
 * somebody else of the organisation has it is told behind the link alone, to whoever reads that mailbox. The caller has
 * asked for a fresh proof.
 *
 * @param address as {@link email} gives it
 * @throws {Refusal} `letter.throttled` (with `seconds`), `session.missing` where the account was just removed
 */
export async function requestEmailChange(actor: Actor, address: string): Promise<void> {
  if (address === actor.account.email) return;
  for (const recipient of [{ account: actor.account.id }, { mailbox: emailKey(address) }]) {
    const seconds = await claimLetterTo(recipient);
    if (seconds > 0) throw new Refusal('letter.throttled', { seconds });
  }
  await inOrganisation(actor, async (transaction) => {
    if ((await findTicketHolder(transaction, actor.account.id, 'hold')) === null) throw new Refusal('session.missing');
    await sendConfirmation(transaction, actor, address);
  });
}

async function sendConfirmation(transaction: OrganisationTransaction, actor: Actor, address: string): Promise<void> {
  const token = newToken();
  await insertTicket(transaction, {
    organisationId: actor.organisation.id,
    accountId: actor.account.id,
    kind: 'email-confirmation',
    tokenHash: hashToken(token),
    email: address,
    createdBy: actor.account.id,
    lifetimeSeconds: CONFIRMATION_LIFETIME_SECONDS,
  });
  await queueLetter(
    transaction,
    actor,
    { accountId: actor.account.id, email: address, locale: actor.locale },
    {
      template: 'email-confirmation',
      link: `${config().APP_ORIGIN}${emailConfirmationPath(actor.organisation.slug, token)}`,
    },
  );
  await recordEvent(transaction, actor, { action: 'account.email-change-request', outcome: 'success' });
}

/**
 * « Renvoyer »: another letter to the address that waits, whose link takes the place of the earlier one.
 *
 * @throws {Refusal} `letter.throttled` (with `seconds`), `link.gone` where no address waits any more
 */
export async function resendEmailConfirmation(actor: Actor): Promise<void> {
  const pending = await inOrganisation(actor, (transaction) => findPendingEmail(transaction, actor.account.id));
  if (pending === null) throw new Refusal('link.gone');
  await requestEmailChange(actor, pending);
}

/** « Annuler »: the address that waits is forgotten, and its link is worth nothing. */
export async function cancelEmailChange(actor: Actor): Promise<void> {
  await inOrganisation(actor, async (transaction) => {
    await holdAccounts(transaction, [actor.account.id]);
    if ((await findPendingEmail(transaction, actor.account.id)) === null) return;
    await revokeTickets(transaction, actor.account.id, 'email-confirmation');
    await recordEvent(transaction, actor, { action: 'account.email-change-cancel', outcome: 'success' });
  });
}

/**
 * The new address behind a link, for the person that it belongs to; null: it does not work, or is somebody else's. Uses
 * nothing up.
 */
export async function findEmailConfirmation(actor: Actor, token: string | null): Promise<string | null> {
  if (token === null) return null;
  const ticket = await reading(actor, (transaction) => findTicket(transaction, 'email-confirmation', hashToken(token)));
  return ticket?.state === 'open' && ticket.accountId === actor.account.id ? ticket.email : null;
}

/**
 * Takes the new address: the link is used up, the account changes, and a letter tells the old address. Links that were
 * sent to the old one are worth nothing from now on.
 *
 * @throws {Refusal} `link.gone`, `email.taken` where somebody else of the organisation has it (the link stays open)
 */
export async function confirmEmailChange(actor: Actor, token: string): Promise<void> {
  const { account } = actor;
  if ((await findEmailConfirmation(actor, token)) === null) throw new Refusal('link.gone');
  try {
    await inOrganisation(actor, async (transaction) => {
      const holder = await findTicketHolder(transaction, account.id, 'hold');
      const ticket = await consumeTicket(transaction, 'email-confirmation', hashToken(token));
      if (holder === null || ticket === null || ticket.accountId !== account.id) throw new Refusal('link.gone');
      // To the address that is still the account's.
      await notifyOwner(transaction, actor, account.id, { template: 'email-changed', newEmail: ticket.email });
      await updateEmail(transaction, account.id, ticket.email, emailKey(ticket.email));
      await revokeTickets(transaction, account.id, 'password-reset');
      await recordEvent(transaction, actor, { action: 'account.email-change', outcome: 'success' });
    });
  } catch (error) {
    if (violatesUnique(error, 'accounts_organisation_id_email_key_key')) throw new Refusal('email.taken');
    throw error;
  }
}
