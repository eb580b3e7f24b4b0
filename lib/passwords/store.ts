import { and, eq, notInArray, sql } from 'drizzle-orm';
import { accounts, factors, passwordHistory, passwords } from '@/drizzle/schema/accounts';
import { authenticators, roles } from '@/drizzle/schema/organisations';
import { systemSettings, type PasswordRules } from '@/lib/authenticators/model';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { written } from '@/lib/db/written';
import type { AccountKind, FactorKind, Facts } from '@/lib/policy/decision';
import type { Permission } from '@/lib/policy/permissions';
import type { PasswordOwner } from './rules';

export async function findPasswordHash(
  transaction: OrganisationTransaction,
  accountId: string,
): Promise<string | null> {
  const [row] = await transaction
    .select({ hash: passwords.hash })
    .from(passwords)
    .where(eq(passwords.accountId, accountId));
  return row?.hash ?? null;
}

/** The same password under a newer setting: nothing changed for the person. A password changed meanwhile stays. */
export async function storePasswordHash(
  transaction: OrganisationTransaction,
  accountId: string,
  before: string,
  hash: string,
): Promise<void> {
  await transaction
    .update(passwords)
    .set({ hash })
    .where(and(eq(passwords.accountId, accountId), eq(passwords.hash, before)));
}

/** Somebody who chooses a password, with all that it is held against. */
export interface Chooser extends PasswordOwner {
  readonly id: string;
  readonly kind: AccountKind;
  readonly authenticator: Facts['authenticator'];
  readonly rules: PasswordRules;
  readonly hasFactor: boolean;
  /** Somebody demanded the change; false where the password only grew too old. */
  readonly demanded: boolean;
  readonly presentHash: string | null;
  /** Newest first, as many as the rules ask for. */
  readonly earlierHashes: readonly string[];
}

/** Null where the organisation has no such account. */
export async function findChooser(transaction: OrganisationTransaction, accountId: string): Promise<Chooser | null> {
  const [row] = await transaction
    .select({
      id: accounts.id,
      kind: accounts.kind,
      email: accounts.email,
      username: accounts.username,
      firstName: accounts.firstName,
      lastName: accounts.lastName,
      type: authenticators.type,
      active: authenticators.active,
      mfaRequired: authenticators.mfaRequired,
      factorKinds: authenticators.factorKinds,
      externalMfa: authenticators.externalMfa,
      settings: authenticators.settings,
      presentHash: passwords.hash,
      mustChange: passwords.mustChange,
      hasFactor: sql<boolean>`exists (select from ${factors} where ${factors.accountId} = ${accounts.id})`,
      earlier: sql<string[]>`array(select ${passwordHistory.hash} from ${passwordHistory}
        where ${passwordHistory.accountId} = ${accounts.id}
        order by ${passwordHistory.replacedAt} desc, ${passwordHistory.id})`,
    })
    .from(accounts)
    .innerJoin(authenticators, eq(authenticators.id, accounts.authenticatorId))
    .leftJoin(passwords, eq(passwords.accountId, accounts.id))
    .where(eq(accounts.id, accountId));
  if (!row) return null;
  const { type, active, mfaRequired, externalMfa, factorKinds, settings, mustChange, earlier, ...rest } = row;
  const rules = passwordRulesIn(settings);
  return {
    ...rest,
    authenticator: { type, active, mfaRequired, externalMfa, factorKinds: factorKinds as FactorKind[] },
    rules,
    demanded: mustChange ?? false,
    earlierHashes: earlier.slice(0, rules.history),
  };
}

/** The rules of an authenticator's settings; those that another version wrote and this one can't read are the initial ones. */
function passwordRulesIn(settings: unknown): PasswordRules {
  return (systemSettings.safeParse(settings).data ?? systemSettings.parse({})).password;
}

/** The rules of the authenticator that new accounts get. */
export async function findDefaultRules(transaction: OrganisationTransaction): Promise<PasswordRules> {
  const [row] = await transaction
    .select({ settings: authenticators.settings })
    .from(authenticators)
    .where(eq(authenticators.isDefault, true));
  return passwordRulesIn(row?.settings ?? {});
}

/** A password that was held against everything, as {@link replacePassword} takes it. */
export interface ApprovedPassword {
  readonly accountId: string;
  readonly hash: string;
  /** What stood there when it was compared. */
  readonly before: string | null;
  /** How many earlier ones stay from now on. */
  readonly history: number;
}

/**
 * A password that the person chose anew. The one that it replaces goes to the history, of which the newest are kept.
 *
 * @returns false where another one stands there by now than what this one was compared with: nothing was written
 */
export async function replacePassword(
  transaction: OrganisationTransaction,
  organisationId: string,
  { accountId, hash, before, history }: ApprovedPassword,
): Promise<boolean> {
  const [present] = await transaction
    .select({ hash: passwords.hash })
    .from(passwords)
    .where(eq(passwords.accountId, accountId))
    .for('no key update');
  if ((present?.hash ?? null) !== before) return false;
  if (before !== null && history > 0) {
    await transaction.insert(passwordHistory).values({ organisationId, accountId, hash: before });
  }
  const kept = transaction
    .select({ id: passwordHistory.id })
    .from(passwordHistory)
    .where(eq(passwordHistory.accountId, accountId))
    .orderBy(sql`${passwordHistory.replacedAt} desc, ${passwordHistory.id}`)
    .limit(history);
  await transaction
    .delete(passwordHistory)
    .where(and(eq(passwordHistory.accountId, accountId), notInArray(passwordHistory.id, kept)));
  await transaction
    .insert(passwords)
    .values({ accountId, organisationId, hash })
    .onConflictDoUpdate({
      target: passwords.accountId,
      set: { hash, mustChange: false, changedAt: sql`now()` },
    });
  return true;
}

/**
 * Holds an account's password row until the transaction ends. The step that proves a password takes it first and the
 * attempts of its browser after: whoever removes the account's attempts must come the same way, or both wait in a circle.
 */
export async function holdPassword(transaction: OrganisationTransaction, accountId: string): Promise<void> {
  await written(transaction)`select from passwords where account_id = ${accountId} for no key update`;
}

/** Somebody from whom a new password is to be demanded, and whether that means anything for them. */
export interface Holder {
  readonly id: string;
  readonly permissions: readonly Permission[];
  /** Signs in with a password kept here. */
  readonly hasPassword: boolean;
}

/** Null where the organisation has no such account. */
export async function findHolder(transaction: OrganisationTransaction, accountId: string): Promise<Holder | null> {
  const [row] = await transaction
    .select({
      id: accounts.id,
      permissions: sql<Permission[]>`coalesce(${roles.permissions}, '{}')`,
      hasPassword: sql<boolean>`${passwords.accountId} is not null and ${authenticators.type} = 'system'`,
    })
    .from(accounts)
    .innerJoin(authenticators, eq(authenticators.id, accounts.authenticatorId))
    .leftJoin(roles, eq(roles.id, accounts.roleId))
    .leftJoin(passwords, eq(passwords.accountId, accounts.id))
    .where(eq(accounts.id, accountId));
  return row ?? null;
}

/** From now on the account must choose a new password before it comes in. */
export async function demandChange(transaction: OrganisationTransaction, accountId: string): Promise<void> {
  await transaction.update(passwords).set({ mustChange: true }).where(eq(passwords.accountId, accountId));
}

/** Whom a demand to all of an authenticator concerns: who has a password, and is neither `exceptId` nor beyond `reach`. */
export interface Reach {
  readonly permissions: ReadonlySet<Permission>;
  readonly exceptId: string;
}

const within = ({ permissions, exceptId }: Reach) => sql`${accounts.id} <> ${exceptId}
  and coalesce(${roles.permissions}, '{}') <@ array[${sql.join(
    [...permissions].map((permission) => sql`${permission}`),
    sql`, `,
  )}]::text[]`;

/** A system authenticator, with how many of its passwords a demand would reach, and how many not; null: there is none. */
export async function findDemandable(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  reach: Reach,
): Promise<{ name: string; concerned: number; beyond: number } | null> {
  const [row] = await transaction
    .select({
      name: authenticators.name,
      concerned: sql<number>`(count(${passwords.accountId}) filter (where ${within(reach)}))::int`,
      beyond: sql<number>`(count(${passwords.accountId}) filter (where not (${within(reach)}) and ${accounts.id} <> ${reach.exceptId}))::int`,
    })
    .from(authenticators)
    .leftJoin(accounts, eq(accounts.authenticatorId, authenticators.id))
    .leftJoin(roles, eq(roles.id, accounts.roleId))
    .leftJoin(passwords, eq(passwords.accountId, accounts.id))
    .where(and(eq(authenticators.id, authenticatorId), eq(authenticators.type, 'system')))
    .groupBy(authenticators.id);
  return row ?? null;
}

/** {@link demandChange} of everybody within reach whom an authenticator serves, the end of their sessions, and a letter to each. */
export async function demandChangeOfAll(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  reach: Reach,
): Promise<{ accounts: number; sessions: number }> {
  const concerned = sql`select ${accounts.id} from ${accounts} left join ${roles} on ${roles.id} = ${accounts.roleId}
    where ${accounts.authenticatorId} = ${authenticatorId} and ${within(reach)}`;
  // In the order in which signing in takes the rows, and each kind of them by its ids.
  await transaction.execute(sql`
    with held as materialized (
      select from passwords where account_id in (${concerned}) order by account_id for no key update)
    select count(*) from held`);
  await transaction.execute(sql`
    with held as materialized (select from sessions where account_id in (${concerned}) order by id for update)
    select count(*) from held`);
  const [row] = await transaction.execute<{ accounts: number; sessions: number }>(sql`
    with concerned (id) as (${concerned}), demanded as (
      update passwords p set must_change = true from concerned where p.account_id = concerned.id returning p.account_id
    ), told as (
      insert into authenticator_notices (organisation_id, account_id, template)
      select a.organisation_id, a.id, 'password-demanded' from accounts a join demanded d on d.account_id = a.id
      where a.status = 'active' on conflict do nothing
    ), ended as (
      delete from sessions s using concerned where s.account_id = concerned.id returning 1
    )
    select (select count(*)::int from demanded) as accounts, (select count(*)::int from ended) as sessions`);
  return row!;
}
