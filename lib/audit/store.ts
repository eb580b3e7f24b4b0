import { auditEvents } from '@/drizzle/schema/audit';
import type { Actor, Operator, Visitor } from '@/lib/actors/model';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { AuditEntry } from './model';

/**
 * Writes an event in the transaction of the act itself: they commit together or not at all (AUD-1). The database refuses
 * to change it afterwards.
 */
export async function recordEvent(
  transaction: OrganisationTransaction,
  actor: Visitor | Actor | Operator,
  entry: AuditEntry,
): Promise<void> {
  const origin = actor.kind === 'operator' ? null : actor.origin;
  const signedIn = actor.kind === 'account' ? actor : null;
  await transaction.insert(auditEvents).values({
    organisationId: actor.organisation.id,
    action: entry.action,
    outcome: entry.outcome,
    reason: entry.reason ?? null,
    actorKind: actor.kind,
    actorId: signedIn?.account.id ?? null,
    subjectId: entry.subjectId ?? signedIn?.account.id ?? null,
    sessionId: entry.sessionId ?? signedIn?.sessionId ?? null,
    deviceId: entry.deviceId ?? signedIn?.deviceId ?? null,
    address: origin?.address ?? null,
    requestId: origin?.requestId ?? null,
    details: entry.details ?? {},
  });
}
