import { bigint, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from './columns';

export const tokens = pgTable('tokens', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  serial: text().notNull(),
  serialKey: text('serial_key').notNull(),
  kind: text({ enum: ['totp', 'hotp'] }).notNull(),
  seedSealed: bytea('seed_sealed').notNull(),
  lastStep: bigint('last_step', { mode: 'number' }).notNull().default(0),
  nextCounter: bigint('next_counter', { mode: 'number' }),
  accountId: uuid('account_id'),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});

export const tokenImports = pgTable('token_imports', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  createdBy: uuid('created_by').notNull(),
  linesSealed: bytea('lines_sealed').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
});
