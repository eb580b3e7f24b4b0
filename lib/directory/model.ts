import { z } from 'zod';
import { KINDS, STATUSES, type AccountStatus, type RoleChoice } from '@/lib/accounts/model';
import type { AccountKind } from '@/lib/policy/decision';

/** Longer searches are cut: nobody types as much (Bad inputs 88). */
const SEARCH_CHARACTERS_MAX = 200;

/** A word of the address that isn't one of these counts as none: a list is never refused. */
const oneOf = <const T extends readonly string[]>(words: T) => z.enum(words).nullable().catch(null);

/**
 * Where somebody stands with their second factor, counted as the board counts (MFA-9). `provider`: whoever vouches for them
 * sees to it, and none is asked here (MFA-3), even where one was set up before.
 */
export const MFA_STATES = ['enrolled', 'not-enrolled', 'provider'] as const;
export type MfaState = (typeof MFA_STATES)[number];

/** What the list of accounts is asked for, as it stands in the page's address. */
export const directoryQuery = z.object({
  /** Words that must all occur, in name, e-mail or username; accents and capitals don't matter. */
  search: z
    .string()
    .catch('')
    .transform((typed) =>
      typed
        .replace(/[\p{Cc}\p{Cs}]/gu, ' ')
        .trim()
        .slice(0, SEARCH_CHARACTERS_MAX)
        .normalize('NFC'),
    ),
  kind: oneOf(KINDS),
  status: oneOf(STATUSES),
  mfa: oneOf(MFA_STATES),
  authenticator: z.uuid().nullable().catch(null),
  /** Where the page begins, or ends: what a page before it gave as `next` or `previous`. */
  after: z.string().max(4000).nullable().catch(null),
  before: z.string().max(4000).nullable().catch(null),
});

export type DirectoryQuery = z.output<typeof directoryQuery>;

export interface DirectoryRow {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly username: string;
  readonly kind: AccountKind;
  readonly status: AccountStatus;
  readonly role: RoleChoice | null;
  readonly authenticator: string;
  readonly mfa: MfaState;
}

export interface DirectoryPage {
  readonly rows: readonly DirectoryRow[];
  /** For `before` and `after` of the neighbouring pages; null: there is none. */
  readonly previous: string | null;
  readonly next: string | null;
}
