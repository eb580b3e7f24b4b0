import { and, asc, eq, gt, ne, sql } from 'drizzle-orm';
import { accounts, devices } from '@/drizzle/schema/accounts';
import { resetRequests } from '@/drizzle/schema/lost-phones';
import { roles } from '@/drizzle/schema/organisations';
import { writeArray } from '@/lib/db/arrays';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { written } from '@/lib/db/written';
import type { Permission } from '@/lib/policy/permissions';
import type { OwnRequest, RequestView } from './model';

const open = and(eq(resetRequests.state, 'open'), gt(resetRequests.expiresAt, sql`now()`));

/** The open request of an account; null: none, or its time is over. */
export async function findOpenRequest(
  transaction: OrganisationTransaction,
  accountId: string,
): Promise<OwnRequest | null> {
  const [row] = await transaction
    .select({ createdAt: resetRequests.createdAt, expiresAt: resetRequests.expiresAt })
    .from(resetRequests)
    .where(and(eq(resetRequests.accountId, accountId), open));
  return row ?? null;
}

/** How many requests an account made within the last day. */
export async function countRecentRequests(transaction: OrganisationTransaction, accountId: string): Promise<number> {
  const [row] = await transaction
    .select({ count: sql<number>`count(*)::int` })
    .from(resetRequests)
    .where(and(eq(resetRequests.accountId, accountId), gt(resetRequests.createdAt, sql`now() - interval '24 hours'`)));
  return row!.count;
}

/**
 * Writes a request, unless one is open: of those who ask at the same moment one succeeds. `notify` says whether the
 * administrators are to be written to: not more than once an hour for an account.
 */
export async function insertRequest(
  transaction: OrganisationTransaction,
  request: {
    organisationId: string;
    accountId: string;
    deviceId: string | null;
    address: string | null;
    userAgent: string;
    lifetimeHours: number;
  },
): Promise<{ id: string; notify: boolean } | null> {
  const { deviceId, lifetimeHours, ...values } = request;
  await transaction
    .update(resetRequests)
    .set({ state: 'expired' })
    .where(
      and(
        eq(resetRequests.accountId, request.accountId),
        eq(resetRequests.state, 'open'),
        sql`${resetRequests.expiresAt} <= now()`,
      ),
    );
  const lately = sql`exists (select from ${resetRequests} r where r.account_id = ${request.accountId}
    and r.notified_at > now() - interval '1 hour')`;
  const [row] = await transaction
    .insert(resetRequests)
    .values({
      ...values,
      knownBrowser: deviceId !== null,
      knownAddress: sql`exists (select from ${devices} where ${devices.accountId} = ${request.accountId}
        and ${devices.lastAddress} = ${request.address}::inet)` as unknown as boolean,
      notifiedAt: sql`case when ${lately} then null else now() end` as unknown as Date,
      expiresAt: sql`now() + make_interval(hours => ${lifetimeHours})` as unknown as Date,
    })
    .onConflictDoNothing()
    .returning({ id: resetRequests.id, notifiedAt: resetRequests.notifiedAt });
  return row ? { id: row.id, notify: row.notifiedAt !== null } : null;
}

/** Ends the open request of an account: it was helped, or got in by itself. Nothing where there is none. */
export async function answerOpenRequest(
  transaction: OrganisationTransaction,
  accountId: string,
  state: 'helped' | 'closed',
  answeredBy: string | null,
): Promise<void> {
  await written(transaction)`
    update reset_requests set state = ${state}, answered_by = ${answeredBy}, answered_at = now()
    where account_id = ${accountId} and state = 'open'`;
}

/** Refuses an open request; false where somebody was quicker, or its time is over. */
export async function refuseOpenRequest(
  transaction: OrganisationTransaction,
  id: string,
  answeredBy: string,
): Promise<boolean> {
  const rows = await transaction
    .update(resetRequests)
    .set({ state: 'refused', answeredBy, answeredAt: sql`now()` })
    .where(and(eq(resetRequests.id, id), open))
    .returning({ id: resetRequests.id });
  return rows.length === 1;
}

/** Whose request this is, open or not; null where the organisation has none of this id. */
export async function findRequester(transaction: OrganisationTransaction, id: string): Promise<string | null> {
  const [row] = await transaction
    .select({ accountId: resetRequests.accountId })
    .from(resetRequests)
    .where(eq(resetRequests.id, id));
  return row?.accountId ?? null;
}

/** The open requests of the organisation, the oldest first, with what whoever asks is permitted. */
export async function listOpenRequests(
  transaction: OrganisationTransaction,
  max: number,
): Promise<(Omit<RequestView, 'mayAnswer'> & { readonly permissions: readonly Permission[] })[]> {
  return transaction
    .select({
      id: resetRequests.id,
      accountId: resetRequests.accountId,
      name: sql<string>`${accounts.firstName} || ' ' || ${accounts.lastName}`,
      email: accounts.email,
      kind: accounts.kind,
      createdAt: resetRequests.createdAt,
      expiresAt: resetRequests.expiresAt,
      address: sql<string | null>`host(${resetRequests.address})`,
      userAgent: resetRequests.userAgent,
      knownBrowser: resetRequests.knownBrowser,
      knownAddress: resetRequests.knownAddress,
      permissions: sql<Permission[]>`coalesce(${roles.permissions}, '{}')`,
    })
    .from(resetRequests)
    .innerJoin(accounts, eq(accounts.id, resetRequests.accountId))
    .leftJoin(roles, eq(roles.id, accounts.roleId))
    .where(open)
    .orderBy(asc(resetRequests.createdAt), asc(resetRequests.id))
    .limit(max);
}

/** How many open requests somebody with these permissions may answer; not their own. */
export async function countOpenRequests(
  transaction: OrganisationTransaction,
  helper: { readonly id: string; readonly permissions: Iterable<Permission> },
): Promise<number> {
  const [row] = await transaction
    .select({ count: sql<number>`count(*)::int` })
    .from(resetRequests)
    .innerJoin(accounts, eq(accounts.id, resetRequests.accountId))
    .leftJoin(roles, eq(roles.id, accounts.roleId))
    .where(and(open, ne(accounts.id, helper.id), within(helper.permissions)));
  return row!.count;
}

/** An account that reaches no further than these permissions (RESET-2). */
const within = (permissions: Iterable<Permission>) =>
  sql`coalesce(${roles.permissions}, '{}') <@ ${writeArray([...permissions])}::text[]`;
