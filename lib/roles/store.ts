import { and, count, eq, inArray, isNull, sql } from 'drizzle-orm';
import { accounts } from '@/drizzle/schema/accounts';
import { organisations, roles } from '@/drizzle/schema/organisations';
import { sessions } from '@/drizzle/schema/sign-in';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { orderedPermissions, type Holder, type ListedRole, type Role, type RoleContent } from './model';

const columns = { id: roles.id, name: roles.name, builtIn: roles.builtIn, permissions: roles.permissions };

const asRole = (row: Omit<Role, 'permissions'> & { permissions: string[] }): Role => ({
  ...row,
  permissions: orderedPermissions(row.permissions),
});

/** Every role, with how many accounts hold it. */
export async function listRoles(transaction: OrganisationTransaction): Promise<ListedRole[]> {
  const rows = await transaction
    .select({ ...columns, holders: count(accounts.id) })
    .from(roles)
    .leftJoin(accounts, and(eq(accounts.organisationId, roles.organisationId), eq(accounts.roleId, roles.id)))
    .groupBy(roles.id);
  return rows.map(({ holders, ...row }) => ({ ...asRole(row), holders }));
}

export async function findRole(transaction: OrganisationTransaction, id: string): Promise<Role | null> {
  const [row] = await transaction.select(columns).from(roles).where(eq(roles.id, id));
  return row ? asRole(row) : null;
}

/** {@link findRole}, and nobody else changes it or gives it to anyone until the transaction ends. */
export async function lockRole(transaction: OrganisationTransaction, id: string): Promise<Role | null> {
  const [row] = await transaction.select(columns).from(roles).where(eq(roles.id, id)).for('update');
  return row ? asRole(row) : null;
}

export async function countHolders(transaction: OrganisationTransaction, id: string): Promise<number> {
  const [row] = await transaction.select({ holders: count() }).from(accounts).where(eq(accounts.roleId, id));
  return row!.holders;
}

/** Those who hold a role, by name, a page at a time: `size` at most, from behind the account `after`. */
export async function listHolders(
  transaction: OrganisationTransaction,
  id: string,
  { size, after }: { size: number; after: string | null },
): Promise<Holder[]> {
  const place = sql`(${accounts.lastName}, ${accounts.firstName}, ${accounts.id})`;
  return transaction
    .select({
      id: accounts.id,
      firstName: accounts.firstName,
      lastName: accounts.lastName,
      status: accounts.status,
    })
    .from(accounts)
    .where(
      and(
        eq(accounts.roleId, id),
        after === null
          ? undefined
          : sql`${place} > (select last.last_name, last.first_name, last.id from accounts last where last.id = ${after})`,
      ),
    )
    .orderBy(accounts.lastName, accounts.firstName, accounts.id)
    .limit(size);
}

/** Lets those who add roles to this organisation pass one after the other, until the transaction ends. */
export async function takeTurn(transaction: OrganisationTransaction, organisationId: string): Promise<void> {
  await transaction
    .select({ id: organisations.id })
    .from(organisations)
    .where(eq(organisations.id, organisationId))
    .for('no key update');
}

/** How many roles the organisation has made itself. */
export async function countOwnRoles(transaction: OrganisationTransaction): Promise<number> {
  const [row] = await transaction.select({ own: count() }).from(roles).where(isNull(roles.builtIn));
  return row!.own;
}

export async function insertRole(
  transaction: OrganisationTransaction,
  organisationId: string,
  { name, permissions }: RoleContent,
): Promise<string> {
  const [row] = await transaction
    .insert(roles)
    .values({ organisationId, name, permissions: [...permissions] })
    .returning({ id: roles.id });
  return row!.id;
}

/** Changes a role of the organisation's own, that {@link lockRole} gave. */
export async function updateRole(
  transaction: OrganisationTransaction,
  id: string,
  { name, permissions }: RoleContent,
): Promise<void> {
  await transaction
    .update(roles)
    .set({ name, permissions: [...permissions] })
    .where(and(eq(roles.id, id), isNull(roles.builtIn)));
}

/** Deletes a role; the reference of whoever still held it would refuse that. */
export async function deleteRole(transaction: OrganisationTransaction, id: string): Promise<void> {
  await transaction.delete(roles).where(and(eq(roles.id, id), isNull(roles.builtIn)));
}

export async function holdsRole(
  transaction: OrganisationTransaction,
  accountId: string,
  roleId: string,
): Promise<boolean> {
  const [row] = await transaction
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), eq(accounts.roleId, roleId)));
  return row !== undefined;
}

/** Ends the sessions of all who hold a role, but one. @returns how many ended */
export async function endSessionsOfRole(
  transaction: OrganisationTransaction,
  roleId: string,
  exceptSessionId: string,
): Promise<number> {
  const holders = transaction.select({ id: accounts.id }).from(accounts).where(eq(accounts.roleId, roleId));
  // All of them are held, by their ids: the one that stays is renewed after.
  const held = transaction
    .select({ id: sessions.id })
    .from(sessions)
    .where(sql`${sessions.accountId} in ${holders}`)
    .orderBy(sessions.id)
    .for('update');
  const rows = await transaction
    .delete(sessions)
    .where(and(inArray(sessions.id, held), sql`${sessions.id} <> ${exceptSessionId}`))
    .returning({ id: sessions.id });
  return rows.length;
}

/** Up to `size` active people who can hand out roles: those to ask for a permission. The Administrators come first. */
export async function listGrantors(transaction: OrganisationTransaction, size: number): Promise<Holder[]> {
  return transaction
    .select({
      id: accounts.id,
      firstName: accounts.firstName,
      lastName: accounts.lastName,
      status: accounts.status,
    })
    .from(accounts)
    .innerJoin(roles, and(eq(roles.organisationId, accounts.organisationId), eq(roles.id, accounts.roleId)))
    .where(
      and(eq(accounts.status, 'active'), sql`${roles.permissions} @> array['accounts.manage', 'roles.manage']::text[]`),
    )
    .orderBy(sql`${roles.builtIn} is distinct from 'administrator'`, accounts.lastName, accounts.firstName, accounts.id)
    .limit(size);
}
