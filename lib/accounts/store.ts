import { and, asc, eq, inArray, isNotNull, ne, or, sql } from 'drizzle-orm';
import { accounts, factors, passwords } from '@/drizzle/schema/accounts';
import { mails, tickets } from '@/drizzle/schema/mail';
import { authenticators, roles } from '@/drizzle/schema/organisations';
import { sessions, signInAttempts } from '@/drizzle/schema/sign-in';
import { ownAddressAt } from '@/lib/authenticators/identities/own-address';
import { writeArray } from '@/lib/db/arrays';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { instant } from '@/lib/db/instant';
import { pipelined } from '@/lib/db/pipelined';
import { written } from '@/lib/db/written';
import type { AccountKind } from '@/lib/policy/decision';
import { PERMISSIONS, type BuiltInRole, type Permission } from '@/lib/policy/permissions';
import type { AccountDetails, AccountStatus, RoleChoice } from './model';

/** An account as it is written, its password only as a hash. */
export interface AccountRow {
  readonly organisationId: string;
  readonly kind: AccountKind;
  readonly email: string;
  readonly emailKey: string;
  readonly username: string;
  readonly usernameKey: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly role: BuiltInRole | null;
  readonly passwordHash: string;
  readonly mustChangePassword: boolean;
}

/**
 * Writes an active account with its password, on the organisation's default authenticator where that one takes passwords,
 * else on the oldest that does.
 */
export async function insertAccount(
  transaction: OrganisationTransaction,
  { role, passwordHash, mustChangePassword, ...values }: AccountRow,
): Promise<string> {
  const [account] = await transaction
    .insert(accounts)
    .values({
      ...values,
      roleId: role === null ? null : sql<string>`(select ${roles.id} from ${roles} where ${roles.builtIn} = ${role})`,
      authenticatorId: sql<string>`(select ${authenticators.id} from ${authenticators}
        order by ${authenticators.type} <> 'system', not ${authenticators.active}, not ${authenticators.isDefault},
          ${authenticators.createdAt} limit 1)`,
    })
    .returning({ id: accounts.id });
  const accountId = account!.id;
  await transaction
    .insert(passwords)
    .values({ accountId, organisationId: values.organisationId, hash: passwordHash, mustChange: mustChangePassword });
  return accountId;
}

/** Lets one transaction of the organisation at a time go on from here, until it ends; the next statement sees what the others did. */
export async function holdAdministrators(transaction: OrganisationTransaction): Promise<void> {
  await transaction.execute(
    sql`select pg_advisory_xact_lock(hashtextextended('vestibule.administrators:' || current_organisation(), 0))`,
  );
}

/**
 * Whether an active account with a way in holds every permission: on an active authenticator and, where that one has a
 * provider, known to it by an external identity.
 */
export async function hasUsableAdministrator(transaction: OrganisationTransaction): Promise<boolean> {
  const everything = sql`array[${sql.join(
    PERMISSIONS.map((permission) => sql`${permission}`),
    sql`, `,
  )}]::text[]`;
  const [row] = await transaction
    .select({ id: accounts.id })
    .from(accounts)
    .innerJoin(roles, eq(roles.id, accounts.roleId))
    .innerJoin(authenticators, eq(authenticators.id, accounts.authenticatorId))
    .where(
      and(eq(accounts.status, 'active'), authenticators.active, sql`${roles.permissions} @> ${everything}`, hasWayIn),
    )
    .limit(1);
  return row !== undefined;
}

/** A password can always be chosen anew; a provider vouches only for whom the account says that it is there. */
const hasWayIn = sql`(${authenticators.type} = 'system' or exists (select from external_identities i
  where i.account_id = ${accounts.id} and i.authenticator_id = ${accounts.authenticatorId}
    and (i.expected is not null or i.subject is not null)))`;

/** An account that somebody else acts on. */
export interface HeldAccount {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly kind: AccountKind;
  readonly status: AccountStatus;
  readonly locale: 'fr' | 'en' | null;
  readonly roleId: string | null;
  readonly authenticatorId: string;
  readonly permissions: readonly Permission[];
}

/**
 * Holds accounts until the transaction ends, all that an act concerns at once and by their ids: before anything that
 * belongs to them, so that whoever acts on one of them at the same moment comes before or after, and nobody waits in a
 * circle (docs/decisions/016-order-of-locks.md).
 *
 * @returns those that are there: one may just have been removed
 */
export async function holdAccounts(
  transaction: OrganisationTransaction,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await written(transaction)<{ id: string }[]>`
    select id from accounts where id = any(${writeArray(ids)}::uuid[]) order by id for no key update`;
  return new Set(rows.map(({ id }) => id));
}

/** The account, held until the transaction ends, so that what is decided by its state stays right. */
export async function holdAccount(transaction: OrganisationTransaction, id: string): Promise<HeldAccount | null> {
  const [row] = await transaction
    .select({
      id: accounts.id,
      email: accounts.email,
      username: accounts.username,
      firstName: accounts.firstName,
      lastName: accounts.lastName,
      kind: accounts.kind,
      status: accounts.status,
      locale: accounts.locale,
      roleId: accounts.roleId,
      authenticatorId: accounts.authenticatorId,
      permissions: roles.permissions,
    })
    .from(accounts)
    .leftJoin(roles, eq(roles.id, accounts.roleId))
    .where(eq(accounts.id, id))
    .for('no key update', { of: accounts });
  return row ? { ...row, permissions: (row.permissions ?? []) as Permission[] } : null;
}

/** Everything that the page of one account shows; null: nobody here has this id. */
export async function findAccountDetails(
  transaction: OrganisationTransaction,
  id: string,
): Promise<{ details: AccountDetails; permissions: readonly Permission[] } | null> {
  const [row] = await transaction
    .select({
      id: accounts.id,
      firstName: accounts.firstName,
      lastName: accounts.lastName,
      email: accounts.email,
      username: accounts.username,
      kind: accounts.kind,
      status: accounts.status,
      locale: accounts.locale,
      roleId: roles.id,
      roleName: roles.name,
      builtIn: roles.builtIn,
      permissions: roles.permissions,
      authenticatorId: authenticators.id,
      authenticatorName: authenticators.name,
      authenticatorType: authenticators.type,
      askedHere: sql<boolean>`${authenticators.type} = 'system' or ${authenticators.externalMfa} = 'ask'`,
      createdAt: accounts.createdAt,
      factors: sql<number>`(select count(*)::int from ${factors} where ${factors.accountId} = ${accounts.id})`,
      sessions: sql<number>`(select count(*)::int from ${sessions} where ${sessions.accountId} = ${accounts.id}
        and ${sessions.absoluteUntil} > now()
        and ${sessions.lastSeenAt} + make_interval(mins => ${sessions.idleMinutes}) > now())`,
      lastSignInAt: sql<string | null>`(select max(e.occurred_at) from audit_events e
        where e.subject_id = ${accounts.id} and e.action = 'sign-in.complete')`,
      invitationUntil: sql<string | null>`(select max(${tickets.expiresAt}) from ${tickets}
        where ${tickets.accountId} = ${accounts.id} and ${tickets.kind} = 'invitation' and ${tickets.consumedAt} is null
        and ${tickets.revokedAt} is null and ${tickets.expiresAt} > now())`,
    })
    .from(accounts)
    .innerJoin(authenticators, eq(authenticators.id, accounts.authenticatorId))
    .leftJoin(roles, eq(roles.id, accounts.roleId))
    .where(eq(accounts.id, id));
  if (!row) return null;
  const { roleId, roleName, builtIn, permissions, authenticatorId, authenticatorName, authenticatorType, ...rest } =
    row;
  return {
    details: {
      ...rest,
      role: roleId === null ? null : { id: roleId, name: roleName!, builtIn },
      authenticator: { id: authenticatorId, name: authenticatorName, type: authenticatorType },
      lastSignInAt: instant(row.lastSignInAt),
      invitationUntil: instant(row.invitationUntil),
    },
    permissions: (permissions ?? []) as Permission[],
  };
}

/** The organisation's roles with what they allow, by name. */
export async function listRoles(
  transaction: OrganisationTransaction,
): Promise<(RoleChoice & { readonly permissions: readonly Permission[] })[]> {
  const rows = await transaction
    .select({ id: roles.id, name: roles.name, builtIn: roles.builtIn, permissions: roles.permissions })
    .from(roles)
    .orderBy(asc(roles.name));
  return rows.map((row) => ({ ...row, permissions: row.permissions as Permission[] }));
}

/** An account without a password, as it is written: it waits for its owner. */
export interface InvitedRow {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly emailKey: string;
  readonly username: string;
  readonly usernameKey: string;
  readonly kind: AccountKind;
  readonly roleId: string | null;
  readonly locale: 'fr' | 'en' | null;
  /** The one that was said for it; missing: what its role or its kind gets, else the default one. */
  readonly authenticatorId?: string | null;
  /** Whom a provider is to name, exactly; missing: whoever has the account's address there (AUTH-7). */
  readonly identity?: string | null;
}

/**
 * Writes invited accounts, in two statements however many they are, each on the authenticator that was said, or that its role
 * or else its kind gets, and on the default one where nobody says (AUTH-1). Of those on a provider's somebody is expected
 * there from the beginning: an invitation would else lead to a door that lets nobody in.
 *
 * @returns their ids, by the key of their e-mail
 */
export async function insertInvited(
  transaction: OrganisationTransaction,
  organisationId: string,
  rows: readonly InvitedRow[],
): Promise<ReadonlyMap<string, string>> {
  const made = await transaction.execute<{ id: string; email_key: string }>(sql`
    insert into accounts (organisation_id, authenticator_id, status, first_name, last_name, email, email_key, username,
      username_key, kind, role_id, locale)
    select ${organisationId}::uuid, coalesce(r."authenticatorId",
        (select d.authenticator_id from authenticator_defaults d join authenticators u on u.id = d.authenticator_id
          where u.active and (d.role_id = r."roleId" or d.kind = r.kind) order by d.role_id is null limit 1),
        (select id from authenticators where is_default)), 'invited', r."firstName", r."lastName",
      r.email, r."emailKey", r.username, r."usernameKey", r.kind, r."roleId", r.locale
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r ("firstName" text, "lastName" text, email text,
      "emailKey" text, username text, "usernameKey" text, kind text, "roleId" uuid, locale text, "authenticatorId" uuid)
    returning id, email_key`);
  await expectInvited(transaction, rows);
  return new Map(made.map(({ id, email_key }) => [email_key, id]));
}

/** Says of accounts that were just made on a provider's authenticator whom it is to name: as was said, else by their address. */
async function expectInvited(transaction: OrganisationTransaction, rows: readonly InvitedRow[]): Promise<void> {
  const listed = JSON.stringify(rows.map(({ emailKey, identity }) => ({ emailKey, identity })));
  const expecting = (said: 'said' | 'by-address') => sql`
    insert into external_identities (organisation_id, account_id, authenticator_id, expected)
    select a.organisation_id, a.id, u.id,
      ${said === 'said' ? sql`r.identity` : ownAddressAt(sql`u.type`)}
    from jsonb_to_recordset(${listed}::text::jsonb) as r ("emailKey" text, identity text)
    join accounts a on a.email_key = r."emailKey" join authenticators u on u.id = a.authenticator_id
    where u.type <> 'system' and r.identity is ${said === 'said' ? sql`not null` : sql`null`}`;
  await transaction.execute(expecting('said'));
  // Whose address is expected of somebody else already goes without: an administrator says who is who.
  await transaction.execute(sql`${expecting('by-address')} on conflict do nothing`);
}

/** Where somebody is expected already under one of some external identities: the authenticator's id, a space, the identity. */
export async function findExpected(
  transaction: OrganisationTransaction,
  identities: readonly string[],
): Promise<Set<string>> {
  if (identities.length === 0) return new Set();
  const rows = await transaction.execute<{ key: string }>(sql`
    select i.authenticator_id || ' ' || i.expected as key from external_identities i
    where i.expected in (select jsonb_array_elements_text(${JSON.stringify(identities)}::text::jsonb))`);
  return new Set(rows.map(({ key }) => key));
}

/** Which of some e-mails and usernames somebody has already, by their keys. */
export async function findTaken(
  transaction: OrganisationTransaction,
  keys: { readonly emails: readonly string[]; readonly usernames: readonly string[] },
): Promise<{ emails: Set<string>; usernames: Set<string> }> {
  const listed = (values: readonly string[]) =>
    sql`(select jsonb_array_elements_text(${JSON.stringify(values)}::text::jsonb))`;
  const emails = transaction
    .select({ key: accounts.emailKey })
    .from(accounts)
    .where(inArray(accounts.emailKey, listed(keys.emails)));
  const usernames = transaction
    .select({ key: accounts.usernameKey })
    .from(accounts)
    .where(inArray(accounts.usernameKey, listed(keys.usernames)));
  const [foundEmails, foundUsernames] = await pipelined([emails, usernames]);
  return {
    emails: new Set(foundEmails.map(({ key }) => key)),
    usernames: new Set(foundUsernames.map(({ key }) => key)),
  };
}

export async function updateAccount(
  transaction: OrganisationTransaction,
  id: string,
  change: Partial<
    Omit<InvitedRow, 'kind' | 'authenticatorId' | 'identity'> & { kind: AccountKind; status: AccountStatus }
  >,
): Promise<void> {
  await transaction
    .update(accounts)
    .set({ ...change, updatedAt: sql`now()` })
    .where(eq(accounts.id, id));
}

/** Whether its owner ever opened the account: it has a password, or stands on an authenticator that asks for none. */
export async function wasOpened(transaction: OrganisationTransaction, id: string): Promise<boolean> {
  const rows = await transaction
    .select({ id: accounts.id })
    .from(accounts)
    .innerJoin(authenticators, eq(authenticators.id, accounts.authenticatorId))
    .leftJoin(passwords, eq(passwords.accountId, accounts.id))
    .where(and(eq(accounts.id, id), or(isNotNull(passwords.accountId), ne(authenticators.type, 'system'))));
  return rows.length === 1;
}

/** Removes an account, and with it everything that hangs on it: factors, sessions, devices, letters, links. */
export async function deleteAccount(transaction: OrganisationTransaction, id: string): Promise<void> {
  await transaction.delete(accounts).where(eq(accounts.id, id));
}

/** Removes what names somebody without belonging to an account: letters to the address, tries at the door. */
export async function deleteTraces(transaction: OrganisationTransaction, names: readonly string[]): Promise<void> {
  const keys = names.map((name) => name.toLowerCase());
  await transaction.delete(mails).where(inArray(sql`lower(${mails.address})`, keys));
  await transaction.delete(signInAttempts).where(inArray(sql`lower(${signInAttempts.identifier})`, keys));
}
