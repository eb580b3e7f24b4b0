import { identifierKey } from '@/lib/accounts/text';
import { keepAnAdministrator } from '@/lib/accounts/last-administrator';
import { holdAccount, type HeldAccount } from '@/lib/accounts/store';
import type { Actor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import type { DirectoryPage, DirectoryQuery } from '@/lib/directory/model';
import { readPage } from '@/lib/directory/service';
import { mayActOn } from '@/lib/policy/authority';
import { Refusal } from '@/lib/refusals';
import { findAccountId } from '@/lib/sign-in/store';
import type { Authenticator } from '../model';
import { addNotices } from '../notices/store';
import { holdAuthenticator, loadAuthenticator } from '../store';
import { FOR_VERY_MANY, type Crowd, type Move, type MovePreview, type WithoutIdentity } from './model';
import * as store from './store';

const reachOf = ({ account, permissions }: Actor): store.Reach => ({
  accountId: account.id,
  permissions: [...permissions],
});

/** One page of « Utilisateurs affectés ». */
export interface ServedPage extends DirectoryPage {
  /** Those of the page who have no external identity here, and so no way in. */
  readonly lacking: ReadonlySet<string>;
}

/** The people whom an authenticator serves, by name (AUTH-1). @throws {Refusal} `permission.missing`, `not-found` */
export async function listServed(actor: Actor, id: string, query: DirectoryQuery): Promise<ServedPage> {
  requirePermission(actor, 'authenticators.manage');
  return reading(actor, async (transaction) => {
    const { type } = await loadAuthenticator(transaction, id);
    const page = await readPage(transaction, { ...query, authenticator: id });
    const ids = page.rows.map((row) => row.id);
    return { ...page, lacking: type === 'system' ? new Set() : await store.listLacking(transaction, id, ids) };
  });
}

/**
 * Assigns whoever has this e-mail or username, from the authenticator's own page.
 *
 * @param identifier as it was typed
 * @returns false where nobody in the organisation has it
 * @throws {Refusal} `permission.missing`, `not-found`, `account.own`, `account.beyond`, `authenticator.inactive`,
 * `administrator.last`
 */
export async function addPerson(actor: Actor, authenticatorId: string, identifier: string): Promise<boolean> {
  requirePermission(actor, 'authenticators.manage');
  return inOrganisation(actor, async (transaction) => {
    const accountId = await findAccountId(transaction, identifierKey(identifier));
    if (accountId === null) return false;
    await assignWithin(transaction, actor, accountId, authenticatorId);
    return true;
  });
}

/**
 * Takes an account away from an authenticator: the default one serves it from now on.
 *
 * @throws {Refusal} as {@link addPerson}; `authenticator.is-default` where it is served by that one already
 */
export async function removePerson(actor: Actor, authenticatorId: string, accountId: string): Promise<void> {
  requirePermission(actor, 'authenticators.manage');
  await inOrganisation(actor, async (transaction) => {
    const fallback = await store.findDefault(transaction);
    if (fallback === authenticatorId) throw new Refusal('authenticator.is-default');
    await holdTarget(transaction, fallback);
    await loadAuthenticator(transaction, authenticatorId);
    const account = await holdAccount(transaction, accountId);
    if (account === null || account.authenticatorId !== authenticatorId) throw new Refusal('not-found');
    await assignWithin(transaction, actor, accountId, fallback);
  });
}

/**
 * Assigns one account to an authenticator within a larger act. What it had open ends; who it was at the other one's provider
 * is kept, for the day on which it comes back.
 *
 * @throws {Refusal} as {@link addPerson}
 */
export async function assignWithin(
  transaction: OrganisationTransaction,
  actor: Actor,
  accountId: string,
  authenticatorId: string,
): Promise<void> {
  const to = await holdTarget(transaction, authenticatorId);
  const account = await holdAccount(transaction, accountId);
  if (account === null) throw new Refusal('not-found');
  refuseOutOfReach(account, actor);
  if (account.authenticatorId === to.id) return;
  const whom = store.only(accountId);
  await store.assign(transaction, whom, to.id);
  await keepAnAdministrator(transaction);
  const ended = await store.endAccess(transaction, whom);
  await tellThoseWithoutPassword(transaction, actor, whom);
  await recordEvent(transaction, actor, {
    action: 'account.assign',
    outcome: 'success',
    subjectId: accountId,
    details: { before: account.authenticatorId, after: to.id, endedSessions: ended },
  });
}

/** One's own way in is another administrator's to change, and nobody's who may do more (ACC-4). */
export function refuseOutOfReach(account: HeldAccount, actor: Actor): void {
  if (account.id === actor.account.id) throw new Refusal('account.own');
  if (!mayActOn(actor.permissions, account.permissions)) throw new Refusal('account.beyond');
}

/** Nobody is assigned to what lets nobody in; held, so that it isn't switched off under those who come. */
async function holdTarget(transaction: OrganisationTransaction, id: string): Promise<Authenticator> {
  const to = await holdAuthenticator(transaction, id, 'keep');
  if (to.state !== 'active') throw new Refusal('authenticator.inactive', { name: to.name });
  return to;
}

/** Whoever comes to a password without having one gets a letter with which to choose it. */
async function tellThoseWithoutPassword(
  transaction: OrganisationTransaction,
  actor: Actor,
  whom: ReturnType<typeof store.only>,
): Promise<void> {
  const needing = store.withoutPassword(store.onPasswords(whom));
  await addNotices(transaction, actor.organisation.id, 'password-needed', needing);
}

/** What a move would do (AUTH-9); changes nothing. @throws {Refusal} `permission.missing`, `not-found`, `authenticator.inactive` */
export async function previewMove(actor: Actor, crowd: Crowd, to: string): Promise<MovePreview> {
  requirePermission(actor, 'authenticators.manage');
  return inOrganisation(
    actor,
    async (transaction) => {
      await store.takeTime(transaction);
      const target = await loadAuthenticator(transaction, to);
      if (target.state !== 'active') throw new Refusal('authenticator.inactive', { name: target.name });
      return store.previewMove(transaction, crowd, { id: to, external: target.type !== 'system' }, reachOf(actor));
    },
    FOR_VERY_MANY,
  );
}

/**
 * Moves a crowd to another authenticator, all or nothing (AUTH-9): whoever asks, and whoever may do more, stays where they
 * are. What the others had open ends. Can be taken back for {@link UNDO_HOURS} hours.
 *
 * @returns how many moved
 * @throws {Refusal} `permission.missing`, `not-found`, `authenticator.inactive`, `move.nobody`, `move.lacks-identity` (with
 * `count`), `administrator.last`
 */
export async function moveCrowd(
  actor: Actor,
  crowd: Crowd,
  to: string,
  withoutIdentity: WithoutIdentity,
): Promise<number> {
  requirePermission(actor, 'authenticators.manage');
  return inOrganisation(
    actor,
    async (transaction) => {
      await store.takeTime(transaction);
      const target = await holdTarget(transaction, to);
      const { id, accounts } = await store.beginMove(transaction, actor.organisation.id, crowd, to, reachOf(actor));
      if (accounts === 0) throw new Refusal('move.nobody');
      if (target.type !== 'system') {
        if (withoutIdentity === 'from-email') await store.expectByEmail(transaction, id, target);
        const lacking = withoutIdentity === 'move' ? 0 : await store.countLacking(transaction, id, to);
        if (lacking > 0) throw new Refusal('move.lacks-identity', { count: lacking });
      }
      // First what nobody waits for: once access ends, whoever is just signing in stands still until all of it is done.
      await store.recordMoved(transaction, tracesOf(actor), id, 'there');
      const whom = store.ofMove(id);
      await store.assign(transaction, whom, to);
      await keepAnAdministrator(transaction);
      const ended = await store.endAccess(transaction, whom);
      await tellThoseWithoutPassword(transaction, actor, whom);
      await recordEvent(transaction, actor, {
        action: 'authenticator.move',
        outcome: 'success',
        details: { move: id, crowd, to, accounts, endedSessions: ended, withoutIdentity },
      });
      return accounts;
    },
    FOR_VERY_MANY,
  );
}

const tracesOf = ({ account, sessionId, origin }: Actor): store.Mover => ({
  accountId: account.id,
  sessionId,
  address: origin.address,
  requestId: origin.requestId,
});

/** The moves that can still be taken back. @throws {Refusal} `permission.missing` */
export async function listMoves(actor: Actor): Promise<Move[]> {
  requirePermission(actor, 'authenticators.manage');
  return reading(actor, store.listMoves);
}

/**
 * Takes a move back: each who has not moved on since stands again where they were.
 *
 * @returns how many came back
 * @throws {Refusal} `permission.missing`, `move.over`, `authenticator.inactive` where they would come back to what lets
 * nobody in, `administrator.last`
 */
export async function undoMove(actor: Actor, id: string): Promise<number> {
  requirePermission(actor, 'authenticators.manage');
  return inOrganisation(
    actor,
    async (transaction) => {
      await store.takeTime(transaction);
      const move = await store.takeMove(transaction, id);
      if (move === null) throw new Refusal('move.over');
      const accounts = await store.narrowMove(transaction, id, move.to, reachOf(actor));
      const closed = await store.findClosedSource(transaction, id);
      if (closed !== null) throw new Refusal('authenticator.inactive', { name: closed });
      await store.recordMoved(transaction, tracesOf(actor), id, 'back');
      await store.returnAll(transaction, id);
      await keepAnAdministrator(transaction);
      const whom = store.ofMove(id);
      const ended = await store.endAccess(transaction, whom);
      await tellThoseWithoutPassword(transaction, actor, whom);
      await recordEvent(transaction, actor, {
        action: 'authenticator.move-undo',
        outcome: 'success',
        details: { move: id, accounts, endedSessions: ended },
      });
      return accounts;
    },
    FOR_VERY_MANY,
  );
}
