import type { AccountKind } from '@/lib/policy/decision';
import type { Locale } from '@/lib/language/locale';

export const IMPORT_BYTES_MAX = 2_000_000;
export const IMPORT_LINES_MAX = 5_000;
/** How long a file waits between its dry run and its import. */
export const IMPORT_LIFETIME_MINUTES = 60;

export const COLUMNS = [
  'firstName',
  'lastName',
  'email',
  'username',
  'kind',
  'role',
  'language',
  'authenticator',
  'identity',
] as const;
export type Column = (typeof COLUMNS)[number];
export const COMPULSORY_COLUMNS = ['firstName', 'lastName', 'email', 'kind'] as const satisfies readonly Column[];

/** What can be wrong with a line, beside what `lib/accounts/text.ts` says of a single field. */
export const LINE_ISSUES = [
  'kind.unknown',
  'language.unknown',
  'role.unknown',
  'role.beyond',
  'role.not-for-kind',
  'email.taken',
  'email.twice',
  'username.taken',
  'username.twice',
  'authenticator.unknown',
  'authenticator.inactive',
  'identity.not-external',
  'identity.taken',
  'identity.twice',
] as const;

export interface LineIssue {
  readonly column: Column;
  /** One of {@link LINE_ISSUES}, or of the issues of a text field. */
  readonly code: string;
  /** Where the same value stands already, for `.twice`. */
  readonly line?: number;
}

/** What a line says, as far as the line alone can tell. */
export interface ReadLine {
  /** Where it ends in the file, counted from 1. */
  readonly line: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly username: string | null;
  readonly kind: AccountKind | null;
  /** As typed; which role it is, the organisation knows. */
  readonly role: string | null;
  readonly locale: Locale | null;
  /** As typed; which authenticator it is, the organisation knows. Missing in what an older version read. */
  readonly authenticator?: string | null;
  /** As typed, to the letter (AUTH-7). */
  readonly identity?: string | null;
  readonly issues: readonly LineIssue[];
}

export interface ReadFile {
  readonly lines: readonly ReadLine[];
  /** Headings that name nothing we know: those columns are not read. */
  readonly ignored: readonly string[];
}

/** A line of the report: what would be made of it, or what is wrong. */
export interface ReportLine {
  readonly line: number;
  readonly name: string;
  readonly email: string;
  readonly username: string | null;
  readonly kind: AccountKind | null;
  readonly issues: readonly LineIssue[];
}

/** An import, before or after it was confirmed. */
export type ImportView =
  | {
      readonly state: 'checked';
      readonly id: string;
      readonly ready: number;
      readonly wrong: number;
      /** Those that are wrong, then those that are right; cut where there are very many. */
      readonly lines: readonly ReportLine[];
      readonly ignored: readonly string[];
      readonly expiresAt: Date;
    }
  | {
      readonly state: 'imported';
      readonly id: string;
      readonly accounts: number;
      readonly invitations: { readonly all: number; readonly left: number };
      /** True where invitations are left and none went out for a while: whoever sent them stopped. */
      readonly stalled: boolean;
    };
