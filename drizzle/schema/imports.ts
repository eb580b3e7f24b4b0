import { integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from './columns';

export const accountImports = pgTable('account_imports', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  createdBy: uuid('created_by').notNull(),
  linesSealed: bytea('lines_sealed'),
  lineCount: integer('line_count').notNull(),
  state: text({ enum: ['checked', 'imported'] })
    .notNull()
    .default('checked'),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  importedAt: timestamp('imported_at', { withTimezone: true }),
  progressedAt: timestamp('progressed_at', { withTimezone: true }),
  invitationCount: integer('invitation_count').notNull().default(0),
});

export const importInvitations = pgTable(
  'import_invitations',
  {
    importId: uuid('import_id').notNull(),
    accountId: uuid('account_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.importId, table.accountId] })],
);
