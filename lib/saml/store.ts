import { and, eq, inArray, sql } from 'drizzle-orm';
import {
  authenticatorSecrets,
  certificateNotices,
  externalSessions,
  samlUpkeep,
} from '@/drizzle/schema/authenticators';
import { authenticators } from '@/drizzle/schema/organisations';
import { sessions } from '@/drizzle/schema/sign-in';
import type { SamlSettings } from '@/lib/authenticators/model';
import { withDeadline } from '@/lib/db/deadline';
import { pool } from '@/lib/db/pool';
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

/** Takes authenticators whose daily look is due; nobody else gets them today. */
export async function claimUpkeep(most: number): Promise<{ organisationId: string; authenticatorId: string }[]> {
  const rows = await withDeadline(
    async () =>
      pool().sql<{ organisation_id: string; authenticator_id: string }[]>`select * from claim_saml_upkeep(${most})`,
  );
  return rows.map((row) => ({ organisationId: row.organisation_id, authenticatorId: row.authenticator_id }));
}

/** How the last look at the metadata ended; after one that came to nothing the next comes in an hour. */
export async function noteMetadata(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  fault: string | null,
): Promise<void> {
  const soon = fault === null ? {} : { dueAt: sql`now() + interval '1 hour'` };
  await transaction
    .update(samlUpkeep)
    .set({ metadataCheckedAt: sql`now()`, metadataFault: fault, ...soon })
    .where(eq(samlUpkeep.authenticatorId, authenticatorId));
}

export async function findMetadataState(
  transaction: OrganisationTransaction,
  authenticatorId: string,
): Promise<{ checkedAt: Date; fault: string | null } | null> {
  const [row] = await transaction
    .select({ checkedAt: samlUpkeep.metadataCheckedAt, fault: samlUpkeep.metadataFault })
    .from(samlUpkeep)
    .where(eq(samlUpkeep.authenticatorId, authenticatorId));
  return row === undefined || row.checkedAt === null ? null : { checkedAt: row.checkedAt, fault: row.fault };
}

export async function setSettings(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  settings: SamlSettings,
): Promise<void> {
  await transaction
    .update(authenticators)
    .set({ settings, updatedAt: sql`now()` })
    .where(eq(authenticators.id, authenticatorId));
}

/** Notes that people are told of a certificate's end; false where they were told at this distance before. */
export async function claimCertificateNotice(
  transaction: OrganisationTransaction,
  notice: { organisationId: string; authenticatorId: string; fingerprint: string; days: number },
): Promise<boolean> {
  const rows = await transaction
    .insert(certificateNotices)
    .values(notice)
    .onConflictDoNothing()
    .returning({ days: certificateNotices.days });
  return rows.length === 1;
}
