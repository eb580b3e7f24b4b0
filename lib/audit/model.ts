import type { FaultCode } from '@/lib/external/model';
import type { Reason } from '@/lib/policy/decision';
import type { RefusalCode } from '@/lib/refusals';

/**
 * Everything that is written down (AUD-1): a closed list, so that a search, an export and a reader can rely on it. A new
 * one is added here, with its words under `audit.actions` in messages/; a new detail or reason to the lists below.
 */
export const AUDIT_ACTIONS = [
  'organisation.create',
  'organisation.confirm',
  'organisation.list-request',
  'account.create',
  'account.change',
  'account.suspend',
  'account.reactivate',
  'account.delete',
  'account.erase',
  'account.import',
  'account.data-export',
  'account.profile-change',
  'account.language-change',
  'account.password-change',
  'account.password-demand',
  'account.password-reset-request',
  'account.password-reset',
  'account.assign',
  'account.identity-change',
  'account.identity-unbind',
  'account.email-change-request',
  'account.email-change-cancel',
  'account.email-change',
  'account.picture-change',
  'invitation.send',
  'invitation.revoke',
  'invitation.accept',
  'sign-in.identify',
  'sign-in.password',
  'sign-in.code',
  'sign-in.recovery-code',
  'sign-in.passkey',
  'sign-in.pass',
  'sign-in.enrolment-postponed',
  'sign-in.complete',
  'external.begin',
  'external.verify',
  'external.refuse',
  'external.bind',
  'external.test',
  'external.sign-out',
  'session.prove',
  'session.end',
  'mfa.offer-answered',
  'mfa.enrolment-begin',
  'mfa.enrolment-confirm',
  'mfa.passkey-cloned',
  'mfa.recovery-codes-renew',
  'mfa.switch-off',
  'mfa.factor-rename',
  'mfa.factor-remove',
  'mfa.card-revoke',
  'mfa.reset',
  'mfa.reminder',
  'location.save',
  'location.remove',
  'location.rule-save',
  'location.rule-remove',
  'filter.save',
  'filter.pause-all',
  'filter.refuse',
  'filter.exception-grant',
  'filter.exception-own',
  'filter.exception-revoke',
  'change.confirm',
  'change.take-back',
  'change.roll-back',
  'mfa.pass-issue',
  'mfa.pass-revoke',
  'mfa.help-request',
  'mfa.help-refuse',
  'account.unblock',
  'device.forget',
  'device.trust-end',
  'device.wait',
  'device.approve',
  'device.revoke',
  'device.rename',
  'option.change',
  'authenticator.create',
  'authenticator.save',
  'authenticator.activate',
  'authenticator.keys-found',
  'authenticator.keys-accept',
  'authenticator.keys-refuse',
  'authenticator.certificate-warn',
  'authenticator.password-demand',
  'authenticator.deactivate',
  'authenticator.make-default',
  'authenticator.save-defaults',
  'authenticator.remove',
  'authenticator.move',
  'authenticator.move-undo',
  'token.register',
  'token.import',
  'token.assign',
  'token.take-back',
  'token.remove',
  'role.create',
  'role.change',
  'role.delete',
  'audit.export',
  'audit.verify',
  'audit.checkpoint',
  'secret.rotate',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** The first word of an action: what it concerns. */
export type AuditGroup = AuditAction extends infer A ? (A extends `${infer G}.${string}` ? G : never) : never;

/** The groups that a search offers, in the order of {@link AUDIT_ACTIONS}. */
export const AUDIT_GROUPS = [...new Set(AUDIT_ACTIONS.map(groupOf))];

/** The group that an action belongs to. */
export function groupOf(action: AuditAction): AuditGroup {
  return action.split('.')[0] as AuditGroup;
}

/** Why it ended as it did, where neither the one decision, nor a refusal, nor a provider's fault says it: words under `audit.reasons`. */
export const AUDIT_REASONS = [
  'unknown',
  'wrong',
  'not-allowed',
  'throttled',
  'too-many',
  'signed-out',
  'ended-by-owner',
  'ended-by-provider',
  'others-ended-by-owner',
  'removed',
  'not-confirmed',
  'invitation',
  'link',
] as const;

export type AuditReason = (typeof AUDIT_REASONS)[number] | Reason | RefusalCode | FaultCode;

/**
 * What an event says beside that, by name, and the names of what it says has changed: words under `audit.details`. Options,
 * and the settings of an authenticator, have their own.
 */
export const AUDIT_DETAILS = [
  'accounts',
  'after',
  'answer',
  'applies',
  'atFirstSignIn',
  'authenticator',
  'before',
  'change',
  'changed',
  'column',
  'crowd',
  'definition',
  'device',
  'digest',
  'email',
  'ended',
  'endedSessions',
  'event',
  'events',
  'exception',
  'expected',
  'factorId',
  'factorShown',
  'factors',
  'fault',
  'filters',
  'fingerprints',
  'firstName',
  'forgotten',
  'format',
  'from',
  'head',
  'hours',
  'id',
  'import',
  'invite',
  'kept',
  'keptFrom',
  'key',
  'kind',
  'lastName',
  'locale',
  'location',
  'locationIds',
  'made',
  'minutes',
  'mode',
  'move',
  'name',
  'near',
  'next',
  'paused',
  'permissions',
  'proof',
  'purpose',
  'reason',
  'reasons',
  'removed',
  'replaced',
  'resealed',
  'role',
  'roleId',
  'rule',
  'seal',
  'seals',
  'secret',
  'secretCleared',
  'served',
  'slug',
  'status',
  'subject',
  'table',
  'telephone',
  'timeZone',
  'to',
  'told',
  'token',
  'tokens',
  'type',
  'until',
  'username',
  'wasBound',
  'withoutIdentity',
] as const;

export type AuditDetail = (typeof AUDIT_DETAILS)[number];

export const AUDIT_OUTCOMES = ['success', 'failure', 'refused'] as const;

export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export interface AuditEntry {
  readonly action: AuditAction;
  readonly outcome: AuditOutcome;
  readonly reason?: AuditReason;
  /** The account on whom it was done, where that is not the actor alone. */
  readonly subjectId?: string | null;
  readonly sessionId?: string | null;
  readonly deviceId?: string | null;
  /** Before and after of a change. Never a secret, a code, a name or an address of a person. */
  readonly details?: Readonly<Partial<Record<AuditDetail, unknown>>>;
}
