/** How far back the sign-ins are played again. */
export const REPLAYED_DAYS = 30;
export const NAMES_MAX = 10;

/** People by number, the first of them by name. */
export interface Crowd {
  readonly total: number;
  readonly names: readonly string[];
}

/** Whom a filter would find outside, and then stop, warn or note, as its mode says. */
export interface FilterEffect {
  /** With a session that is open, by the address that it was opened from. */
  readonly open: Crowd;
  /** By the sign-ins of the last {@link REPLAYED_DAYS} days, exceptions left aside. */
  readonly past: Crowd;
}
