import { identifierKey } from '@/lib/accounts/text';
import type { Visitor } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { config } from '@/lib/config';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { endDeviceTrust } from '@/lib/devices/store';
import { inviteWithin } from '@/lib/invitations/service';
import { claimFromAddress, claimLetterTo } from '@/lib/mail/budget';
import { notifyOwner, queueLetter } from '@/lib/mail/outbox';
import { settingsOf, type Settings } from '@/lib/options/service';
import { approvePassword, findChoice, keepPassword, type PasswordChoice } from '@/lib/passwords/choosing';
import type { PasswordRequirements } from '@/lib/passwords/rules';
import { holdPassword } from '@/lib/passwords/store';
import { Refusal } from '@/lib/refusals';
import { inEvenTime } from '@/lib/request/even-time';
import { deleteSessions } from '@/lib/sessions/store';
import type { StepOutcome } from '@/lib/sign-in/model';
import { continueWithChosenPassword } from '@/lib/sign-in/service';
import { findAccountId } from '@/lib/sign-in/store';
import { clearTries } from '@/lib/throttle/store';
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

/** How long the link works (SIGN-6). */
const RESET_LIFETIME_SECONDS = 60 * 60;

/** Where the link of a reset leads. */
export function passwordResetPath(slug: string, token: string): string {
  return `/${slug}/sign-in/reset?ticket=${token}`;
}

/**
 * « Mot de passe oublié ? »: a letter with a link for whoever may set a password here, an invitation anew for whoever has
 * not accepted one yet, and nothing for everybody else: unknown, suspended, on an external or deactivated authenticator, or
 * invited once and no longer.
 * Which of these it was is neither told nor to be read from the time it took.
 *
 * @throws {Refusal} `letter.throttled` (with `seconds`), by the address that asks alone
 */
export async function requestPasswordReset(visitor: Visitor, identifier: string): Promise<void> {
  await inEvenTime(async () => {
    await claimFromAddress(visitor.origin);
    const key = identifierKey(identifier);
    const { holder, reachable } = await inOrganisation(visitor, async (transaction) => {
      const accountId = await findAccountId(transaction, key);
      const found = accountId === null ? null : await findTicketHolder(transaction, accountId, 'look');
      return { holder: found, reachable: found !== null && (await mayBeWrittenTo(transaction, found)) };
    });
    const mayWrite = holder !== null && reachable && (await claimLetterTo({ account: holder.id })) === 0;
    await inOrganisation(visitor, async (transaction) => {
      const sent = mayWrite ? await sendWayBack(transaction, visitor, holder.id) : null;
      await recordEvent(transaction, visitor, {
        action: 'account.password-reset-request',
        outcome: sent === null ? 'refused' : 'success',
        reason: sent ?? (holder === null ? 'unknown' : reachable ? 'throttled' : 'not-allowed'),
        subjectId: holder?.id ?? null,
      });
    });
  });
}

/** Whether a password set here would open a door. */
function isReachable({ status, authenticator }: TicketHolder): boolean {
  return status !== 'suspended' && authenticator.active && authenticator.type === 'system';
}

/** Somebody whose invitation was taken back waits for an administrator to invite them anew. */
async function mayBeWrittenTo(transaction: OrganisationTransaction, holder: TicketHolder): Promise<boolean> {
  if (!isReachable(holder)) return false;
  return holder.status !== 'invited' || !(await wasWithdrawn(transaction, holder.id, 'invitation'));
}

async function sendWayBack(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  accountId: string,
): Promise<'link' | 'invitation' | null> {
  const holder = await findTicketHolder(transaction, accountId, 'hold');
  if (holder === null || !(await mayBeWrittenTo(transaction, holder))) return null;
  const { organisation } = visitor;
  const locale = holder.locale ?? organisation.locale;
  if (holder.status === 'invited') {
    await inviteWithin(transaction, visitor, { id: holder.id, email: holder.email, locale });
    return 'invitation';
  }
  const token = newToken();
  await insertTicket(transaction, {
    organisationId: organisation.id,
    accountId: holder.id,
    kind: 'password-reset',
    tokenHash: hashToken(token),
    email: holder.email,
    createdBy: null,
    lifetimeSeconds: RESET_LIFETIME_SECONDS,
  });
  await queueLetter(
    transaction,
    visitor,
    { accountId: holder.id, email: holder.email, locale },
    { template: 'password-reset', link: `${config().APP_ORIGIN}${passwordResetPath(organisation.slug, token)}` },
  );
  return 'link';
}

/** What the page behind the link may show; null: the link does not work, or no longer. */
export interface PasswordResetView {
  readonly email: string;
  readonly firstName: string;
  readonly requirements: PasswordRequirements;
}

/** Looks behind the link without using anything up: mail scanners open links too. */
export async function findPasswordReset(visitor: Visitor, token: string | null): Promise<PasswordResetView | null> {
  if (token === null) return null;
  const settings = await settingsOf(visitor.organisation);
  const found = await inOrganisation(visitor, (transaction) => lookBehind(transaction, visitor, settings, token));
  if (found === null) return null;
  const { email, firstName } = found.holder;
  return { email, firstName, requirements: found.choice.requirements };
}

async function lookBehind(
  transaction: OrganisationTransaction,
  { organisation }: Visitor,
  settings: Settings,
  token: string,
): Promise<{ ticket: Ticket; holder: TicketHolder; choice: PasswordChoice } | null> {
  const ticket = await findTicket(transaction, 'password-reset', hashToken(token));
  if (ticket === null || ticket.state !== 'open') return null;
  const holder = await findTicketHolder(transaction, ticket.accountId, 'look');
  if (holder === null || !countsFor(ticket, holder)) return null;
  const choice = await findChoice(transaction, organisation, settings, holder.id);
  return choice === null ? null : { ticket, holder, choice };
}

function countsFor(ticket: Pick<Ticket, 'email'>, holder: TicketHolder): boolean {
  return holder.status === 'active' && holder.email === ticket.email && isReachable(holder);
}

/**
 * Sets a new password by the link of a letter, once. Every session, sign-in under way and trust in a browser ends, the
 * tries counted against the account are forgotten, and a letter tells the owner. It proves the password and nothing more:
 * the decision leads on, to the second factor where there is one (SIGN-6).
 *
 * @throws {Refusal} `link.gone`, `password.*` (`password.same` for the present one), `code.throttled`, `server.busy`
 */
export async function resetPassword(
  visitor: Visitor,
  input: { readonly token: string; readonly password: string },
): Promise<StepOutcome> {
  const { organisation } = visitor;
  const settings = await settingsOf(organisation);
  const found = await inOrganisation(visitor, (transaction) => lookBehind(transaction, visitor, settings, input.token));
  if (found === null) throw new Refusal('link.gone');
  const approved = await approvePassword(visitor, found.choice, input.password);
  return inOrganisation(visitor, async (transaction) => {
    const holder = await findTicketHolder(transaction, found.holder.id, 'hold');
    if (holder === null || !countsFor(found.ticket, holder)) throw new Refusal('link.gone');
    await holdPassword(transaction, holder.id);
    if ((await consumeTicket(transaction, 'password-reset', hashToken(input.token))) === null) {
      throw new Refusal('link.gone');
    }
    await revokeTickets(transaction, holder.id, 'password-reset');
    await keepPassword(transaction, organisation, approved);
    await endDeviceTrust(transaction, holder.id);
    const ended = await deleteSessions(transaction, holder.id, 'all');
    await clearTries(transaction, 'password', [{ kind: 'account', accountId: holder.id }]);
    await recordEvent(transaction, visitor, {
      action: 'account.password-reset',
      outcome: 'success',
      subjectId: holder.id,
      details: { endedSessions: ended.length },
    });
    await notifyOwner(transaction, visitor, holder.id, { template: 'password-changed' });
    return continueWithChosenPassword(transaction, visitor, settings, holder);
  });
}
