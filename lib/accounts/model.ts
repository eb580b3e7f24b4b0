import type { AccountKind } from '@/lib/policy/decision';
import type { BuiltInRole } from '@/lib/policy/permissions';
import type { Locale } from '@/lib/language/locale';

export const KINDS = ['employee', 'parent', 'external'] as const satisfies readonly AccountKind[];

/** `invited`: made, and not yet opened by its owner. `suspended`: closed by an administrator, everything kept. */
export const STATUSES = ['active', 'invited', 'suspended'] as const;
export type AccountStatus = (typeof STATUSES)[number];

/** A role as a list of choices shows it; built-in ones are named by the language of the page. */
export interface RoleChoice {
  readonly id: string;
  readonly name: string;
  readonly builtIn: BuiltInRole | null;
}

/** What an administrator says of an account, new or not. */
export interface AccountProfile {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  /** Null: made of the e-mail. */
  readonly username: string | null;
  readonly kind: AccountKind;
  /** Only employees can have one. */
  readonly roleId: string | null;
  /** Null: the organisation's. */
  readonly locale: Locale | null;
}

/** One account as its page in the settings shows it. */
export interface AccountDetails {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly username: string;
  readonly kind: AccountKind;
  readonly status: AccountStatus;
  readonly locale: Locale | null;
  readonly role: RoleChoice | null;
  readonly authenticator: { readonly id: string; readonly name: string; readonly type: 'system' | 'saml' | 'oidc' };
  /** Whether a second factor can be asked of them here: not of those whose provider sees to it (MFA-3). */
  readonly askedHere: boolean;
  readonly createdAt: Date;
  /** How many second factors are set up. */
  readonly factors: number;
  /** How many sessions are open. */
  readonly sessions: number;
  readonly lastSignInAt: Date | null;
  /** Until when the link of the newest invitation works; null: none is open. */
  readonly invitationUntil: Date | null;
}
