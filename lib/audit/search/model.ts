import type { AuditOutcome } from '../model';

/** Whoever an event speaks of. Events hold ids alone; the name is that of today, null once the account is erased. */
export type Party =
  | { readonly kind: 'account'; readonly id: string; readonly name: string | null }
  | { readonly kind: 'visitor' | 'operator' | 'system' };

/** An event as a reader sees it. */
export interface AuditRecord {
  readonly id: string;
  /** In UTC, with microseconds: `2026-11-22T13:05:59.123456Z`. */
  readonly at: string;
  readonly action: string;
  readonly outcome: AuditOutcome;
  readonly reason: string | null;
  readonly actor: Party;
  /** On whom it was done, who may be the actor; null where that is nobody. */
  readonly subject: Extract<Party, { kind: 'account' }> | null;
  readonly address: string | null;
  /** What people know as the support code. */
  readonly requestId: string | null;
  readonly sessionId: string | null;
  readonly deviceId: string | null;
  /** What the browser of the device says of itself; null: not known, or the device was forgotten. */
  readonly userAgent: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** On whom an event was done, where that is somebody else than who did it. */
export function otherSubject({ actor, subject }: AuditRecord): AuditRecord['subject'] {
  return actor.kind === 'account' && actor.id === subject?.id ? null : subject;
}

/** One page of the list, newest first. */
export interface AuditPage {
  readonly events: readonly AuditRecord[];
  /** The event after which the older ones go on; null where there are none. */
  readonly older: string | null;
  /** The event before which the newer ones stand; null where there are none. */
  readonly newer: string | null;
  /** Looked through as far as this moment, and not yet further: `older` goes on from there. */
  readonly lookedUntil: string | null;
  /** Whom the filter names; null where it names nobody, or nobody whom the organisation knows. */
  readonly person: Extract<Party, { kind: 'account' }> | null;
}
