import { and, desc, eq, gt, inArray, sql } from 'drizzle-orm';
import { auditEvents } from '@/drizzle/schema/audit';
import { externalIdentities } from '@/drizzle/schema/authenticators';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { REFUSED_REASONS, type Identity, type RefusedIdentity, type RefusedReason } from './model';

const REFUSED_DAYS = 30;
const REFUSED_MAX = 10;

/** What resembled somebody is news for as long as the refusals are. */
const isRecent = gt(externalIdentities.nearAt, sql`now() - make_interval(days => ${REFUSED_DAYS})`);

/** Who an account is at an authenticator's provider; null: nobody is expected there. */
export async function findIdentity(
  transaction: OrganisationTransaction,
  accountId: string,
  authenticatorId: string,
): Promise<Identity | null> {
  const [row] = await transaction
    .select({
      expected: externalIdentities.expected,
      issuer: externalIdentities.issuer,
      subject: externalIdentities.subject,
      boundAt: externalIdentities.boundAt,
      nearSaid: sql<string | null>`case when ${isRecent} then ${externalIdentities.nearSaid} end`,
      nearAt: externalIdentities.nearAt,
    })
    .from(externalIdentities)
    .where(and(eq(externalIdentities.accountId, accountId), eq(externalIdentities.authenticatorId, authenticatorId)));
  return row ?? null;
}

/** Expects somebody else: whoever was bound before is so no longer. */
export async function expect(
  transaction: OrganisationTransaction,
  of: { readonly organisationId: string; readonly accountId: string; readonly authenticatorId: string },
  expected: string | null,
): Promise<void> {
  const change = { expected, issuer: null, subject: null, boundAt: null, nearSaid: null, nearAt: null };
  await transaction
    .insert(externalIdentities)
    .values({ ...of, ...change })
    .onConflictDoUpdate({ target: [externalIdentities.accountId, externalIdentities.authenticatorId], set: change });
}

/** Whoever was bound is so no longer; what is expected stays. @returns whether somebody was */
export async function unbind(
  transaction: OrganisationTransaction,
  accountId: string,
  authenticatorId: string,
): Promise<boolean> {
  const rows = await transaction
    .update(externalIdentities)
    .set({ issuer: null, subject: null, boundAt: null })
    .where(
      and(
        eq(externalIdentities.accountId, accountId),
        eq(externalIdentities.authenticatorId, authenticatorId),
        sql`${externalIdentities.subject} is not null`,
      ),
    )
    .returning({ accountId: externalIdentities.accountId });
  return rows.length === 1;
}

/** Those whom a provider vouched for lately and who resembled somebody expected here, without being the same (AUTH-7). */
export async function listRefused(
  transaction: OrganisationTransaction,
  of: { readonly accountId: string } | { readonly authenticatorId: string },
): Promise<RefusedIdentity[]> {
  const rows = await transaction
    .select({ id: auditEvents.id, at: auditEvents.occurredAt, reason: auditEvents.reason })
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.action, 'external.refuse'),
        inArray(auditEvents.reason, [...REFUSED_REASONS]),
        gt(auditEvents.occurredAt, sql`now() - make_interval(days => ${REFUSED_DAYS})`),
        'accountId' in of
          ? eq(auditEvents.subjectId, of.accountId)
          : sql`${auditEvents.details} ->> 'authenticator' = ${of.authenticatorId}`,
      ),
    )
    .orderBy(desc(auditEvents.occurredAt))
    .limit(REFUSED_MAX);
  return rows.map(({ id, at, reason }) => ({ id: String(id), at, reason: reason as RefusedReason }));
}
