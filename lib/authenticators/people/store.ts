import { sql, type SQL } from 'drizzle-orm';
import { authenticatorMoves } from '@/drizzle/schema/authenticators';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { Permission } from '@/lib/policy/permissions';
import { ownAddressAt } from '../identities/own-address';
import { UNDO_HOURS, type Crowd, type Move, type MovePreview } from './model';

/** Sets of account ids that stay what they are, whatever the transaction does to the accounts. */
export const only = (accountId: string): SQL => sql`(select ${accountId}::uuid)`;
export const ofMove = (moveId: string): SQL =>
  sql`(select m.account_id from authenticator_move_accounts m where m.move_id = ${moveId}::uuid)`;
/** Those whom an authenticator serves; for acts that assign nobody elsewhere. */
export const servedBy = (authenticatorId: string): SQL =>
  sql`(select s.id from accounts s where s.authenticator_id = ${authenticatorId}::uuid)`;

const inCrowd = (crowd: Crowd): SQL =>
  'kind' in crowd
    ? sql`a.kind = ${crowd.kind}`
    : 'roleId' in crowd
      ? sql`a.role_id = ${crowd.roleId}::uuid`
      : sql`a.authenticator_id = ${crowd.authenticatorId}::uuid`;

/** Those whom the actor may move: not themselves, and nobody who may do more (ACC-4). */
const withinReach = ({ accountId, permissions }: Reach): SQL => sql`a.id <> ${accountId}::uuid
  and coalesce(r.permissions, '{}') <@ array(select jsonb_array_elements_text(${JSON.stringify(permissions)}::text::jsonb))`;

export interface Reach {
  readonly accountId: string;
  readonly permissions: readonly Permission[];
}

/** Whether the account has a way in at an authenticator with a provider: somebody is expected there, or was bound. */
const identified = (authenticatorId: string): SQL => sql`exists (select from external_identities i
  where i.account_id = a.id and i.authenticator_id = ${authenticatorId}::uuid
    and (i.expected is not null or i.subject is not null))`;

/** What a move would do. */
export async function previewMove(
  transaction: OrganisationTransaction,
  crowd: Crowd,
  to: { readonly id: string; readonly external: boolean },
  reach: Reach,
): Promise<MovePreview> {
  const [row] = await transaction.execute<{
    moving: number;
    there: number;
    own: boolean;
    beyond: number;
    lacking: number;
    lacking_names: string[] | null;
    without_password: number;
  }>(sql`
    with met as materialized (
      select a.id, a.name_key, a.first_name || ' ' || a.last_name as name, a.status,
        a.authenticator_id = ${to.id}::uuid as there, a.id = ${reach.accountId}::uuid as own, ${withinReach(reach)} as within,
        ${to.external ? sql`not ${identified(to.id)}` : sql`false`} as lacking,
        ${to.external ? sql`false` : sql`a.status = 'active' and not exists (select from passwords p where p.account_id = a.id)`}
          as without_password
      from accounts a left join roles r on r.id = a.role_id
      where ${inCrowd(crowd)}
    ), moving as materialized (select * from met where within and not there)
    select
      (select count(*)::int from moving) as moving,
      (select count(*)::int from met where there) as there,
      coalesce((select bool_or(own and not there) from met), false) as own,
      (select count(*)::int from met where not within and not own and not there) as beyond,
      (select count(*)::int from moving where lacking) as lacking,
      (select array_agg(n.name order by n.name_key, n.id)
        from (select * from moving where lacking order by name_key, id limit ${NAMES_MAX}) n) as lacking_names,
      (select count(*)::int from moving where without_password) as without_password`);
  const { lacking_names, without_password, ...counts } = row!;
  return { ...counts, lackingNames: lacking_names ?? [], withoutPassword: without_password };
}

/** How many are told by name. */
const NAMES_MAX = 10;

/** Writes down who is to move from where, and holds these accounts until the transaction ends. @returns id and number */
export async function beginMove(
  transaction: OrganisationTransaction,
  organisationId: string,
  crowd: Crowd,
  to: string,
  reach: Reach,
): Promise<{ id: string; accounts: number }> {
  const [move] = await transaction
    .insert(authenticatorMoves)
    .values({ organisationId, madeBy: reach.accountId, toAuthenticatorId: to })
    .returning({ id: authenticatorMoves.id });
  const rows = await transaction.execute<{ accounts: number }>(sql`
    with held as materialized (
      select a.id, a.authenticator_id from accounts a left join roles r on r.id = a.role_id
      where ${inCrowd(crowd)} and ${withinReach(reach)} and a.authenticator_id <> ${to}::uuid
      order by a.id for no key update of a
    ), kept as (
      insert into authenticator_move_accounts (organisation_id, move_id, account_id, from_authenticator_id)
      select ${organisationId}::uuid, ${move!.id}::uuid, h.id, h.authenticator_id from held h returning 1
    )
    select count(*)::int as accounts from kept`);
  return { id: move!.id, accounts: rows[0]!.accounts };
}

/**
 * Expects each of a move's accounts that has nobody expected there under its own address; whose address is expected of
 * somebody else already goes without.
 */
export async function expectByEmail(
  transaction: OrganisationTransaction,
  moveId: string,
  to: { readonly id: string; readonly type: 'saml' | 'oidc' },
): Promise<void> {
  const own = ownAddressAt(sql`${to.type}::text`);
  await transaction.execute(sql`
    insert into external_identities (organisation_id, account_id, authenticator_id, expected)
    select a.organisation_id, a.id, ${to.id}::uuid, ${own}
    from authenticator_move_accounts m join accounts a on a.id = m.account_id
    where m.move_id = ${moveId}::uuid
    on conflict do nothing`);
  // A row that was emptied since: nobody is expected by it.
  await transaction.execute(sql`
    update external_identities i set expected = ${own}
    from authenticator_move_accounts m join accounts a on a.id = m.account_id
    where m.move_id = ${moveId}::uuid and i.account_id = m.account_id and i.authenticator_id = ${to.id}::uuid
      and i.expected is null and i.subject is null
      and not exists (select from external_identities o where o.authenticator_id = ${to.id}::uuid and o.expected = ${own})`);
}

/** How many of a move's accounts have no way in at an authenticator with a provider. */
export async function countLacking(
  transaction: OrganisationTransaction,
  moveId: string,
  authenticatorId: string,
): Promise<number> {
  const rows = await transaction.execute<{ lacking: number }>(sql`
    select count(*)::int as lacking from authenticator_move_accounts m join accounts a on a.id = m.account_id
    where m.move_id = ${moveId}::uuid and not ${identified(authenticatorId)}`);
  return rows[0]!.lacking;
}

/** Assigns accounts to an authenticator. */
export async function assign(transaction: OrganisationTransaction, whom: SQL, authenticatorId: string): Promise<void> {
  await transaction.execute(sql`
    update accounts set authenticator_id = ${authenticatorId}::uuid, updated_at = now()
    where id in ${whom} and authenticator_id <> ${authenticatorId}::uuid`);
}

/**
 * Ends what people have open and under way, in the order in which signing in takes the rows; links for a password that
 * were sent before are worth nothing.
 *
 * @returns how many sessions ended
 */
export async function endAccess(transaction: OrganisationTransaction, whom: SQL): Promise<number> {
  await transaction.execute(
    sql`select 1 from passwords where account_id in ${whom} order by account_id for no key update`,
  );
  const byId = (table: 'enrolments' | 'sign_in_attempts' | 'sessions') =>
    sql`(select id from ${sql.raw(table)} where account_id in ${whom} order by id for update)`;
  await transaction.execute(sql`delete from enrolments where id in ${byId('enrolments')}`);
  await transaction.execute(sql`delete from sign_in_attempts where id in ${byId('sign_in_attempts')}`);
  const ended = await transaction.execute<{ ended: number }>(sql`
    with gone as (delete from sessions where id in ${byId('sessions')} returning 1)
    select count(*)::int as ended from gone`);
  await transaction.execute(sql`
    update tickets set revoked_at = now() where id in (
      select id from tickets
      where account_id in ${whom} and kind = 'password-reset' and consumed_at is null and revoked_at is null
      order by id for no key update)`);
  return ended[0]!.ended;
}

/** Whoever moves others, and from where, as the audit names them. */
export interface Mover {
  readonly accountId: string;
  readonly sessionId: string;
  readonly address: string | null;
  readonly requestId: string;
}

/** Notes of each account of a move that it moved, in one statement however many they are. */
export async function recordMoved(
  transaction: OrganisationTransaction,
  by: Mover,
  moveId: string,
  way: 'there' | 'back',
): Promise<void> {
  const [before, after] =
    way === 'there'
      ? [sql`x.from_authenticator_id`, sql`m.to_authenticator_id`]
      : [sql`m.to_authenticator_id`, sql`x.from_authenticator_id`];
  await transaction.execute(sql`
    insert into audit_events (organisation_id, action, outcome, actor_kind, actor_id, subject_id, session_id, address,
      request_id, details)
    select x.organisation_id, 'account.assign', 'success', 'account', ${by.accountId}::uuid, x.account_id,
      ${by.sessionId}::uuid, ${by.address}::inet, ${by.requestId},
      jsonb_build_object('before', ${before}, 'after', ${after}, 'move', x.move_id)
    from authenticator_move_accounts x join authenticator_moves m on m.id = x.move_id
    where x.move_id = ${moveId}::uuid`);
}

/** Of some accounts, those that sign in with a password. */
export const onPasswords = (
  whom: SQL,
): SQL => sql`(select o.id from accounts o join authenticators u on u.id = o.authenticator_id
  where u.type = 'system' and o.id in ${whom})`;

/** Of some accounts, those that are to have a password and have none. */
export const withoutPassword = (whom: SQL): SQL =>
  sql`(select w.id from accounts w where w.id in ${whom} and not exists (select from passwords p where p.account_id = w.id))`;

/** The moves that can still be taken back, the newest first. */
export async function listMoves(transaction: OrganisationTransaction): Promise<Move[]> {
  const rows = await transaction.execute<{
    id: string;
    to: string;
    to_name: string;
    made_by_name: string | null;
    accounts: number;
    created_at: string;
    undoable_until: string;
  }>(sql`
    select m.id, m.to_authenticator_id as to, u.name as to_name, b.first_name || ' ' || b.last_name as made_by_name,
      (select count(*)::int from authenticator_move_accounts x where x.move_id = m.id) as accounts,
      m.created_at, m.created_at + make_interval(hours => ${UNDO_HOURS}) as undoable_until
    from authenticator_moves m join authenticators u on u.id = m.to_authenticator_id
    left join accounts b on b.id = m.made_by
    where m.undone_at is null and m.created_at > now() - make_interval(hours => ${UNDO_HOURS})
    order by m.created_at desc limit 10`);
  return rows.map(({ to_name, made_by_name, created_at, undoable_until, ...move }) => ({
    ...move,
    toName: to_name,
    madeByName: made_by_name ?? '',
    createdAt: new Date(created_at),
    undoableUntil: new Date(undoable_until),
  }));
}

/** Takes a move for taking back: once, and in time. @returns where it led; null: it can't be taken back (any more) */
export async function takeMove(transaction: OrganisationTransaction, id: string): Promise<{ to: string } | null> {
  const rows = await transaction.execute<{ to: string }>(sql`
    update authenticator_moves set undone_at = now()
    where id = ${id}::uuid and undone_at is null and created_at > now() - make_interval(hours => ${UNDO_HOURS})
    returning to_authenticator_id as to`);
  return rows[0] ?? null;
}

/** Leaves out of a move whoever has moved on since, or stays where they are whatever happens. */
export async function narrowMove(
  transaction: OrganisationTransaction,
  id: string,
  to: string,
  reach: Reach,
): Promise<number> {
  const rows = await transaction.execute<{ accounts: number }>(sql`
    with held as materialized (
      select a.id from authenticator_move_accounts m join accounts a on a.id = m.account_id
        left join roles r on r.id = a.role_id
      where m.move_id = ${id}::uuid and a.authenticator_id = ${to}::uuid and ${withinReach(reach)}
      order by a.id for no key update of a
    ), gone as (
      delete from authenticator_move_accounts m
      where m.move_id = ${id}::uuid and m.account_id not in (select id from held) returning 1
    )
    select (select count(*)::int from held) as accounts`);
  return rows[0]!.accounts;
}

/** The authenticators that a move's accounts came from and that are not in force now. */
export async function findClosedSource(transaction: OrganisationTransaction, moveId: string): Promise<string | null> {
  const rows = await transaction.execute<{ name: string }>(sql`
    select u.name from authenticators u where not u.active
      and u.id in (select m.from_authenticator_id from authenticator_move_accounts m where m.move_id = ${moveId}::uuid)
    limit 1`);
  return rows[0]?.name ?? null;
}

/** Puts each of a move's accounts back where it was. */
export async function returnAll(transaction: OrganisationTransaction, moveId: string): Promise<void> {
  await transaction.execute(sql`
    update accounts a set authenticator_id = m.from_authenticator_id, updated_at = now()
    from authenticator_move_accounts m where m.move_id = ${moveId}::uuid and a.id = m.account_id`);
}

/** Of a page of people, those who have no way in at an authenticator with a provider. */
export async function listLacking(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  accountIds: readonly string[],
): Promise<Set<string>> {
  const rows = await transaction.execute<{ id: string }>(sql`
    select a.id from accounts a
    where a.id in (select w::uuid from jsonb_array_elements_text(${JSON.stringify(accountIds)}::text::jsonb) w)
      and not ${identified(authenticatorId)}`);
  return new Set(rows.map(({ id }) => id));
}

/**
 * Waits longer than a page does: for what one administrator does to very many, and until the transaction ends. PostgreSQL
 * knows nothing yet of the rows that the same transaction writes, takes a hundred thousand of them for one, and would go
 * through them once for each.
 */
export async function takeTime(transaction: OrganisationTransaction): Promise<void> {
  await transaction.execute(
    sql`select set_config('statement_timeout', '120s', true), set_config('enable_nestloop', 'off', true)`,
  );
}

/** The authenticator that new accounts get unless their kind or role says otherwise. */
export async function findDefault(transaction: OrganisationTransaction): Promise<string> {
  const rows = await transaction.execute<{ id: string }>(sql`select id from authenticators where is_default`);
  return rows[0]!.id;
}
