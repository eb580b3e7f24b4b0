import { and, eq, inArray, sql } from 'drizzle-orm';
import { authenticatorSecrets, externalSessions } from '@/drizzle/schema/authenticators';
import { sessions } from '@/drizzle/schema/sign-in';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';

/** Keeps a key where there is none yet: of two at the same moment, the first. */
export async function insertKeyOnce(
  transaction: OrganisationTransaction,
  key: { id: string; organisationId: string; authenticatorId: string; secretSealed: Buffer },
): Promise<void> {
  await transaction
    .insert(authenticatorSecrets)
    .values({ ...key, purpose: 'saml-key' })
    .onConflictDoNothing();
}

/**
 * Ends the sessions that a provider names: of a subject, of some sessions of its own, or of both at once.
 *
 * @returns whose they were
 */
export async function endProviderSessions(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  named: { readonly issuer: string; readonly subject: string | null; readonly sessionIndexes: readonly string[] },
): Promise<{ id: string; accountId: string }[]> {
  const { issuer, subject, sessionIndexes } = named;
  if (subject === null && sessionIndexes.length === 0) return [];
  const indexes = sql`(select jsonb_array_elements_text(${JSON.stringify(sessionIndexes)}::text::jsonb))`;
  const meant = transaction
    .select({ id: externalSessions.sessionId })
    .from(externalSessions)
    .where(
      and(
        eq(externalSessions.authenticatorId, authenticatorId),
        eq(externalSessions.issuer, issuer),
        subject === null ? undefined : eq(externalSessions.subject, subject),
        sessionIndexes.length === 0 ? undefined : sql`${externalSessions.providerSession} in ${indexes}`,
      ),
    );
  return transaction
    .delete(sessions)
    .where(inArray(sessions.id, meant))
    .returning({ id: sessions.id, accountId: sessions.accountId });
}

/** The moment by which all instances judge. */
export async function databaseNow(transaction: OrganisationTransaction): Promise<Date> {
  const [row] = await transaction.execute<{ now: string }>(sql`select now()::text as now`);
  return new Date(row!.now);
}
