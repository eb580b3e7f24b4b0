import type { Locale } from '@/lib/language/locale';
import type { Organisation } from '@/lib/organisations/model';
import type { AccountKind, Facts, StandingKind } from '@/lib/policy/decision';
import type { BuiltInRole, Permission } from '@/lib/policy/permissions';

/** Where a request came from, for the record and for the budgets of tries. */
export interface RequestOrigin {
  readonly requestId: string;
  /** The person's address as `lib/network/client-address.ts` finds it; null: unknown, which never helps anyone. */
  readonly address: string | null;
  readonly userAgent: string;
}

/** Somebody who has not signed in: all we know is the door they stand at and the cookies of their browser. */
export interface Visitor {
  readonly kind: 'visitor';
  readonly organisation: Organisation;
  readonly origin: RequestOrigin;
  readonly locale: Locale;
  /** Binds half-way states to this browser (SIGN-3). */
  readonly browserToken: string | null;
  /** Names this browser to accounts that have signed in with it (SIGN-4). */
  readonly deviceToken: string | null;
  /** The session that this browser already has here, if any: it ends when a new one begins. */
  readonly sessionToken: string | null;
}

/** Somebody in front of the house, where no organisation is known yet. */
export type Passerby = Omit<Visitor, 'organisation'>;

/** Somebody at the door that a URL names: the act itself finds the organisation, where there is one. */
export type Arrival = Passerby & { readonly organisation: Pick<Organisation, 'slug'> };

/** A signed-in person on whom the decision said `signed-in`, for this very request. */
export interface Actor {
  readonly kind: 'account';
  readonly organisation: Organisation;
  readonly origin: RequestOrigin;
  readonly locale: Locale;
  readonly now: Date;
  readonly sessionId: string;
  readonly deviceId: string | null;
  readonly account: {
    readonly id: string;
    readonly kind: AccountKind;
    readonly email: string;
    readonly username: string;
    readonly firstName: string;
    readonly lastName: string;
    readonly locale: Locale | null;
    readonly timeZone: string | null;
    readonly role: BuiltInRole | null;
    readonly enrolmentOfferAnsweredAt: Date | null;
    readonly factorKinds: readonly StandingKind[];
    readonly recoveryCodesLeft: number;
    /** When the picture last changed; null: there is none. */
    readonly pictureVersion: Date | null;
    readonly authenticatorId: string;
  };
  readonly permissions: ReadonlySet<Permission>;
  readonly proofs: Facts['proofs'];
}

/** The operator's command: over the database alone, outside every role, and audited as itself. */
export interface Operator {
  readonly kind: 'operator';
  readonly organisation: Organisation;
}

/** The portal itself, when it does what somebody left to it: what was not confirmed in time is put back. */
export interface System {
  readonly kind: 'system';
  readonly organisation: { readonly id: string };
  /** Of the request that it answers, where it is one. */
  readonly origin?: RequestOrigin;
}
