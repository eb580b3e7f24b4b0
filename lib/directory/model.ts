import { z } from 'zod';
import { KINDS, STATUSES, type AccountStatus, type RoleChoice } from '@/lib/accounts/model';
import type { AccountKind } from '@/lib/policy/decision';

/** Longer searches are cut: nobody types as much (Bad inputs 88). */
const SEARCH_CHARACTERS_MAX = 200;

/** A word of the address that isn't one of these counts as none: a list is never refused. */
const oneOf = <const T extends readonly string[]>(words: T) => z.enum(words).nullable().catch(null);

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
  mfa: oneOf(['enrolled', 'not-enrolled']),
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
  /** `provider`: whoever vouches for them sees to their second factor, and none is asked here (MFA-3). */
  readonly mfa: 'enrolled' | 'not-enrolled' | 'provider';
}

export interface DirectoryPage {
  readonly rows: readonly DirectoryRow[];
  /** For `before` and `after` of the neighbouring pages; null: there is none. */
  readonly previous: string | null;
  readonly next: string | null;
}
