import { bigint, boolean, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea, inet, madeByTheDatabase } from './columns';

export const accounts = pgTable('accounts', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  kind: text({ enum: ['employee', 'parent', 'external'] }).notNull(),
  status: text({ enum: ['invited', 'active', 'suspended'] })
    .notNull()
    .default('active'),
  email: text().notNull(),
  emailKey: text('email_key').notNull(),
  username: text().notNull(),
  usernameKey: text('username_key').notNull(),
  firstName: text('first_name').notNull(),
  lastName: text('last_name').notNull(),
  nameKey: madeByTheDatabase('name_key'),
  searchText: madeByTheDatabase('search_text'),
  locale: text({ enum: ['fr', 'en'] }),
  timeZone: text('time_zone'),
  roleId: uuid('role_id'),
  authenticatorId: uuid('authenticator_id').notNull(),
  enrolmentOfferAnsweredAt: timestamp('enrolment_offer_answered_at', { withTimezone: true }),
  enrolmentRemindedAt: timestamp('enrolment_reminded_at', { withTimezone: true }),
  passkeyHandle: bytea('passkey_handle'),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

export const passwords = pgTable('passwords', {
  accountId: uuid('account_id').primaryKey(),
  organisationId: uuid('organisation_id').notNull(),
  hash: text().notNull(),
  mustChange: boolean('must_change').notNull().default(false),
  changedAt: timestamp('changed_at', { withTimezone: true }).notNull().defaultNow(),
});

export const passwordHistory = pgTable('password_history', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  accountId: uuid('account_id').notNull(),
  hash: text().notNull(),
  replacedAt: timestamp('replaced_at', { withTimezone: true }).notNull().defaultNow(),
});

export const pictures = pgTable('pictures', {
  accountId: uuid('account_id').primaryKey(),
  organisationId: uuid('organisation_id').notNull(),
  mediaType: text('media_type').notNull(),
  bytes: bytea().notNull(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

export const factors = pgTable('factors', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  accountId: uuid('account_id').notNull(),
  kind: text({ enum: ['totp', 'hotp', 'passkey', 'card'] }).notNull(),
  name: text().notNull(),
  secretSealed: bytea('secret_sealed'),
  lastStep: bigint('last_step', { mode: 'number' }).notNull().default(0),
  nextCounter: bigint('next_counter', { mode: 'number' }),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  lastUsedAt: timestamp('last_used_at', { withTimezone: true }),
  tokenId: uuid('token_id'),
});

export const recoveryCodes = pgTable('recovery_codes', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  accountId: uuid('account_id').notNull(),
  codeHash: bytea('code_hash').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  usedAt: timestamp('used_at', { withTimezone: true }),
});

export const devices = pgTable('devices', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  accountId: uuid('account_id').notNull(),
  tokenHash: bytea('token_hash').notNull(),
  userAgent: text('user_agent').notNull().default(''),
  lastAddress: inet('last_address'),
  firstSeenAt: timestamp('first_seen_at', { withTimezone: true }).notNull().defaultNow(),
  lastSeenAt: timestamp('last_seen_at', { withTimezone: true }).notNull().defaultNow(),
  trustedUntil: timestamp('trusted_until', { withTimezone: true }),
  name: text().notNull().default(''),
  approvedAt: timestamp('approved_at', { withTimezone: true }).defaultNow(),
  approvedBy: uuid('approved_by'),
  revokedAt: timestamp('revoked_at', { withTimezone: true }),
  notifiedAt: timestamp('notified_at', { withTimezone: true }),
});
