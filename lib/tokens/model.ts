/** The longest serial number, as it is printed. */
export const SERIAL_MAX = 64;

/** A serial number without what people leave out or add when they copy it, in capitals; null: it is none. */
export function readSerial(typed: string): string | null {
  const key = typed
    .normalize('NFKC')
    .replace(/[\s\p{Z}\p{Pd}\p{Cf}\u2212]/gu, '')
    .toUpperCase();
  return /^[0-9A-Z]+$/.test(key) && key.length <= SERIAL_MAX ? key : null;
}

/** Tokens that one organisation may register. */
export const TOKENS_MAX = 10_000;
export const TOKEN_FILE_BYTES_MAX = 500_000;
export const TOKEN_LINES_MAX = 1_000;
/** How long a file waits between its dry run and its registration. */
export const TOKEN_IMPORT_LIFETIME_MINUTES = 60;
export const TOKENS_PER_PAGE = 50;

export const TOKEN_KINDS = ['totp', 'hotp'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** A counter that a maker gives is small; beyond this it is a mistake. */
export const COUNTER_MAX = 1_000_000_000;

/** A token as administrators see it: never its seed. */
export interface ListedToken {
  readonly id: string;
  readonly serial: string;
  readonly kind: TokenKind;
  /** `used`: it is somebody's factor; `assigned`: it waits for them to confirm it; `free`: nobody's. */
  readonly state: 'free' | 'assigned' | 'used';
  readonly person: string | null;
  readonly lastUsedAt: Date | null;
  /** Whether whoever looks may take it back: it is not their own, and its owner is within reach. */
  readonly mayTakeBack: boolean;
}

export const TOKEN_COLUMNS = ['serial', 'seed', 'kind', 'counter'] as const;
export type TokenColumn = (typeof TOKEN_COLUMNS)[number];

/** What can be wrong with a line of a file of tokens. */
export const TOKEN_ISSUES = [
  'serial.wrong',
  'serial.taken',
  'serial.twice',
  'seed.wrong',
  'kind.unknown',
  'counter.wrong',
] as const;

export interface TokenIssue {
  readonly column: TokenColumn;
  readonly code: (typeof TOKEN_ISSUES)[number];
  /** Where the same value stands already, for `.twice`. */
  readonly line?: number;
}

/** What a line says, as far as the line alone can tell; the seed is null where it is wrong. */
export interface ReadToken {
  readonly line: number;
  readonly serial: string;
  readonly serialKey: string | null;
  readonly seed: string | null;
  readonly kind: TokenKind | null;
  readonly counter: number;
  readonly issues: readonly TokenIssue[];
}

/** The report of a dry run: no seed is in it. */
export interface TokenImportView {
  readonly id: string;
  readonly ready: number;
  readonly wrong: number;
  readonly lines: readonly {
    readonly line: number;
    readonly serial: string;
    readonly kind: TokenKind | null;
    readonly issues: readonly TokenIssue[];
  }[];
  readonly expiresAt: Date;
}
