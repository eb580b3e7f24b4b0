import { z } from 'zod';
import { keepAnAdministrator } from '@/lib/accounts/last-administrator';
import type { Actor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { violatesUnique } from '@/lib/db/errors';
import { inOrganisation } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { reading } from '@/lib/db/reading';
import { LOCALES } from '@/lib/language/locale';
import { sentence } from '@/lib/language/translate';
import { mayActOn } from '@/lib/policy/authority';
import { BUILT_IN_ROLES, PERMISSIONS, type BuiltInRole, type Permission } from '@/lib/policy/permissions';
import { Refusal } from '@/lib/refusals';
import { renewSession } from '@/lib/sessions/service';
import { ROLES_MAX, type Holder, type ListedRole, type Role, type RoleContent } from './model';
import * as store from './store';

const HOLDERS_PER_PAGE = 50;
const GRANTORS_MAX = 3;

const BUILT_IN_ORDER = Object.keys(BUILT_IN_ROLES) as BuiltInRole[];

/** The roles of the actor's organisation: the built-in ones first, then its own by name (ACC-4). @throws {Refusal} `permission.missing` */
export async function listRoles(actor: Actor): Promise<ListedRole[]> {
  requirePermission(actor, 'roles.manage');
  const found = await reading(actor, store.listRoles);
  const place = ({ builtIn }: Role) => (builtIn === null ? BUILT_IN_ORDER.length : BUILT_IN_ORDER.indexOf(builtIn));
  return found.toSorted((a, b) => place(a) - place(b) || a.name.localeCompare(b.name, actor.locale));
}

export interface LoadedRole {
  readonly role: Role;
  readonly holderCount: number;
  /** One page of those who hold it, by name. */
  readonly holders: readonly Holder[];
  /** Behind whom the next page begins; null: this is the last. */
  readonly next: string | null;
}

/**
 * One role and those who hold it, a page at a time.
 *
 * @param after the account behind which the page begins
 * @throws {Refusal} `permission.missing`, `not-found`
 */
export async function loadRole(actor: Actor, id: string, after: string | null = null): Promise<LoadedRole> {
  requirePermission(actor, 'roles.manage');
  if (!isId(id)) throw new Refusal('not-found');
  const page = { size: HOLDERS_PER_PAGE + 1, after: after !== null && isId(after) ? after : null };
  return reading(actor, async (transaction) => {
    const [role, holderCount, found] = await pipelined([
      store.findRole(transaction, id),
      store.countHolders(transaction, id),
      store.listHolders(transaction, id, page),
    ]);
    if (role === null) throw new Refusal('not-found');
    const holders = found.slice(0, HOLDERS_PER_PAGE);
    return { role, holderCount, holders, next: found.length > holders.length ? holders.at(-1)!.id : null };
  });
}

/** Whether the actor may change a role: it is no built-in one, and holds nothing that they lack. */
export function mayChangeRole(actor: Actor, role: Role): boolean {
  return role.builtIn === null && mayActOn(actor.permissions, role.permissions);
}

/**
 * Adds a role of the organisation's own.
 *
 * @returns its id
 * @throws {Refusal} `permission.missing`, `role.empty`, `role.above`, `role.name-taken`, `role.too-many`
 */
export async function createRole(actor: Actor, content: RoleContent): Promise<string> {
  requirePermission(actor, 'roles.manage');
  checkContent(actor, content);
  return withFreeName(() =>
    inOrganisation(actor, async (transaction) => {
      await store.takeTurn(transaction, actor.organisation.id);
      if ((await store.countOwnRoles(transaction)) >= ROLES_MAX) throw new Refusal('role.too-many', { max: ROLES_MAX });
      const id = await store.insertRole(transaction, actor.organisation.id, content);
      await recordEvent(transaction, actor, {
        action: 'role.create',
        outcome: 'success',
        details: { role: id, before: null, after: content },
      });
      return id;
    }),
  );
}

/**
 * Changes a role of the organisation's own. Where its permissions change, the sessions of all who hold it end, and the
 * actor's own goes on under a new token (SAFE-3): what it allows from now on holds for everybody's next request.
 *
 * @param seen the role as the actor last saw it
 * @returns the actor's renewed session; null where they don't hold the role
 * @throws {Refusal} `permission.missing`, `not-found`, `role.built-in`, `role.above`, `role.empty`, `role.name-taken`, `administrator.last`;
 *   `role.changed` where it is no longer what was seen (OPT-2)
 */
export async function changeRole(
  actor: Actor,
  id: string,
  seen: RoleContent,
  content: RoleContent,
): Promise<{ token: string; expiresAt: Date } | null> {
  requirePermission(actor, 'roles.manage');
  return withFreeName(() =>
    inOrganisation(actor, async (transaction) => {
      // Behind the lock two administrators come one after the other, and the second finds what the first left.
      const role = await store.lockRole(transaction, id);
      checkTouchable(actor, role);
      checkContent(actor, content);
      if (!sameContent(role, seen)) throw new Refusal('role.changed');
      await store.updateRole(transaction, id, content);
      await recordEvent(transaction, actor, {
        action: 'role.change',
        outcome: 'success',
        details: { role: id, before: seen, after: content },
      });
      if (sameList(seen.permissions, content.permissions)) return null;
      // Who holds a role of the organisation's own that allows everything is an administrator too (ACC-5).
      if (role.permissions.length === PERMISSIONS.length) await keepAnAdministrator(transaction);
      await store.endSessionsOfRole(transaction, id, actor.sessionId);
      if (!(await store.holdsRole(transaction, actor.account.id, id))) return null;
      return renewSession(transaction, actor.sessionId, {});
    }),
  );
}

/**
 * Deletes a role of the organisation's own that nobody holds.
 *
 * @throws {Refusal} `permission.missing`, `not-found`, `role.built-in`, `role.above`, `role.in-use`
 */
export async function deleteRole(actor: Actor, id: string): Promise<void> {
  requirePermission(actor, 'roles.manage');
  await inOrganisation(actor, async (transaction) => {
    // Behind the lock nobody is given the role any more: whoever tries waits, and finds it gone.
    const role = await store.lockRole(transaction, id);
    checkTouchable(actor, role);
    const count = await store.countHolders(transaction, id);
    if (count > 0) throw new Refusal('role.in-use', { count });
    await store.deleteRole(transaction, id);
    const { name, permissions } = role;
    await recordEvent(transaction, actor, {
      action: 'role.delete',
      outcome: 'success',
      details: { role: id, before: { name, permissions }, after: null },
    });
  });
}

/** Whom to ask for a permission that one lacks: the names of a few active people who can give it, Administrators first. */
export async function whoCanGrant(actor: Actor): Promise<string[]> {
  const found = await reading(actor, (transaction) => store.listGrantors(transaction, GRANTORS_MAX + 1));
  return found
    .filter(({ id }) => id !== actor.account.id)
    .slice(0, GRANTORS_MAX)
    .map(({ firstName, lastName }) => `${firstName} ${lastName}`);
}

function checkTouchable(actor: Actor, role: Role | null): asserts role is Role {
  if (role === null) throw new Refusal('not-found');
  if (role.builtIn !== null) throw new Refusal('role.built-in');
  if (!mayActOn(actor.permissions, role.permissions)) throw new Refusal('role.above');
}

/** Nobody grants what they lack, and no role passes for a built-in one in either language. */
function checkContent(actor: Actor, { name, permissions }: RoleContent): void {
  if (permissions.length === 0) throw new Refusal('role.empty');
  if (!mayActOn(actor.permissions, permissions)) throw new Refusal('role.above');
  if (builtInNames().has(name.toLowerCase())) throw new Refusal('role.name-taken');
}

const builtInNames = () =>
  new Set(
    BUILT_IN_ORDER.flatMap((role) => [
      BUILT_IN_ROLES[role].name.toLowerCase(),
      ...LOCALES.map((locale) => sentence(locale, `roles.builtIn.${role}`).toLowerCase()),
    ]),
  );

async function withFreeName<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (violatesUnique(error, 'roles_name')) throw new Refusal('role.name-taken');
    throw error;
  }
}

const isId = (text: string) => z.uuid().safeParse(text).success;

const sameList = (a: readonly Permission[], b: readonly Permission[]) => a.join() === b.join();

const sameContent = (a: RoleContent, b: RoleContent) => a.name === b.name && sameList(a.permissions, b.permissions);
