import type { FactorKind, Replacement } from '@/lib/policy/decision';

/** Where the password and code steps last this long, and enrolment that long, renewed by each step (SIGN-3). */
export const STEP_LIFETIME_MINUTES = 10;
export const ENROLMENT_LIFETIME_MINUTES = 60;
/** Codes that can be tried in one attempt before the password is asked again. */
export const CODES_PER_ATTEMPT_MAX = 5;

/** A factor as the pages of the code step need it. */
export interface ChallengeFactor {
  readonly id: string;
  readonly kind: FactorKind;
  /** The registered hardware token that it is. */
  readonly tokenId: string | null;
  readonly lastUsedAt: Date | null;
}

/** What the sign-in pages may know, on the server, of the attempt under way in this browser. */
export interface AttemptView {
  readonly id: string;
  /** As it was typed; nothing that only the account would know. */
  readonly identifier: string;
  readonly step:
    'password' | 'redirect' | 'blocked' | 'waiting' | 'change-password' | 'enrol' | 'challenge' | 'signed-in';
  /** Only once the password was right. */
  readonly person: null | {
    readonly accountId: string;
    readonly email: string;
    readonly firstName: string;
    /** The kinds that the account's authenticator allows (AUTH-3). */
    readonly allowedKinds: readonly FactorKind[];
    /** A factor was proved in this attempt already. */
    readonly factorProved: boolean;
    /** The factors that are taken as a proof (AUTH-3). */
    readonly factors: readonly ChallengeFactor[];
    readonly recoveryCodesLeft: number;
    readonly postponableUntil: Date | null;
    /** Why what the account has is to be replaced; null: nothing of it is (AUTH-3, ENROL-9). */
    readonly replaces: Replacement | null;
    readonly rememberDeviceDays: number;
  };
}

/** A session that was just opened: the only time its token exists outside the browser. */
export interface NewSession {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: Date;
  readonly deviceToken: string;
}

/** How a step of signing in ended: where to go, and what the browser is to keep. */
export interface StepOutcome {
  readonly next: string;
  readonly session?: NewSession;
  readonly browserToken?: string;
  /** The name of a browser that waits for an administrator (LOC-6). */
  readonly deviceToken?: string;
}

/** The factors by which whoever waits for a code can go on (AUTH-3); empty: nobody waits. */
export function listChallengeFactors({ step, person }: AttemptView): readonly ChallengeFactor[] {
  return step === 'challenge' && person !== null ? person.factors : [];
}
