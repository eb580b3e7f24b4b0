import { jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export const pendingChanges = pgTable('pending_changes', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  madeBy: uuid('made_by').notNull(),
  madeInRequest: text('made_in_request').notNull(),
  subject: text({ enum: ['options', 'places', 'authenticators'] }).notNull(),
  before: jsonb().notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  confirmUntil: timestamp('confirm_until', { withTimezone: true }).notNull(),
  confirmedAt: timestamp('confirmed_at', { withTimezone: true }),
  rolledBackAt: timestamp('rolled_back_at', { withTimezone: true }),
});
