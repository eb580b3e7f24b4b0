import type { Actor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { violatesUnique } from '@/lib/db/errors';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import { deleteEnrolments } from '@/lib/enrolment/store';
import { inviteWithin } from '@/lib/invitations/service';
import { claimLetterWithin } from '@/lib/mail/budget';
import { queueLetter } from '@/lib/mail/outbox';
import { lockOptions } from '@/lib/options/store';
import { holdPassword } from '@/lib/passwords/store';
import { mayActOn } from '@/lib/policy/authority';
import { Refusal } from '@/lib/refusals';
import { deleteSessions } from '@/lib/sessions/store';
import { deleteAttempts } from '@/lib/sign-in/store';
import { revokeAllTickets } from '@/lib/tickets/store';
import { keepAnAdministrator } from './last-administrator';
import type { AccountDetails, AccountProfile, RoleChoice } from './model';
import * as store from './store';
import { emailKey, identifierKey } from './text';
import { proposeUsernames } from './username';

/** One account, and what the actor may do with it. */
export interface ManagedAccount extends AccountDetails {
  /** One's own account is managed in My account, and by other administrators. */
  readonly own: boolean;
  /** False for somebody who holds a permission that the actor lacks: their page is there to be read. */
  readonly withinReach: boolean;
}

/**
 * One account of the organisation.
 *
 * @returns null where nobody in the organisation has this id
 * @throws {Refusal} `permission.missing`
 */
export async function findManagedAccount(actor: Actor, id: string): Promise<ManagedAccount | null> {
  requirePermission(actor, 'accounts.manage');
  const found = await reading(actor, (transaction) => store.findAccountDetails(transaction, id));
  if (found === null) return null;
  return {
    ...found.details,
    own: id === actor.account.id,
    withinReach: mayActOn(actor.permissions, found.permissions),
  };
}

/**
 * The roles that the actor may give: those that allow nothing which the actor may not do.
 *
 * @throws {Refusal} `permission.missing`
 */
export async function listAssignableRoles(actor: Actor): Promise<RoleChoice[]> {
  requirePermission(actor, 'accounts.manage');
  const roles = await reading(actor, store.listRoles);
  return roles
    .filter(({ permissions }) => mayActOn(actor.permissions, permissions))
    .map(({ id, name, builtIn }) => ({ id, name, builtIn }));
}

/**
 * Makes an account that waits for its owner, and invites them by letter.
 *
 * @returns its id
 * @throws {Refusal} `permission.missing`, `account.role-not-for-kind`, `account.role-beyond`, `account.email-taken`,
 * `account.username-taken`, `letter.throttled`
 */
export async function createInvitedAccount(actor: Actor, profile: AccountProfile): Promise<string> {
  requirePermission(actor, 'accounts.manage');
  return naming(() =>
    inOrganisation(actor, async (transaction) => {
      await checkRole(transaction, actor, profile);
      const { email, kind, roleId, locale } = profile;
      const username = profile.username ?? (await freeUsername(transaction, email));
      const row = { ...profile, username, emailKey: emailKey(email), usernameKey: identifierKey(username) };
      const made = await store.insertInvited(transaction, actor.organisation.id, [row]);
      const id = made.get(row.emailKey)!;
      await recordEvent(transaction, actor, {
        action: 'account.create',
        outcome: 'success',
        subjectId: id,
        details: { kind, role: roleId, status: 'invited' },
      });
      await inviteWithin(transaction, actor, { id, email, locale: locale ?? actor.organisation.locale });
      return id;
    }),
  );
}

/**
 * Changes what an administrator says of an account. A changed kind or role ends the person's sessions at once; a changed
 * address makes every link sent before worthless, is told to the old address, and is invited anew where the account still waits.
 *
 * @throws {Refusal} `permission.missing`, `not-found`, `account.own`, `account.beyond`, `account.role-not-for-kind`,
 * `account.role-beyond`, `account.email-taken`, `account.username-taken`, `administrator.last`, `letter.throttled`
 */
export async function changeAccount(actor: Actor, id: string, profile: AccountProfile): Promise<void> {
  await naming(() =>
    actOn(actor, id, async (transaction, account) => {
      if (profile.kind !== account.kind || profile.roleId !== account.roleId) {
        await checkRole(transaction, actor, profile);
      }
      const { firstName, lastName, email, kind, roleId, locale } = profile;
      const username = profile.username ?? account.username;
      const wanted = { firstName, lastName, email, username, kind, roleId, locale };
      const changed = (Object.keys(wanted) as (keyof typeof wanted)[]).filter((key) => wanted[key] !== account[key]);
      if (changed.length === 0) return;
      await store.updateAccount(transaction, id, {
        ...wanted,
        emailKey: emailKey(email),
        usernameKey: identifierKey(username),
      });
      if (changed.includes('kind') || changed.includes('roleId')) {
        await keepAnAdministrator(transaction);
        await endAccess(transaction, id);
      }
      await recordEvent(transaction, actor, {
        action: 'account.change',
        outcome: 'success',
        subjectId: id,
        details: {
          changed,
          ...(changed.includes('kind') ? { kind: { before: account.kind, after: wanted.kind } } : {}),
          ...(changed.includes('roleId') ? { role: { before: account.roleId, after: wanted.roleId } } : {}),
        },
      });
      if (changed.includes('email')) await moveToAddress(transaction, actor, account, wanted);
    }),
  );
}

/** What a new address means, beyond its being written down. */
async function moveToAddress(
  transaction: OrganisationTransaction,
  actor: Actor,
  before: store.HeldAccount,
  after: Pick<AccountProfile, 'email' | 'locale'>,
): Promise<void> {
  const { id } = before;
  const locale = after.locale ?? actor.organisation.locale;
  await deleteAttempts(transaction, id);
  await revokeAllTickets(transaction, id);
  await recordEvent(transaction, actor, { action: 'account.email-change', outcome: 'success', subjectId: id });
  if (before.status === 'invited') await inviteWithin(transaction, actor, { id, email: after.email, locale });
  else {
    await claimLetterWithin(transaction, actor.organisation.id, before.email);
    const to = { accountId: id, email: before.email, locale };
    await queueLetter(transaction, actor, to, { template: 'email-changed', newEmail: after.email });
  }
}

/**
 * Closes an account: every session ends, nothing that is under way arrives, links sent before are worthless. Everything else
 * is kept, for the day on which it is reactivated.
 *
 * @throws {Refusal} `permission.missing`, `not-found`, `account.own`, `account.beyond`, `administrator.last`,
 * `account.changed-meanwhile` where it is suspended already
 */
export async function suspendAccount(actor: Actor, id: string): Promise<void> {
  await actOn(actor, id, async (transaction, account) => {
    if (account.status === 'suspended') throw new Refusal('account.changed-meanwhile');
    await store.updateAccount(transaction, id, { status: 'suspended' });
    await keepAnAdministrator(transaction);
    const sessions = await endAccess(transaction, id);
    await revokeAllTickets(transaction, id);
    await recordEvent(transaction, actor, {
      action: 'account.suspend',
      outcome: 'success',
      subjectId: id,
      details: { before: account.status, endedSessions: sessions },
    });
  });
}

/**
 * Opens a suspended account again. One that its owner never opened waits for an invitation, as before.
 *
 * @throws {Refusal} `permission.missing`, `not-found`, `account.own`, `account.beyond`, `account.changed-meanwhile` where it
 * is not suspended
 */
export async function reactivateAccount(actor: Actor, id: string): Promise<void> {
  await actOn(actor, id, async (transaction, account) => {
    if (account.status !== 'suspended') throw new Refusal('account.changed-meanwhile');
    const status = (await store.wasOpened(transaction, id)) ? 'active' : 'invited';
    await store.updateAccount(transaction, id, { status });
    // A sign-in that was finishing while the account was suspended must not come to life again now.
    await endAccess(transaction, id);
    await recordEvent(transaction, actor, {
      action: 'account.reactivate',
      outcome: 'success',
      subjectId: id,
      details: { after: status },
    });
  });
}

/**
 * Removes an account for good (PRIV-1): identity, factors, sessions, devices, letters and links go. What it did stays in the
 * audit under its id, a pseudonym that nothing here leads back from. Whoever holds `privacy.manage` also removes what was
 * written to its address or typed at the door without belonging to the account.
 *
 * @param typedName the account's first and last name, as its page shows them
 * @throws {Refusal} `permission.missing`, `not-found`, `account.own`, `account.beyond`, `account.name-not-typed`,
 * `administrator.last`
 */
export async function removeAccount(actor: Actor, id: string, typedName: string): Promise<void> {
  const erase = async (transaction: OrganisationTransaction, account: store.HeldAccount) => {
    if (!isNameOf(account, typedName)) throw new Refusal('account.name-not-typed');
    const erases = actor.permissions.has('privacy.manage');
    await store.holdAdministrators(transaction);
    await endAccess(transaction, id);
    await store.deleteAccount(transaction, id);
    await keepAnAdministrator(transaction);
    if (erases) {
      await store.deleteTraces(transaction, [account.email, account.username]);
    }
    await recordEvent(transaction, actor, {
      action: erases ? 'account.erase' : 'account.delete',
      outcome: 'success',
      subjectId: id,
      details: { kind: account.kind, status: account.status },
    });
  };
  // An exception from a filter goes with it, and moves the settings' version: that row comes before the account's.
  await actOn(actor, id, erase, lockOptions);
}

const isNameOf = ({ firstName, lastName }: store.HeldAccount, typed: string): boolean => {
  const plain = (text: string) => text.normalize('NFC').replace(/\s+/gu, ' ').trim();
  return plain(typed) === plain(`${firstName} ${lastName}`);
};

/**
 * Holds another's account, within the actor's reach, and does one thing to it in the same transaction.
 *
 * @param before what has to be held before it
 */
async function actOn(
  actor: Actor,
  id: string,
  work: (transaction: OrganisationTransaction, account: store.HeldAccount) => Promise<void>,
  before?: (transaction: OrganisationTransaction) => Promise<void>,
): Promise<void> {
  requirePermission(actor, 'accounts.manage');
  await inOrganisation(actor, async (transaction) => {
    await before?.(transaction);
    const account = await store.holdAccount(transaction, id);
    if (account === null) throw new Refusal('not-found');
    if (account.id === actor.account.id) throw new Refusal('account.own');
    if (!mayActOn(actor.permissions, account.permissions)) throw new Refusal('account.beyond');
    await work(transaction, account);
  });
}

/** Ends what a person has open and under way, in the order in which signing in takes the rows. */
async function endAccess(transaction: OrganisationTransaction, id: string): Promise<number> {
  await holdPassword(transaction, id);
  await deleteEnrolments(transaction, id);
  await deleteAttempts(transaction, id);
  return (await deleteSessions(transaction, id, 'all')).length;
}

async function checkRole(
  transaction: OrganisationTransaction,
  actor: Actor,
  { kind, roleId }: Pick<AccountProfile, 'kind' | 'roleId'>,
): Promise<void> {
  if (roleId === null) return;
  if (kind !== 'employee') throw new Refusal('account.role-not-for-kind');
  const role = (await store.listRoles(transaction)).find(({ id }) => id === roleId);
  if (role === undefined) throw new Refusal('not-found');
  if (!mayActOn(actor.permissions, role.permissions)) throw new Refusal('account.role-beyond');
}

async function freeUsername(transaction: OrganisationTransaction, email: string): Promise<string> {
  const proposals = proposeUsernames(email);
  const { usernames } = await store.findTaken(transaction, { emails: [], usernames: proposals });
  const free = proposals.find((proposal) => !usernames.has(proposal));
  if (free === undefined) throw new Refusal('account.username-taken');
  return free;
}

/** Says which of the two names somebody else has. */
async function naming<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (violatesUnique(error, 'accounts_organisation_id_email_key_key')) throw new Refusal('account.email-taken');
    if (violatesUnique(error, 'accounts_organisation_id_username_key_key')) {
      throw new Refusal('account.username-taken');
    }
    throw error;
  }
}
