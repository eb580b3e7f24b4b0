import type { AuditAction } from '@/lib/audit/model';

type Outcome = 'success' | 'failure' | 'refused';

/**
 * What a person is shown of what happened to their account (SELF-1): the events that would mean something to them. The
 * steps of signing in are left out where a later event says the same. Words stand in messages/ under `activity.<key>`.
 */
export const ACTIVITY = [
  ['sign-in.complete', 'success'],
  ['sign-in.password', 'failure'],
  ['sign-in.password', 'refused'],
  ['sign-in.code', 'failure'],
  ['sign-in.code', 'refused'],
  ['sign-in.recovery-code', 'success'],
  ['sign-in.recovery-code', 'failure'],
  ['sign-in.passkey', 'failure'],
  ['sign-in.passkey', 'refused'],
  ['sign-in.pass', 'success'],
  ['sign-in.pass', 'failure'],
  ['session.end', 'success'],
  ['account.create', 'success'],
  ['account.profile-change', 'success'],
  ['account.password-change', 'success'],
  ['account.password-reset', 'success'],
  ['account.password-demand', 'success'],
  ['account.email-change', 'success'],
  ['account.picture-change', 'success'],
  ['account.unblock', 'success'],
  ['mfa.enrolment-confirm', 'success'],
  ['mfa.passkey-cloned', 'refused'],
  ['mfa.recovery-codes-renew', 'success'],
  ['mfa.switch-off', 'success'],
  ['mfa.factor-remove', 'success'],
  ['mfa.card-revoke', 'success'],
  ['token.assign', 'success'],
  ['token.take-back', 'success'],
  ['mfa.reset', 'success'],
  ['mfa.pass-issue', 'success'],
  ['mfa.pass-revoke', 'success'],
  ['mfa.help-request', 'success'],
  ['mfa.help-refuse', 'success'],
  ['device.forget', 'success'],
  ['device.trust-end', 'success'],
  ['device.wait', 'refused'],
  ['device.approve', 'success'],
  ['device.revoke', 'success'],
] as const satisfies readonly (readonly [AuditAction, Outcome])[];

/** How many events My account shows. */
export const ACTIVITY_MAX = 20;

export interface ActivityEvent {
  readonly id: string;
  readonly at: Date;
  readonly action: AuditAction;
  readonly outcome: Outcome;
  /** Done by the person, by somebody else of the organisation, or by the operator of the service. */
  readonly by: 'self' | 'other' | 'operator';
  readonly address: string | null;
}

/** Where the words of an event stand, below `activity.` */
export function activityKey({ action, outcome }: Pick<ActivityEvent, 'action' | 'outcome'>): string {
  const name = action.replace('.', '_');
  return outcome === 'success' ? name : `${name}_${outcome}`;
}
