import type { AccountKind } from '@/lib/policy/decision';

/** What was said of a browser: nobody yet, let in, kept out. */
export const DEVICE_STATES = ['waiting', 'approved', 'revoked'] as const;
export type DeviceState = (typeof DEVICE_STATES)[number];

/** An administrator's name for a browser is at most this long. */
export const DEVICE_NAME_MAX = 60;
/** Browsers of one account that can wait at the same time: the oldest make room. */
export const WAITING_PER_ACCOUNT_MAX = 10;
/** Administrators who are written to about one browser. */
export const APPROVERS_TOLD_MAX = 10;
/** Waiting browsers on the page, the oldest first; answered ones make room. */
export const WAITING_SHOWN_MAX = 100;
/** Browsers on one page of the list. */
export const DEVICES_PER_PAGE = 25;

/** A browser as the administrators see it. */
export interface ManagedDevice {
  readonly id: string;
  readonly state: DeviceState;
  readonly accountId: string;
  /** Whose it is. */
  readonly person: string;
  readonly email: string;
  readonly kind: AccountKind;
  /** May be empty. */
  readonly name: string;
  readonly userAgent: string;
  /** Where it was last seen; null: not known. */
  readonly address: string | null;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** Until when no code is asked there (MFA-5); null: it is asked. */
  readonly trustedUntil: Date | null;
  /** The browser that whoever looks sits at. */
  readonly current: boolean;
  /** Whether whoever looks may act on it. */
  readonly mayAnswer: boolean;
}

export interface DevicesView {
  readonly waiting: readonly ManagedDevice[];
  readonly settled: readonly ManagedDevice[];
  /** The id to go on after; null: this is the last page. */
  readonly next: string | null;
}
