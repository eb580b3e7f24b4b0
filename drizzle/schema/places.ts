import { boolean, doublePrecision, pgTable, primaryKey, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export const locations = pgTable('locations', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  place: smallint().notNull(),
  name: text().notNull(),
  description: text().notNull().default(''),
  isDefault: boolean('is_default').notNull().default(false),
  isRemote: boolean('is_remote').notNull().default(false),
  address: text().notNull().default(''),
  country: text(),
  latitude: doublePrecision(),
  longitude: doublePrecision(),
  timeZone: text('time_zone'),
  groups: text().array().notNull().default([]),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

export const locationRules = pgTable('location_rules', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  locationId: uuid('location_id').notNull(),
  place: smallint().notNull(),
  name: text().notNull(),
  type: text({ enum: ['list', 'range', 'subnet', 'countries'] }).notNull(),
  ipVersion: smallint('ip_version'),
  definition: text().notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});

export const networkFilters = pgTable('network_filters', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  kind: text({ enum: ['employee', 'parent', 'external'] }),
  authenticatorId: uuid('authenticator_id'),
  mode: text({ enum: ['watch', 'warn', 'block'] }).notNull(),
  applies: text({ enum: ['sign-in', 'request'] })
    .notNull()
    .default('request'),
  paused: boolean().notNull().default(false),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

export const networkFilterLocations = pgTable(
  'network_filter_locations',
  {
    organisationId: uuid('organisation_id').notNull(),
    filterId: uuid('filter_id').notNull(),
    locationId: uuid('location_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.filterId, table.locationId] })],
);

export const filterExceptions = pgTable('filter_exceptions', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  accountId: uuid('account_id').notNull(),
  reason: text().notNull(),
  grantedBy: uuid('granted_by'),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  endsAt: timestamp('ends_at', { withTimezone: true }).notNull(),
  revokedAt: timestamp('revoked_at', { withTimezone: true }),
});
