import { z } from 'zod';
import { and, asc, eq, ne, sql } from 'drizzle-orm';
import { accounts, factors } from '@/drizzle/schema/accounts';
import { authenticators, roles } from '@/drizzle/schema/organisations';
import { sessions } from '@/drizzle/schema/sign-in';
import { writeArray } from '@/lib/db/arrays';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { Locale } from '@/lib/language/locale';
import type { Permission } from '@/lib/policy/permissions';
import type { Subject } from './model';

export interface SubjectRow extends Subject {
  readonly locale: Locale | null;
  readonly permissions: readonly Permission[];
}

/** An account with what decides who may help it; null where the organisation has none of this id. */
export async function findSubject(transaction: OrganisationTransaction, accountId: string): Promise<SubjectRow | null> {
  if (!z.uuid().safeParse(accountId).success) return null;
  const [row] = await transaction
    .select({
      id: accounts.id,
      firstName: accounts.firstName,
      lastName: accounts.lastName,
      email: accounts.email,
      kind: accounts.kind,
      status: accounts.status,
      locale: accounts.locale,
      factors: sql<number>`(select count(*)::int from ${factors} where ${factors.accountId} = ${accounts.id})`,
      sessions: sql<number>`(select count(*)::int from ${sessions} where ${sessions.accountId} = ${accounts.id})`,
      askedHere: sql<boolean>`${authenticators.type} = 'system' or ${authenticators.externalMfa} = 'ask'`,
      permissions: sql<Permission[]>`coalesce(${roles.permissions}, '{}')`,
    })
    .from(accounts)
    .innerJoin(authenticators, eq(authenticators.id, accounts.authenticatorId))
    .leftJoin(roles, eq(roles.id, accounts.roleId))
    .where(eq(accounts.id, accountId));
  return row ?? null;
}

export interface Helper {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly locale: Locale | null;
}

/**
 * Active people who may help this account: they hold what the act needs, `mfa.reset` unless said otherwise, and every
 * permission that the account holds (RESET-2).
 */
export async function listHelpers(
  transaction: OrganisationTransaction,
  subject: Pick<SubjectRow, 'id' | 'permissions'>,
  max: number,
  permission: Permission = 'mfa.reset',
): Promise<Helper[]> {
  const needed = sql`${writeArray([permission, ...subject.permissions])}::text[]`;
  return transaction
    .select({
      id: accounts.id,
      name: sql<string>`${accounts.firstName} || ' ' || ${accounts.lastName}`,
      email: accounts.email,
      locale: accounts.locale,
    })
    .from(accounts)
    .innerJoin(roles, eq(roles.id, accounts.roleId))
    .innerJoin(authenticators, eq(authenticators.id, accounts.authenticatorId))
    .where(
      and(
        ne(accounts.id, subject.id),
        eq(accounts.status, 'active'),
        authenticators.active,
        sql`${roles.permissions} @> ${needed}`,
      ),
    )
    .orderBy(asc(accounts.lastName), asc(accounts.firstName), asc(accounts.id))
    .limit(max);
}

/**
 * Whether a session is still there. Of two administrators who reset each other in the same moment, the one whom the other
 * was quicker than does nothing more: both hold both accounts before they ask.
 */
export async function isOpen(transaction: OrganisationTransaction, sessionId: string): Promise<boolean> {
  const rows = await transaction.select({ id: sessions.id }).from(sessions).where(eq(sessions.id, sessionId));
  return rows.length === 1;
}
