/**
 * The one decision (SIGN-2): facts in, the next step and its reasons out.
 *
 * Sign-in pages, the making of the actor on every request, settings previews and the simulator all call `decide`. It
 * knows no framework, no database and no clock of its own.
 */

import { judgeNetwork, type NetworkFacts, type NetworkVerdict } from './network';

export type AccountKind = 'employee' | 'parent' | 'external';
export type MfaOption = 'off' | 'on-demand' | 'mandatory';
/** A clock, a counter, a passkey or security key, a card of codes for people without a phone. */
export const FACTOR_KINDS = ['totp', 'hotp', 'passkey', 'card'] as const;
export type FactorKind = (typeof FACTOR_KINDS)[number];
/** What an account has: a factor of a kind, or a passkey that was set aside because its counter went back. That one stands, so
 * that nobody gets rid of it by copying it, and proves nothing (ENROL-9). */
export type StandingKind = FactorKind | 'set-aside';
/** What is asked of a provider about a second factor (MFA-7): its word is trusted, it must show proof, or we ask here. */
export type ExternalMfa = 'trust' | 'demand' | 'ask';
/** What a browser needs that an account is new in (LOC-6). */
export type DeviceApproval = 'off' | 'notify' | 'required';

export interface Facts {
  /** PostgreSQL's clock, which all instances share. */
  readonly now: Date;
  /** Null for an identifier that nobody has. */
  readonly account: null | {
    readonly kind: AccountKind;
    readonly status: 'invited' | 'active' | 'suspended';
    readonly createdAt: Date;
    readonly mustChangePassword: boolean;
    /** Confirmed factors, of any kind, those that were set aside among them. */
    readonly factorKinds: readonly StandingKind[];
  };
  readonly authenticator: {
    readonly type: 'system' | 'saml' | 'oidc';
    readonly active: boolean;
    /** The strictest rule wins: an authenticator may demand what the option leaves free (MFA-2). */
    readonly mfaRequired: boolean;
    /** The kinds of factors that those whom it serves may set up (AUTH-3). */
    readonly factorKinds: readonly FactorKind[];
    /** Counts for an external authenticator only. */
    readonly externalMfa: ExternalMfa;
  };
  readonly options: {
    /** The option of the account's kind (MFA-1). */
    readonly mfa: MfaOption;
    readonly mfaGraceDays: number;
    /** When `mfa` last changed; null: since always. A grace counts from here, or from the account's creation. */
    readonly mfaSince: Date | null;
    readonly mfaRememberDeviceDays: number;
    readonly deviceApproval: DeviceApproval;
  };
  readonly proofs: {
    readonly passwordAt: Date | null;
    /** When the provider of the account's present authenticator vouched for the person; the first factor of an external one. */
    readonly externalAt: Date | null;
    /** When that provider showed that it had asked for a second factor (MFA-7). */
    readonly externalFactorAt: Date | null;
    readonly factorAt: Date | null;
    /** Until when a one-time pass stands in for the factor (RESET-3). It lets in, and proves nothing. */
    readonly passUntil: Date | null;
  };
  readonly device: {
    /** Until when this browser is excused from the second factor (MFA-5). */
    readonly trustedUntil: Date | null;
    /** Since when an administrator lets the account in here, or let it in unasked; null also for an unknown browser. */
    readonly approvedAt: Date | null;
    /** Since when an administrator keeps the account out here, whatever was said before. */
    readonly revokedAt: Date | null;
  };
  /** Where the request comes from, as the organisation's filters see it (LOC-3). */
  readonly network: NetworkFacts;
  /** The person chose « Plus tard » within the grace, in this very attempt or session. */
  readonly enrolmentPostponedAt: Date | null;
}

/** Somebody who has proved nothing yet. */
export const NO_PROOFS: Facts['proofs'] = {
  passwordAt: null,
  externalAt: null,
  externalFactorAt: null,
  factorAt: null,
  passUntil: null,
};

/** Everything that a decision can give as its reason; the simulator has a sentence for each (GUARD-3). */
export const REASONS = [
  'account.unknown',
  'account.suspended',
  'account.invited',
  'authenticator.inactive',
  'authenticator.external',
  'proof.password-missing',
  'password.must-change',
  'network.outside',
  'network.warned',
  'network.watched',
  'network.excepted',
  'device.waiting',
  'device.revoked',
  'mfa.off',
  'mfa.not-for-external',
  'mfa.by-provider',
  'mfa.provider-lacks',
  'mfa.required-by-option',
  'mfa.required-by-authenticator',
  'mfa.enrolled',
  'mfa.not-enrolled',
  'mfa.kind-not-allowed',
  'mfa.set-aside',
  'mfa.device-trusted',
  'mfa.pass',
  'mfa.grace',
  'proof.complete',
] as const;
export type Reason = (typeof REASONS)[number];

export type Decision =
  | { readonly step: 'password'; readonly reasons: readonly Reason[] }
  | { readonly step: 'redirect'; readonly reasons: readonly Reason[] }
  | { readonly step: 'blocked'; readonly reasons: readonly Reason[] }
  | { readonly step: 'change-password'; readonly reasons: readonly Reason[] }
  | {
      readonly step: 'enrol';
      readonly reasons: readonly Reason[];
      /** Within the grace a person may postpone until then; null: not at all. */
      readonly postponableUntil: Date | null;
    }
  | { readonly step: 'challenge'; readonly reasons: readonly Reason[] }
  | {
      readonly step: 'signed-in';
      readonly reasons: readonly Reason[];
      /** The person put enrolment off, and must have done it by then; null: nothing is pending. */
      readonly graceUntil: Date | null;
    };

/** Why somebody who has a factor must set another one up: theirs is of a kind that is not allowed, or was set aside. */
export type Replacement = 'mfa.kind-not-allowed' | 'mfa.set-aside';

/** Why all that an account has is to be replaced; null: something of it is taken, or it has nothing. */
export function replacementOf(kinds: readonly StandingKind[], allowed: readonly StandingKind[]): Replacement | null {
  if (kinds.length === 0 || kinds.some((kind) => allowed.includes(kind))) return null;
  return kinds.every((kind) => kind === 'set-aside') ? 'mfa.set-aside' : 'mfa.kind-not-allowed';
}

/** What the rules say about a second factor for one person, whatever has been proved so far. */
export type MfaStanding =
  | { readonly rule: 'none'; readonly reason: 'mfa.off' | 'mfa.not-for-external' | 'mfa.by-provider' }
  | { readonly rule: 'voluntary' }
  | { readonly rule: 'mandatory'; readonly reason: 'mfa.required-by-option' | 'mfa.required-by-authenticator' };

/**
 * Whether a second factor is out of the question, free, or demanded (MFA-1, MFA-2, MFA-3, MFA-7).
 *
 * The strictest rule wins: an authenticator that demands MFA outweighs an option that is `off`. What concerns passwords
 * concerns nobody on an external authenticator, unless that one says « ask here ».
 */
export function mfaStanding(facts: Pick<Facts, 'authenticator' | 'options'>): MfaStanding {
  if (facts.authenticator.type !== 'system') {
    if (facts.authenticator.externalMfa === 'ask')
      return { rule: 'mandatory', reason: 'mfa.required-by-authenticator' };
    return {
      rule: 'none',
      reason: facts.authenticator.externalMfa === 'demand' ? 'mfa.by-provider' : 'mfa.not-for-external',
    };
  }
  if (facts.options.mfa === 'mandatory') return { rule: 'mandatory', reason: 'mfa.required-by-option' };
  if (facts.authenticator.mfaRequired) return { rule: 'mandatory', reason: 'mfa.required-by-authenticator' };
  if (facts.options.mfa === 'off') return { rule: 'none', reason: 'mfa.off' };
  return { rule: 'voluntary' };
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The end of the grace in which enrolment can be put off; null where there is none or it is over (MFA-4). */
function graceEnd(facts: Facts): Date | null {
  if (facts.account === null || facts.options.mfaGraceDays === 0) return null;
  const since = Math.max(facts.account.createdAt.getTime(), facts.options.mfaSince?.getTime() ?? 0);
  const end = new Date(since + facts.options.mfaGraceDays * DAY_MS);
  return end > facts.now ? end : null;
}

/** The next step and why. Total: every combination of facts has an answer, and doubt never opens the door. */
export function decide(facts: Facts): Decision {
  const { account, authenticator, proofs } = facts;
  const external = authenticator.type !== 'system';
  // An unknown person is asked for a password like everybody else, or goes to the provider that owns their address like
  // everybody else of that address (SIGN-1), and never passes either.
  if (account === null) {
    if (!external || !authenticator.active) return { step: 'password', reasons: ['account.unknown'] };
    return { step: 'redirect', reasons: ['authenticator.external'] };
  }
  // A proof of another kind than the account's present authenticator takes is none.
  if ((external ? proofs.externalAt : proofs.passwordAt) === null) {
    if (external && authenticator.active) return { step: 'redirect', reasons: ['authenticator.external'] };
    return { step: 'password', reasons: ['proof.password-missing'] };
  }
  if (account.status === 'suspended') return { step: 'blocked', reasons: ['account.suspended'] };
  if (account.status === 'invited') return { step: 'blocked', reasons: ['account.invited'] };
  if (!authenticator.active) return { step: 'blocked', reasons: ['authenticator.inactive'] };

  // Before anything is said about a second factor: from a wrong place nobody learns whether there is one.
  const verdict = judgeNetwork(facts.network, facts.now);
  if (verdict === 'refused') return { step: 'blocked', reasons: ['network.outside'] };

  if (external && authenticator.externalMfa === 'demand' && proofs.externalFactorAt === null) {
    return { step: 'blocked', reasons: ['mfa.provider-lacks'] };
  }
  const second = decideSecondFactor(facts);
  const against = second.step === 'challenge' ? null : objectionToDevice(facts);
  // After all proofs, so that whoever lacks one learns nothing and asks nobody; before anything new could be set up here.
  if (against !== null) return { step: 'blocked', reasons: [against] };
  const reasons = [...second.reasons, ...NETWORK_REASONS[verdict]];
  // A new password is asked for last, so that nobody can set one who has not proved everything else.
  if (second.step === 'signed-in' && account.mustChangePassword && !external) {
    return { step: 'change-password', reasons: ['password.must-change', ...NETWORK_REASONS[verdict]] };
  }
  return { ...second, reasons };
}

/** What lets somebody in all the same, but is to be recorded or shown. */
const NETWORK_REASONS: Record<Exclude<NetworkVerdict, 'refused'>, readonly Reason[]> = {
  open: [],
  inside: [],
  excepted: ['network.excepted'],
  watched: ['network.watched'],
  warned: ['network.warned'],
};

/** Why nobody comes in with this browser, whatever they have proved (LOC-6); null: nothing stands against it. */
function objectionToDevice({ options, device }: Facts): 'device.waiting' | 'device.revoked' | null {
  if (device.revokedAt !== null) return 'device.revoked';
  return options.deviceApproval === 'required' && device.approvedAt === null ? 'device.waiting' : null;
}

function signedIn(reasons: readonly Reason[], graceUntil: Date | null = null): Decision {
  return { step: 'signed-in', reasons: [...reasons, 'proof.complete'], graceUntil };
}

/**
 * Which of an account's kinds of factors are taken as a proof (AUTH-3): those that its authenticator allows. Where it allows
 * none of them any more, what stands is taken once more, so that it can be replaced.
 */
export function usableKinds(kinds: readonly FactorKind[], allowed: readonly FactorKind[]): readonly FactorKind[] {
  const usable = kinds.filter((kind) => allowed.includes(kind));
  return usable.length > 0 ? usable : kinds;
}

/** Trusted still, and no longer than the option allows today: a shortened one shortens what was granted before. */
function deviceIsTrusted({ options, device, now }: Facts): boolean {
  if (device.trustedUntil === null || device.trustedUntil <= now) return false;
  return device.trustedUntil.getTime() <= now.getTime() + options.mfaRememberDeviceDays * DAY_MS;
}

function decideSecondFactor(facts: Facts): Decision {
  const standing = mfaStanding(facts);
  if (standing.rule === 'none') return signedIn([standing.reason]);
  const kinds = facts.account!.factorKinds;
  const enrolled = kinds.length > 0;
  const demanded: Reason[] = standing.rule === 'mandatory' ? [standing.reason] : [];
  if (enrolled) {
    if (facts.proofs.factorAt !== null) {
      // What stands is proved first, and only then replaced: a password alone never sets up a new factor (AUTH-3).
      const replacement = replacementOf(kinds, facts.authenticator.factorKinds);
      if (standing.rule === 'mandatory' && replacement !== null) {
        return { step: 'enrol', reasons: [...demanded, replacement], postponableUntil: null };
      }
      return signedIn(demanded);
    }
    if (facts.proofs.passUntil !== null && facts.proofs.passUntil > facts.now) {
      return signedIn([...demanded, 'mfa.pass']);
    }
    if (deviceIsTrusted(facts)) {
      return signedIn([...demanded, 'mfa.device-trusted']);
    }
    return { step: 'challenge', reasons: [...demanded, 'mfa.enrolled'] };
  }
  if (standing.rule === 'voluntary') return signedIn(['mfa.not-enrolled']);
  const postponableUntil = graceEnd(facts);
  if (postponableUntil !== null && facts.enrolmentPostponedAt !== null) {
    return signedIn([...demanded, 'mfa.grace'], postponableUntil);
  }
  return { step: 'enrol', reasons: [...demanded, 'mfa.not-enrolled'], postponableUntil };
}
