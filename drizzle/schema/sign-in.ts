import { integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea, inet } from './columns';

export const sessions = pgTable('sessions', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  accountId: uuid('account_id').notNull(),
  deviceId: uuid('device_id'),
  tokenHash: bytea('token_hash').notNull(),
  userAgent: text('user_agent').notNull().default(''),
  address: inet(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  lastSeenAt: timestamp('last_seen_at', { withTimezone: true }).notNull().defaultNow(),
  idleMinutes: integer('idle_minutes').notNull(),
  absoluteUntil: timestamp('absolute_until', { withTimezone: true }).notNull(),
  passwordVerifiedAt: timestamp('password_verified_at', { withTimezone: true }),
  factorVerifiedAt: timestamp('factor_verified_at', { withTimezone: true }),
  enrolmentPostponedAt: timestamp('enrolment_postponed_at', { withTimezone: true }),
  refusedAt: timestamp('refused_at', { withTimezone: true }),
  passId: uuid('pass_id'),
  authenticatorId: uuid('authenticator_id'),
  externalVerifiedAt: timestamp('external_verified_at', { withTimezone: true }),
  externalFactorAt: timestamp('external_factor_at', { withTimezone: true }),
});

export const signInAttempts = pgTable('sign_in_attempts', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  browserHash: bytea('browser_hash').notNull(),
  accountId: uuid('account_id'),
  identifier: text().notNull(),
  returnPath: text('return_path'),
  passwordVerifiedAt: timestamp('password_verified_at', { withTimezone: true }),
  factorVerifiedAt: timestamp('factor_verified_at', { withTimezone: true }),
  codeTries: integer('code_tries').notNull().default(0),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  consumedAt: timestamp('consumed_at', { withTimezone: true }),
  passId: uuid('pass_id'),
  authenticatorId: uuid('authenticator_id'),
  externalVerifiedAt: timestamp('external_verified_at', { withTimezone: true }),
  externalFactorAt: timestamp('external_factor_at', { withTimezone: true }),
});

export const enrolments = pgTable('enrolments', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  accountId: uuid('account_id').notNull(),
  attemptId: uuid('attempt_id'),
  sessionId: uuid('session_id'),
  phone: text({ enum: ['iphone', 'android', 'other'] }),
  app: text(),
  secretSealed: bytea('secret_sealed').notNull(),
  recoveryCodesSealed: bytea('recovery_codes_sealed'),
  tries: integer().notNull().default(0),
  factorId: uuid('factor_id'),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  confirmedAt: timestamp('confirmed_at', { withTimezone: true }),
  finishedAt: timestamp('finished_at', { withTimezone: true }),
  returnPath: text('return_path'),
  method: text({ enum: ['app', 'passkey', 'token', 'card'] }),
  kind: text({ enum: ['totp', 'hotp'] })
    .notNull()
    .default('totp'),
  added: integer().notNull().default(0),
});

export const throttles = pgTable(
  'throttles',
  {
    organisationId: uuid('organisation_id').notNull(),
    purpose: text({ enum: ['identify', 'password', 'code'] }).notNull(),
    subjectHash: bytea('subject_hash').notNull(),
    failures: integer().notNull(),
    consecutiveFailures: integer('consecutive_failures').notNull(),
    windowStartedAt: timestamp('window_started_at', { withTimezone: true }).notNull(),
    blockedUntil: timestamp('blocked_until', { withTimezone: true }),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.organisationId, table.purpose, table.subjectHash] })],
);
