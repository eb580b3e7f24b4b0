/** For how long a one-time pass can be good (RESET-3). */
export const PASS_MINUTES = { min: 15, max: 720 } as const;

/** What the page offers, in minutes; the rest can be asked of the operator's command. */
export const PASS_CHOICES = [15, 60, 120, 240, 480, 720] as const;

/** A pass that was issued: the only time it exists outside the person's hands. */
export interface IssuedPass {
  /** `XXXX-XXXX-XXXX`. */
  readonly code: string;
  readonly validUntil: Date;
}

/** A pass that is still good for something: unused, or used by a session that it keeps open. */
export interface StandingPass {
  readonly id: string;
  readonly createdAt: Date;
  readonly validUntil: Date;
  readonly usedAt: Date | null;
}
