/**
 * Everything that can be refused, in one table: the code, the HTTP status, and how loudly it is logged. The sentences
 * stand in messages/ under `refusals.<code>`, in both languages.
 */
export const REFUSALS = {
  'request.origin': { status: 403, log: 'warn' },
  'request.malformed': { status: 400, log: 'info' },
  'request.too-large': { status: 413, log: 'info' },
  'organisation.not-found': { status: 404, log: 'info' },
  'not-found': { status: 404, log: 'info' },
  'session.missing': { status: 401, log: 'info' },
  'permission.missing': { status: 403, log: 'warn' },
  'account.email-taken': { status: 409, log: 'info' },
  'account.username-taken': { status: 409, log: 'info' },
  'account.role-not-for-kind': { status: 422, log: 'info' },
  'account.role-beyond': { status: 403, log: 'warn' },
  'account.beyond': { status: 403, log: 'warn' },
  'account.own': { status: 409, log: 'info' },
  'account.name-not-typed': { status: 422, log: 'info' },
  'account.changed-meanwhile': { status: 409, log: 'info' },
  'import.unreadable': { status: 422, log: 'info' },
  'import.no-lines': { status: 422, log: 'info' },
  'import.too-many-lines': { status: 422, log: 'info' },
  'import.columns': { status: 422, log: 'info' },
  'import.expired': { status: 410, log: 'info' },
  'import.not-ready': { status: 409, log: 'info' },
  'administrator.last': { status: 409, log: 'info' },
  'proof.too-old': { status: 403, log: 'info' },
  'sign-in.expired': { status: 410, log: 'info' },
  'identify.throttled': { status: 429, log: 'warn' },
  'sign-in.wrong-password': { status: 422, log: 'info' },
  'sign-in.throttled': { status: 429, log: 'warn' },
  'sign-in.too-many-codes': { status: 429, log: 'warn' },
  'sign-in.blocked': { status: 403, log: 'info' },
  'code.wrong': { status: 422, log: 'info' },
  'code.reused': { status: 422, log: 'info' },
  'code.clock-late': { status: 422, log: 'info' },
  'code.clock-ahead': { status: 422, log: 'info' },
  'code.throttled': { status: 429, log: 'warn' },
  'recovery-code.wrong': { status: 422, log: 'info' },
  /** The form came without the browser's answer: no script ran. */
  'passkey.missing': { status: 422, log: 'info' },
  'passkey.unavailable': { status: 409, log: 'info' },
  'passkey.none': { status: 409, log: 'info' },
  'passkey.expired': { status: 410, log: 'info' },
  'passkey.wrong': { status: 422, log: 'info' },
  'passkey.unknown': { status: 422, log: 'info' },
  'passkey.taken': { status: 409, log: 'info' },
  'passkey.cloned': { status: 403, log: 'warn' },
  'pass.wrong': { status: 422, log: 'info' },
  'pass.no-factor': { status: 409, log: 'info' },
  'pass.by-provider': { status: 409, log: 'info' },
  'pass.not-active': { status: 409, log: 'info' },
  'proof.provider-old': { status: 403, log: 'info' },
  'proof.factor-missing': { status: 403, log: 'info' },
  'proof.code-missing': { status: 422, log: 'info' },
  'reset.own': { status: 403, log: 'warn' },
  'reset.out-of-reach': { status: 403, log: 'warn' },
  'request.too-many': { status: 429, log: 'warn' },
  'enrolment.expired': { status: 410, log: 'info' },
  /** Not offered to this person: its kind is not allowed, or there is no token. */
  'enrolment.method': { status: 403, log: 'info' },
  'enrolment.too-many-codes': { status: 429, log: 'warn' },
  'mfa.mandatory': { status: 403, log: 'info' },
  'mfa.off': { status: 403, log: 'info' },
  'factor.too-many': { status: 409, log: 'info' },
  /** The last one, where one is demanded. */
  'factor.last': { status: 409, log: 'info' },
  /** The last one, where one is free to have none: that is to switch MFA off. */
  'factor.only': { status: 409, log: 'info' },
  /** An unknown number, somebody else's token or a wrong code: nobody learns which. */
  'token.wrong': { status: 422, log: 'info' },
  'token.serial-taken': { status: 409, log: 'info' },
  'token.too-many': { status: 409, log: 'info' },
  'token.person': { status: 422, log: 'info' },
  'token.assigned': { status: 409, log: 'info' },
  'card.wrong': { status: 422, log: 'info' },
  'mfa.already-on': { status: 409, log: 'info' },
  'password.wrong': { status: 422, log: 'info' },
  'password.too-short': { status: 422, log: 'info' },
  'password.common': { status: 422, log: 'info' },
  'password.contains': { status: 422, log: 'info' },
  'password.pattern': { status: 422, log: 'info' },
  'password.three-classes': { status: 422, log: 'info' },
  'password.four-classes': { status: 422, log: 'info' },
  'password.same': { status: 422, log: 'info' },
  'password.earlier': { status: 422, log: 'info' },
  /** Somebody else changed it while this one was being compared. */
  'password.changed-meanwhile': { status: 409, log: 'info' },
  /** Nobody with a password of this house, or not one who could sign in with it. */
  'password.none': { status: 409, log: 'info' },
  /** The link of a letter was used, revoked, ran out, or never was one. */
  'link.gone': { status: 410, log: 'info' },
  'letter.throttled': { status: 429, log: 'warn' },
  'organisation.slug-taken': { status: 409, log: 'info' },
  'organisation.slug-needed': { status: 422, log: 'info' },
  'signup.off': { status: 403, log: 'info' },
  'email.taken': { status: 409, log: 'info' },
  'invitation.not-waiting': { status: 409, log: 'info' },
  /** The browser that whoever acts sits at. */
  'device.own': { status: 409, log: 'info' },
  /** Somebody else was quicker to answer about it. */
  'device.answered': { status: 409, log: 'info' },
  'options.shut-out': { status: 409, log: 'warn' },
  'reminder.not-now': { status: 409, log: 'info' },
  'enrolment.required': { status: 403, log: 'info' },
  'network.outside': { status: 403, log: 'info' },
  'location.name-taken': { status: 409, log: 'info' },
  'location.too-many': { status: 409, log: 'info' },
  'location.in-use': { status: 409, log: 'info' },
  'location.empty': { status: 409, log: 'info' },
  'rule.name-taken': { status: 409, log: 'info' },
  'rule.no-address': { status: 409, log: 'info' },
  'rule.wide': { status: 422, log: 'info' },
  'rule.too-many': { status: 409, log: 'info' },
  'guard.shuts-you-out': { status: 409, log: 'warn' },
  'change.pending': { status: 409, log: 'info' },
  'change.by-administrator': { status: 403, log: 'info' },
  'change.test-first': { status: 409, log: 'info' },
  'change.over': { status: 410, log: 'info' },
  'authenticator.name-taken': { status: 409, log: 'info' },
  'authenticator.too-many': { status: 422, log: 'info' },
  'authenticator.changed': { status: 409, log: 'info' },
  'authenticator.beyond': { status: 403, log: 'warn' },
  'authenticator.domain-taken': { status: 409, log: 'info' },
  'authenticator.inactive': { status: 409, log: 'info' },
  'authenticator.is-default': { status: 409, log: 'info' },
  'authenticator.own': { status: 409, log: 'warn' },
  'authenticator.shuts-you-out': { status: 409, log: 'warn' },
  'authenticator.no-draft': { status: 409, log: 'info' },
  'identity.taken': { status: 409, log: 'info' },
  'identity.not-bound': { status: 409, log: 'info' },
  'move.nobody': { status: 409, log: 'info' },
  'move.lacks-identity': { status: 409, log: 'info' },
  'move.over': { status: 410, log: 'info' },
  'picture.type': { status: 422, log: 'info' },
  'picture.too-large': { status: 413, log: 'info' },
  'role.name-taken': { status: 409, log: 'info' },
  'role.too-many': { status: 422, log: 'info' },
  'role.empty': { status: 422, log: 'info' },
  'role.built-in': { status: 403, log: 'info' },
  'role.above': { status: 403, log: 'warn' },
  'role.in-use': { status: 409, log: 'info' },
  'role.changed': { status: 409, log: 'info' },
  'server.busy': { status: 503, log: 'warn' },
  /** Said by the browser itself, where no answer came. */
  'server.unreachable': { status: 503, log: 'warn' },
} as const satisfies Record<string, { status: number; log: 'info' | 'warn' }>;

export type RefusalCode = keyof typeof REFUSALS;

/** Numbers and names that the sentence of a refusal mentions. */
export type RefusalDetails = Readonly<Record<string, string | number>>;

/** An expected "no". Services throw it; actions and routes turn it into a sentence or a status, never into a 500. */
export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    readonly details: RefusalDetails = {},
    options?: ErrorOptions,
  ) {
    super(code, options);
  }

  get status(): number {
    return REFUSALS[this.code].status;
  }
}
