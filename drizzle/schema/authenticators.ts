import { integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { bytea } from './columns';

export const authenticatorSecrets = pgTable('authenticator_secrets', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  authenticatorId: uuid('authenticator_id').notNull(),
  purpose: text({ enum: ['client-secret', 'client-key', 'saml-key'] }).notNull(),
  secretSealed: bytea('secret_sealed').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});

export const authenticatorDomains = pgTable(
  'authenticator_domains',
  {
    organisationId: uuid('organisation_id').notNull(),
    domain: text().notNull(),
    authenticatorId: uuid('authenticator_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organisationId, table.domain] })],
);

export const authenticatorDefaults = pgTable('authenticator_defaults', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  kind: text({ enum: ['employee', 'parent', 'external'] }),
  roleId: uuid('role_id'),
  authenticatorId: uuid('authenticator_id').notNull(),
});

export const externalIdentities = pgTable(
  'external_identities',
  {
    organisationId: uuid('organisation_id').notNull(),
    accountId: uuid('account_id').notNull(),
    authenticatorId: uuid('authenticator_id').notNull(),
    expected: text(),
    issuer: text(),
    subject: text(),
    boundAt: timestamp('bound_at', { withTimezone: true }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    nearSaid: text('near_said'),
    nearAt: timestamp('near_at', { withTimezone: true }),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.authenticatorId] })],
);

export const externalFlows = pgTable('external_flows', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  authenticatorId: uuid('authenticator_id').notNull(),
  purpose: text({ enum: ['sign-in', 'test', 'bind'] }).notNull(),
  browserHash: bytea('browser_hash'),
  attemptId: uuid('attempt_id'),
  sessionId: uuid('session_id'),
  stateHash: bytea('state_hash'),
  requestSealed: bytea('request_sealed'),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  answeredAt: timestamp('answered_at', { withTimezone: true }),
  ticketHash: bytea('ticket_hash'),
  answerSealed: bytea('answer_sealed'),
  consumedAt: timestamp('consumed_at', { withTimezone: true }),
});

export const usedAssertions = pgTable(
  'used_assertions',
  {
    organisationId: uuid('organisation_id').notNull(),
    authenticatorId: uuid('authenticator_id').notNull(),
    assertionId: text('assertion_id').notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.authenticatorId, table.assertionId] })],
);

export const externalSessions = pgTable('external_sessions', {
  id: uuid().primaryKey().defaultRandom(),
  sessionId: uuid('session_id').notNull(),
  organisationId: uuid('organisation_id').notNull(),
  authenticatorId: uuid('authenticator_id').notNull(),
  issuer: text().notNull(),
  subject: text().notNull(),
  providerSession: text('provider_session'),
  tokensSealed: bytea('tokens_sealed'),
});

export const samlUpkeep = pgTable('saml_upkeep', {
  authenticatorId: uuid('authenticator_id').primaryKey(),
  organisationId: uuid('organisation_id').notNull(),
  dueAt: timestamp('due_at', { withTimezone: true }).notNull().defaultNow(),
  metadataCheckedAt: timestamp('metadata_checked_at', { withTimezone: true }),
  metadataFault: text('metadata_fault'),
});

export const certificateNotices = pgTable(
  'certificate_notices',
  {
    authenticatorId: uuid('authenticator_id').notNull(),
    organisationId: uuid('organisation_id').notNull(),
    fingerprint: text().notNull(),
    days: integer().notNull(),
    sentAt: timestamp('sent_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.authenticatorId, table.fingerprint, table.days] })],
);

export const authenticatorMoves = pgTable('authenticator_moves', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  madeBy: uuid('made_by').notNull(),
  toAuthenticatorId: uuid('to_authenticator_id').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  undoneAt: timestamp('undone_at', { withTimezone: true }),
});

export const authenticatorMoveAccounts = pgTable(
  'authenticator_move_accounts',
  {
    organisationId: uuid('organisation_id').notNull(),
    moveId: uuid('move_id').notNull(),
    accountId: uuid('account_id').notNull(),
    fromAuthenticatorId: uuid('from_authenticator_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.moveId, table.accountId] })],
);

export const authenticatorNotices = pgTable(
  'authenticator_notices',
  {
    organisationId: uuid('organisation_id').notNull(),
    accountId: uuid('account_id').notNull(),
    template: text({ enum: ['access-lost', 'password-needed', 'password-demanded'] }).notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.template] })],
);

export const providerSignOuts = pgTable('provider_sign_outs', {
  id: uuid().primaryKey().defaultRandom(),
  organisationId: uuid('organisation_id').notNull(),
  authenticatorId: uuid('authenticator_id').notNull(),
  ticketHash: bytea('ticket_hash').notNull(),
  stateHash: bytea('state_hash').notNull(),
  providerSession: text('provider_session'),
  tokensSealed: bytea('tokens_sealed'),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  leftAt: timestamp('left_at', { withTimezone: true }),
  revokeAt: timestamp('revoke_at', { withTimezone: true }),
  tries: integer().notNull().default(0),
});
