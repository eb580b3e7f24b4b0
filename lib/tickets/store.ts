import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import { accounts } from '@/drizzle/schema/accounts';
import { tickets } from '@/drizzle/schema/mail';
import { authenticators, roles } from '@/drizzle/schema/organisations';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { Locale } from '@/lib/language/locale';
import type { AccountKind, FactorKind, Facts } from '@/lib/policy/decision';

export type TicketKind = (typeof tickets.$inferSelect)['kind'];

export interface NewTicket {
  readonly organisationId: string;
  readonly accountId: string;
  readonly kind: TicketKind;
  readonly tokenHash: Buffer;
  readonly email: string;
  readonly createdBy: string | null;
  readonly lifetimeSeconds: number;
}

/** Keeps a new ticket; those of the same kind that the account still had are worth nothing from now on. */
export async function insertTicket(
  transaction: OrganisationTransaction,
  { lifetimeSeconds, ...values }: NewTicket,
): Promise<void> {
  await revokeTickets(transaction, values.accountId, values.kind);
  await transaction
    .insert(tickets)
    .values({ ...values, expiresAt: sql`now() + make_interval(secs => ${lifetimeSeconds})` });
}

/** Makes the open tickets of an account worthless. */
export async function revokeTickets(
  transaction: OrganisationTransaction,
  accountId: string,
  kind: TicketKind,
): Promise<void> {
  await transaction
    .update(tickets)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        eq(tickets.accountId, accountId),
        eq(tickets.kind, kind),
        isNull(tickets.consumedAt),
        isNull(tickets.revokedAt),
      ),
    );
}

/** Makes every open ticket of an account worthless: its address changed, or it may not come in any more. */
export async function revokeAllTickets(transaction: OrganisationTransaction, accountId: string): Promise<void> {
  await transaction
    .update(tickets)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(tickets.accountId, accountId), isNull(tickets.consumedAt), isNull(tickets.revokedAt)));
}

export interface Ticket {
  readonly id: string;
  readonly accountId: string;
  readonly email: string;
  readonly state: 'open' | 'used' | 'revoked' | 'expired';
}

/** Looks a ticket up without using it: mail scanners open links too. */
export async function findTicket(
  transaction: OrganisationTransaction,
  kind: TicketKind,
  tokenHash: Buffer,
): Promise<Ticket | null> {
  const [row] = await transaction
    .select({
      id: tickets.id,
      accountId: tickets.accountId,
      email: tickets.email,
      state: sql<Ticket['state']>`case when ${tickets.consumedAt} is not null then 'used'
        when ${tickets.revokedAt} is not null then 'revoked' when ${tickets.expiresAt} <= now() then 'expired' else 'open' end`,
    })
    .from(tickets)
    .where(and(eq(tickets.kind, kind), eq(tickets.tokenHash, tokenHash)));
  return row ?? null;
}

/**
 * Whether the newest link of a kind was taken back by whoever answers for the account. One that merely ran out was not, nor
 * was one whose place a newer one took.
 */
export async function wasWithdrawn(
  transaction: OrganisationTransaction,
  accountId: string,
  kind: TicketKind,
): Promise<boolean> {
  const [newest] = await transaction
    .select({ revokedAt: tickets.revokedAt })
    .from(tickets)
    .where(and(eq(tickets.accountId, accountId), eq(tickets.kind, kind)))
    .orderBy(desc(tickets.createdAt))
    .limit(1);
  return newest !== undefined && newest.revokedAt !== null;
}

/** Uses a ticket up: one conditional write, so that of two posts at the same moment one finds it. */
export async function consumeTicket(
  transaction: OrganisationTransaction,
  kind: TicketKind,
  tokenHash: Buffer,
): Promise<Omit<Ticket, 'state'> | null> {
  const [row] = await transaction
    .update(tickets)
    .set({ consumedAt: sql`now()` })
    .where(
      and(
        eq(tickets.kind, kind),
        eq(tickets.tokenHash, tokenHash),
        isNull(tickets.consumedAt),
        isNull(tickets.revokedAt),
        gt(tickets.expiresAt, sql`now()`),
      ),
    )
    .returning({ id: tickets.id, accountId: tickets.accountId, email: tickets.email });
  return row ?? null;
}

/** Whom a link was made for, with what decides whether it still counts. */
export interface TicketHolder {
  readonly id: string;
  readonly kind: AccountKind;
  readonly status: 'invited' | 'active' | 'suspended';
  readonly email: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly locale: Locale | null;
  readonly permissions: readonly string[];
  readonly authenticatorId: string;
  readonly authenticatorName: string;
  readonly authenticator: Facts['authenticator'];
}

/**
 * The account that a link is for.
 *
 * @param how `hold` keeps its row until the transaction ends, so that nothing of this changes meanwhile. Take it before
 *   the ticket: all come the same way, and nobody waits in a circle.
 */
export async function findTicketHolder(
  transaction: OrganisationTransaction,
  accountId: string,
  how: 'look' | 'hold',
): Promise<TicketHolder | null> {
  const query = transaction
    .select({
      id: accounts.id,
      kind: accounts.kind,
      status: accounts.status,
      email: accounts.email,
      username: accounts.username,
      firstName: accounts.firstName,
      lastName: accounts.lastName,
      locale: accounts.locale,
      permissions: roles.permissions,
      authenticatorId: authenticators.id,
      authenticatorName: authenticators.name,
      type: authenticators.type,
      active: authenticators.active,
      mfaRequired: authenticators.mfaRequired,
      factorKinds: authenticators.factorKinds,
      externalMfa: authenticators.externalMfa,
    })
    .from(accounts)
    .innerJoin(authenticators, eq(authenticators.id, accounts.authenticatorId))
    .leftJoin(roles, eq(roles.id, accounts.roleId))
    .where(eq(accounts.id, accountId))
    .$dynamic();
  const [row] = await (how === 'hold' ? query.for('no key update', { of: accounts }) : query);
  if (!row) return null;
  const { type, active, mfaRequired, factorKinds, externalMfa, permissions, ...rest } = row;
  const authenticator = { type, active, mfaRequired, externalMfa, factorKinds: factorKinds as FactorKind[] };
  return { ...rest, permissions: permissions ?? [], authenticator };
}
