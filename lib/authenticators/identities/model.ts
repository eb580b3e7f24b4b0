/** Who an account is at its authenticator's provider (AUTH-7). */
export interface Identity {
  /** As the administrator typed it; null: bound without one. */
  readonly expected: string | null;
  /** Whom the first sign-in pinned it to; null: nobody yet. */
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly boundAt: Date | null;
  /** What the provider last said that only resembled it; null: nothing did. */
  readonly nearSaid: string | null;
  readonly nearAt: Date | null;
}

/** Somebody who came from the provider and was refused, though they resembled somebody expected here. */
export interface RefusedIdentity {
  /** Of the audit event that holds everything. */
  readonly id: string;
  readonly at: Date;
  readonly reason: RefusedReason;
}

export const REFUSED_REASONS = ['external.near-match', 'external.other-subject', 'external.ambiguous'] as const;
export type RefusedReason = (typeof REFUSED_REASONS)[number];
