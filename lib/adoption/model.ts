import type { AccountKind } from '@/lib/policy/decision';

/**
 * Where somebody stands when MFA is mandatory for their kind (MFA-9): a factor is there; one must be set up at the next
 * sign-in; or an external authenticator vouches for them, and nothing is asked here (MFA-3).
 */
export const STANDINGS = ['enrolled', 'to-enrol', 'external'] as const;
export type MfaStandingOfPerson = (typeof STANDINGS)[number];

/** How many people stand where, and the first of them by name. Suspended accounts don't count. */
export interface Adoption {
  readonly kind: AccountKind;
  readonly standing: MfaStandingOfPerson;
  readonly total: number;
  readonly names: readonly string[];
}

/** As many as a confirmation names of each group. */
export const NAMES_MAX = 10;

/** One of the people who are still to enrol. */
export interface ToEnrol {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly kind: AccountKind;
  /** They have not accepted their invitation yet: enrolment comes with it, and a reminder would lead nowhere. */
  readonly invited: boolean;
  readonly remindedAt: Date | null;
  /** A reminder within the last day is enough. */
  readonly mayRemind: boolean;
}

/** The role of somebody who may reset factors, with how many people hold it. */
export interface ResettingRole {
  readonly permissions: readonly string[];
  readonly total: number;
  /** The name of one of them. */
  readonly name: string;
}
