import { sql } from 'drizzle-orm';
import type { Actor, Operator, System, Visitor } from '@/lib/actors/model';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { written } from '@/lib/db/written';
import type { AuditEntry } from './model';

/**
 * Writes an event in the transaction of the act itself: they commit together or not at all (AUD-1). The database refuses
 * to change it afterwards.
 */
export async function recordEvent(
  transaction: OrganisationTransaction,
  actor: Visitor | Actor | Operator | System,
  entry: AuditEntry & {
    /** In the place of `deviceId`, of a browser of the subject that is noted in the same round trip. */
    readonly deviceHash?: Buffer;
  },
): Promise<void> {
  const origin = 'origin' in actor ? (actor.origin ?? null) : null;
  const signedIn = actor.kind === 'account' ? actor : null;
  // Column by column: the application may not even name the others.
  await written(transaction)`
    insert into audit_events (organisation_id, action, outcome, reason, actor_kind, actor_id, subject_id, session_id,
      device_id, address, request_id, details)
    values (${actor.organisation.id}, ${entry.action}, ${entry.outcome}, ${entry.reason ?? null}, ${actor.kind},
      ${signedIn?.account.id ?? null}, ${entry.subjectId ?? signedIn?.account.id ?? null},
      ${entry.sessionId ?? signedIn?.sessionId ?? null},
      coalesce(${entry.deviceId ?? signedIn?.deviceId ?? null},
        (select id from devices where account_id = ${entry.subjectId ?? null} and token_hash = ${entry.deviceHash ?? null})),
      ${origin?.address ?? null}, ${origin?.requestId ?? null}, ${JSON.stringify(entry.details ?? {})}::text::jsonb)`;
}

/**
 * {@link recordEvent} of what a visitor is refused again and again, once a minute for an address: whoever keeps asking
 * fills no table. Exact where the caller holds a lock on the address.
 */
export async function recordOnceAMinute(
  transaction: OrganisationTransaction,
  visitor: Visitor,
  entry: Pick<AuditEntry, 'action' | 'outcome' | 'reason' | 'details'>,
): Promise<void> {
  const [noted] = await transaction.execute(sql`
    select from audit_events
    where organisation_id = ${visitor.organisation.id} and action = ${entry.action} and outcome = ${entry.outcome}
      and occurred_at > now() - interval '1 minute'
      and reason = ${entry.reason ?? null} and address is not distinct from ${visitor.origin.address}::inet
    limit 1`);
  if (noted === undefined) await recordEvent(transaction, visitor, entry);
}

/**
 * {@link recordEvent} for many at once, in one statement: what an act did to each of many accounts.
 */
export async function recordEvents(
  transaction: OrganisationTransaction,
  actor: Actor,
  entries: readonly (Pick<AuditEntry, 'action' | 'outcome' | 'details'> & { readonly subjectId: string })[],
): Promise<void> {
  const { origin, account, sessionId, deviceId } = actor;
  await transaction.execute(sql`
    insert into audit_events (organisation_id, action, outcome, actor_kind, actor_id, subject_id, session_id, device_id,
      address, request_id, details)
    select ${actor.organisation.id}::uuid, e.action, e.outcome, ${actor.kind}, ${account.id}::uuid, e."subjectId",
      ${sessionId}::uuid, ${deviceId}::uuid, ${origin.address}::inet, ${origin.requestId}, coalesce(e.details, '{}')
    from jsonb_to_recordset(${JSON.stringify(entries)}::text::jsonb) as e (action text, outcome text, "subjectId" uuid,
      details jsonb)`);
}
