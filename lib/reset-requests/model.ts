/** A request that nobody answered is over after this long (RESET-4). */
export const REQUEST_LIFETIME_HOURS = 24;
/** Requests that one account can make in a day; one more is told to use the telephone. */
export const REQUESTS_PER_DAY_MAX = 5;
/** Administrators who are written to about one request. */
export const LETTERS_MAX = 10;

/** A request for help, as the administrators see it. */
export interface RequestView {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly email: string;
  readonly kind: 'employee' | 'parent' | 'external';
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** From where; null: not known. */
  readonly address: string | null;
  readonly userAgent: string;
  /** Whether the account had signed in before with this browser, and from this address. */
  readonly knownBrowser: boolean;
  readonly knownAddress: boolean;
  /** Whether this administrator may answer it. */
  readonly mayAnswer: boolean;
}

/** What the person who asked sees of it. */
export interface OwnRequest {
  readonly createdAt: Date;
  readonly expiresAt: Date;
}
