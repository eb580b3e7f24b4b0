import { bigint, boolean, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export const organisations = pgTable('organisations', {
  id: uuid().primaryKey().defaultRandom(),
  slug: text().notNull(),
  name: text().notNull(),
  locale: text({ enum: ['fr', 'en'] }).notNull(),
  timeZone: text('time_zone').notNull(),
  settingsVersion: bigint('settings_version', { mode: 'number' }).notNull().default(1),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  unconfirmedSince: timestamp('unconfirmed_since', { withTimezone: true }),
});

export const authenticators = pgTable('authenticators', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  name: text().notNull(),
  type: text({ enum: ['system', 'saml', 'oidc'] }).notNull(),
  isDefault: boolean('is_default').notNull().default(false),
  active: boolean().notNull().default(true),
  mfaRequired: boolean('mfa_required').notNull().default(false),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  description: text().notNull().default(''),
  settings: jsonb().notNull().default({}),
  activatedAt: timestamp('activated_at', { withTimezone: true }).defaultNow(),
  deactivatedAt: timestamp('deactivated_at', { withTimezone: true }),
  factorKinds: text('factor_kinds').array().notNull().default(['totp', 'hotp', 'passkey', 'card']),
  passwordExpiryDays: integer('password_expiry_days'),
  externalMfa: text('external_mfa', { enum: ['trust', 'demand', 'ask'] })
    .notNull()
    .default('trust'),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

export const roles = pgTable('roles', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  name: text().notNull(),
  builtIn: text('built_in', { enum: ['administrator', 'account-manager', 'auditor'] }),
  permissions: text().array().notNull().default([]),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});

export const optionValues = pgTable(
  'option_values',
  {
    organisationId: uuid('organisation_id').notNull(),
    key: text().notNull(),
    value: jsonb().notNull(),
    changedBy: uuid('changed_by'),
    changedAt: timestamp('changed_at', { withTimezone: true }).notNull().defaultNow(),
    changedInVersion: bigint('changed_in_version', { mode: 'number' }).notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.organisationId, table.key] })],
);
