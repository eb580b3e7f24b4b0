import { and, asc, desc, eq, isNotNull, isNull, or, sql, type SQL } from 'drizzle-orm';
import { accounts, devices } from '@/drizzle/schema/accounts';
import { roles } from '@/drizzle/schema/organisations';
import { sessions } from '@/drizzle/schema/sign-in';
import { writeArray } from '@/lib/db/arrays';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { Permission } from '@/lib/policy/permissions';
import { WAITING_PER_ACCOUNT_MAX, type DeviceState, type ManagedDevice } from './model';

const IN_STATE: Record<DeviceState, SQL> = {
  waiting: and(isNull(devices.approvedAt), isNull(devices.revokedAt))!,
  approved: and(isNotNull(devices.approvedAt), isNull(devices.revokedAt))!,
  revoked: isNotNull(devices.revokedAt),
};

const settled = or(isNotNull(devices.approvedAt), isNotNull(devices.revokedAt))!;

const state = sql<DeviceState>`case when ${devices.revokedAt} is not null then 'revoked'
  when ${devices.approvedAt} is null then 'waiting' else 'approved' end`;

export type DeviceOfSomebody = Omit<ManagedDevice, 'current' | 'mayAnswer'> & {
  readonly permissions: readonly Permission[];
};

function select(transaction: OrganisationTransaction) {
  return transaction
    .select({
      id: devices.id,
      state,
      accountId: devices.accountId,
      person: sql<string>`${accounts.firstName} || ' ' || ${accounts.lastName}`,
      email: accounts.email,
      kind: accounts.kind,
      name: devices.name,
      userAgent: devices.userAgent,
      address: sql<string | null>`host(${devices.lastAddress})`,
      firstSeenAt: devices.firstSeenAt,
      lastSeenAt: devices.lastSeenAt,
      trustedUntil:
        sql<Date | null>`case when ${devices.trustedUntil} > now() then ${devices.trustedUntil} end`.mapWith(
          devices.trustedUntil,
        ),
      permissions: sql<Permission[]>`coalesce(${roles.permissions}, '{}')`,
    })
    .from(devices)
    .innerJoin(accounts, eq(accounts.id, devices.accountId))
    .leftJoin(roles, eq(roles.id, accounts.roleId));
}

/** The browsers that wait, the oldest first. */
export async function listWaiting(transaction: OrganisationTransaction, max: number): Promise<DeviceOfSomebody[]> {
  return select(transaction).where(IN_STATE.waiting).orderBy(asc(devices.firstSeenAt), asc(devices.id)).limit(max);
}

/** How many browsers wait, of accounts that reach no further than these permissions. */
export async function countWaiting(
  transaction: OrganisationTransaction,
  permissions: Iterable<Permission>,
): Promise<number> {
  const [row] = await transaction
    .select({ count: sql<number>`count(*)::int` })
    .from(devices)
    .innerJoin(accounts, eq(accounts.id, devices.accountId))
    .leftJoin(roles, eq(roles.id, accounts.roleId))
    .where(and(IN_STATE.waiting, sql`coalesce(${roles.permissions}, '{}') <@ ${writeArray([...permissions])}::text[]`));
  return row!.count;
}

/** Approved and revoked browsers, the last one used first; `after` is the last one of the page before. */
export async function listSettled(
  transaction: OrganisationTransaction,
  page: { after: string | null; size: number },
): Promise<DeviceOfSomebody[]> {
  const onwards =
    page.after === null
      ? undefined
      : sql`(${devices.lastSeenAt}, ${devices.id}) < (select l.last_seen_at, l.id from devices l where l.id = ${page.after})`;
  return select(transaction)
    .where(and(settled, onwards))
    .orderBy(desc(devices.lastSeenAt), desc(devices.id))
    .limit(page.size);
}

/** Whose browser this is, and which; null where the organisation has none of this id. */
export async function findDevice(
  transaction: OrganisationTransaction,
  id: string,
): Promise<{ id: string; accountId: string; userAgent: string } | null> {
  const [row] = await transaction
    .select({ id: devices.id, accountId: devices.accountId, userAgent: devices.userAgent })
    .from(devices)
    .where(eq(devices.id, id));
  return row ?? null;
}

/** Lets a browser in that was still in this state; false where somebody was quicker. */
export async function approveDevice(
  transaction: OrganisationTransaction,
  id: string,
  seen: DeviceState,
  approvedBy: string,
): Promise<boolean> {
  const rows = await transaction
    .update(devices)
    .set({ approvedAt: sql`now()`, approvedBy, revokedAt: null })
    .where(and(eq(devices.id, id), IN_STATE[seen]))
    .returning({ id: devices.id });
  return rows.length === 1;
}

/**
 * Keeps a browser out that was still in this state, and ends what is open in it; how many sessions, or null where somebody
 * was quicker.
 */
export async function revokeDevice(
  transaction: OrganisationTransaction,
  id: string,
  seen: DeviceState,
): Promise<number | null> {
  // The row first: who is signing in with it at this moment is waited for, and then out as well.
  const rows = await transaction
    .update(devices)
    .set({ revokedAt: sql`now()`, trustedUntil: null })
    .where(and(eq(devices.id, id), IN_STATE[seen]))
    .returning({ id: devices.id });
  if (rows.length === 0) return null;
  const ended = await transaction.delete(sessions).where(eq(sessions.deviceId, id)).returning({ id: sessions.id });
  return ended.length;
}

export async function nameDevice(transaction: OrganisationTransaction, id: string, name: string): Promise<void> {
  await transaction.update(devices).set({ name }).where(eq(devices.id, id));
}

/** Whether the administrators are to be told of this browser: once, and not more than once an hour for an account. */
export async function claimNotice(
  transaction: OrganisationTransaction,
  accountId: string,
  deviceId: string,
): Promise<boolean> {
  // Held: of two browsers at the same moment, the second one sees what the first one claimed.
  await transaction.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, accountId)).for('no key update');
  const rows = await transaction
    .update(devices)
    .set({ notifiedAt: sql`now()` })
    .where(
      and(
        eq(devices.id, deviceId),
        sql`not exists (select from devices other where other.account_id = ${accountId}
          and other.notified_at > now() - interval '1 hour')`,
      ),
    )
    .returning({ id: devices.id });
  return rows.length === 1;
}

/**
 * Makes room: of an account's waiting browsers, only those seen last stay; and the one that was written about, so that a
 * flood of them brings no flood of letters.
 */
export async function dropOldestWaiting(transaction: OrganisationTransaction, accountId: string): Promise<void> {
  await transaction.execute(sql`
    delete from devices where id in (
      select id from devices where account_id = ${accountId} and approved_at is null and revoked_at is null
      order by coalesce(notified_at > now() - interval '1 hour', false) desc, last_seen_at desc, id
      offset ${WAITING_PER_ACCOUNT_MAX})`);
}

/** What was last said of the browser with this name; null: it never waited here. */
export async function findStateOf(
  transaction: OrganisationTransaction,
  tokenHash: Buffer,
): Promise<DeviceState | null> {
  const [row] = await transaction
    .select({ state })
    .from(devices)
    .where(eq(devices.tokenHash, tokenHash))
    .orderBy(desc(devices.lastSeenAt))
    .limit(1);
  return row?.state ?? null;
}
