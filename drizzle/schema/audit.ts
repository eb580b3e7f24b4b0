import { bigint, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { inet } from './columns';

export const auditEvents = pgTable('audit_events', {
  id: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
  organisationId: uuid('organisation_id').notNull(),
  occurredAt: timestamp('occurred_at', { withTimezone: true }).notNull().defaultNow(),
  action: text().notNull(),
  outcome: text({ enum: ['success', 'failure', 'refused'] }).notNull(),
  reason: text(),
  actorKind: text('actor_kind', { enum: ['account', 'visitor', 'operator', 'system'] }).notNull(),
  actorId: uuid('actor_id'),
  subjectId: uuid('subject_id'),
  sessionId: uuid('session_id'),
  deviceId: uuid('device_id'),
  address: inet(),
  requestId: text('request_id'),
  details: jsonb().notNull().default({}),
});
