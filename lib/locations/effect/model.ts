/** How far back the sign-ins are played again. */
export const REPLAYED_DAYS = 30;
export const NAMES_MAX = 10;

/** People by number, the first of them by name. */
export interface Crowd {
  readonly total: number;
  readonly names: readonly string[];
}

/** The sign-ins of the last {@link REPLAYED_DAYS} days against a draft (GUARD-3), and whose they were. */
export interface Replay extends Crowd {
  /** How many of them the draft would have met. */
  readonly signIns: number;
  /** How many of those were refused anyway, for where they came from or with which browser. */
  readonly refused: number;
  /** How many there were of this kind of account: completed, or refused with every proof given. */
  readonly of: number;
}

/** Whom a filter would find outside, and then stop, warn or note, as its mode says. */
export interface FilterEffect {
  /** With a session that is open, by the address that it was opened from. */
  readonly open: Crowd;
  /** Exceptions left aside. */
  readonly past: Replay;
}
