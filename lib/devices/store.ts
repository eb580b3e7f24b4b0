import { and, desc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import { devices } from '@/drizzle/schema/accounts';
import { sessions } from '@/drizzle/schema/sign-in';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { written } from '@/lib/db/written';
import type { AccountKind } from '@/lib/policy/decision';

/**
 * Notes that an account has signed in with a browser: from now on the browser has a budget of tries of its own.
 *
 * @returns `unfamiliar`: the account knows other browsers, and did not know this one (SELF-3)
 */
export async function rememberDevice(
  transaction: OrganisationTransaction,
  device: {
    organisationId: string;
    accountId: string;
    tokenHash: Buffer;
    userAgent: string;
    address: string | null;
    /** Days for which the second factor is not asked here; 0 leaves an earlier trust as it is. */
    trustDays: number;
    /** Nobody approves it by signing in: an administrator has, or must (LOC-6). */
    needsApproval?: boolean;
  },
): Promise<{ id: string; unfamiliar: boolean }> {
  const { trustDays, needsApproval = false } = device;
  // Where nobody has to be asked, whoever signs in is as good as approved: a stricter option later on locks nobody out. A row
  // that was there already carries the mark of whoever changed it.
  const [row] = await written(transaction)<{ id: string; unfamiliar: boolean }[]>`
    insert into devices (organisation_id, account_id, token_hash, user_agent, last_address, trusted_until, approved_at)
    values (${device.organisationId}, ${device.accountId}, ${device.tokenHash}, ${device.userAgent}, ${device.address},
      case when ${trustDays}::integer > 0 then now() + make_interval(days => ${trustDays}::integer) end,
      case when not ${needsApproval}::boolean then now() end)
    on conflict (account_id, token_hash) do update set
      last_seen_at = now(), user_agent = excluded.user_agent, last_address = excluded.last_address,
      trusted_until = coalesce(excluded.trusted_until, devices.trusted_until),
      approved_at = coalesce(devices.approved_at, excluded.approved_at)
    returning id, devices.xmax = 0 and exists (
      select from devices other where other.account_id = devices.account_id and other.id <> devices.id) as unfamiliar`;
  return row!;
}

/** Gives a browser its new name, for all accounts of the organisation that know it. */
export async function renameDevices(
  transaction: OrganisationTransaction,
  before: Buffer,
  after: Buffer,
): Promise<void> {
  await written(transaction)`
    update devices set token_hash = ${after}
    where id in (select id from devices where token_hash = ${before} order by id for update)`;
}

/** A browser that somebody here signs in with, neither waiting nor revoked: whoever used it last counts; null: unknown. */
export async function findFamiliarDevice(
  transaction: OrganisationTransaction,
  tokenHash: Buffer,
): Promise<string | null> {
  const [row] = await written(transaction)<{ id: string }[]>`
    select id from devices where token_hash = ${tokenHash} and approved_at is not null and revoked_at is null
    order by last_seen_at desc, id limit 1`;
  return row?.id ?? null;
}

/** Ends the trust of every browser of an account: after a reset, a new password, or a switch of MFA (MFA-5). */
export async function endDeviceTrust(transaction: OrganisationTransaction, accountId: string): Promise<void> {
  const trusted = transaction
    .select({ id: devices.id })
    .from(devices)
    .where(and(eq(devices.accountId, accountId), isNotNull(devices.trustedUntil)))
    .orderBy(devices.id)
    .for('no key update');
  await transaction.update(devices).set({ trustedUntil: null }).where(inArray(devices.id, trusted));
}

/** Ends the trust of one of an account's browsers: the code is asked there again. False where there was none. */
export async function endTrustOf(
  transaction: OrganisationTransaction,
  accountId: string,
  deviceId: string,
): Promise<boolean> {
  const rows = await transaction
    .update(devices)
    .set({ trustedUntil: null })
    .where(and(eq(devices.accountId, accountId), eq(devices.id, deviceId), isNotNull(devices.trustedUntil)))
    .returning({ id: devices.id });
  return rows.length === 1;
}

/** Ends the trust of every browser of the accounts of a kind, whose MFA was switched (MFA-5). */
export async function endTrustOfKind(transaction: OrganisationTransaction, kind: AccountKind): Promise<void> {
  const trusted = transaction
    .select({ id: devices.id })
    .from(devices)
    .where(
      sql`${devices.trustedUntil} is not null
        and ${devices.accountId} in (select id from accounts where kind = ${kind})`,
    )
    .orderBy(devices.id)
    .for('no key update');
  await transaction.update(devices).set({ trustedUntil: null }).where(inArray(devices.id, trusted));
}

/** The browsers that an account has signed in with. */
export async function listDeviceIds(transaction: OrganisationTransaction, accountId: string): Promise<string[]> {
  const rows = await transaction.select({ id: devices.id }).from(devices).where(eq(devices.accountId, accountId));
  return rows.map(({ id }) => id);
}

export interface DeviceRow {
  readonly id: string;
  readonly userAgent: string;
  readonly address: string | null;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** Until when no code is asked there; null, or in the past: always asked. */
  readonly trustedUntil: Date | null;
  /** As an administrator called it; may be empty. */
  readonly name: string;
  /** Signed in with, and still in need of an administrator's word (LOC-6). */
  readonly waiting: boolean;
}

/** More than this nobody reads on a page. */
const DEVICES_MAX = 50;

/** The browsers that an account has signed in with and that nobody revoked, the last one used first. */
export async function listDevices(transaction: OrganisationTransaction, accountId: string): Promise<DeviceRow[]> {
  return transaction
    .select({
      id: devices.id,
      userAgent: devices.userAgent,
      address: sql<string | null>`host(${devices.lastAddress})`,
      firstSeenAt: devices.firstSeenAt,
      lastSeenAt: devices.lastSeenAt,
      trustedUntil: devices.trustedUntil,
      name: devices.name,
      waiting: sql<boolean>`${devices.approvedAt} is null`,
    })
    .from(devices)
    .where(and(eq(devices.accountId, accountId), isNull(devices.revokedAt)))
    .orderBy(desc(devices.lastSeenAt), devices.id)
    .limit(DEVICES_MAX);
}

/** Forgets a browser of an account and ends its sessions; how many, or null where the account has no such browser. */
export async function forgetDevice(
  transaction: OrganisationTransaction,
  accountId: string,
  deviceId: string,
): Promise<number | null> {
  // One that an administrator keeps out is not let in again by being forgotten.
  const own = and(eq(devices.accountId, accountId), eq(devices.id, deviceId), isNull(devices.revokedAt));
  // Held first: who is signing in with it at this moment is waited for, and then out as well.
  const [held] = await transaction.select({ id: devices.id }).from(devices).where(own).for('update');
  if (held === undefined) return null;
  const ended = await transaction
    .delete(sessions)
    .where(and(eq(sessions.accountId, accountId), eq(sessions.deviceId, held.id)))
    .returning({ id: sessions.id });
  await transaction.delete(devices).where(own);
  return ended.length;
}
