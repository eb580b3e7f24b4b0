import { z } from 'zod';
import { KINDS } from '@/lib/accounts/model';

/** Whom a move takes: all of a kind, of a role, or of one authenticator (AUTH-9). */
export const crowd = z
  .string({ error: 'text.invalid' })
  .max(60, { error: 'text.tooLong' })
  .transform((text, context): Crowd => {
    const [word, value = ''] = text.split(':');
    const kind = KINDS.find((one) => one === value);
    if (word === 'kind' && kind !== undefined) return { kind };
    if (z.uuid().safeParse(value).success) {
      if (word === 'role') return { roleId: value };
      if (word === 'from') return { authenticatorId: value };
    }
    context.addIssue({ code: 'custom', message: 'text.invalid' });
    return z.NEVER;
  });
export type Crowd =
  { readonly kind: (typeof KINDS)[number] } | { readonly roleId: string } | { readonly authenticatorId: string };

/** {@link crowd} back into the text that it reads. */
export function writeCrowd(whom: Crowd): string {
  if ('kind' in whom) return `kind:${whom.kind}`;
  return 'roleId' in whom ? `role:${whom.roleId}` : `from:${whom.authenticatorId}`;
}

/** What becomes of those who have no external identity at the authenticator that they move to. */
export const WITHOUT_IDENTITY = ['refuse', 'from-email', 'move'] as const;
export type WithoutIdentity = (typeof WITHOUT_IDENTITY)[number];

/** What a move would do, before anything is done. */
export interface MovePreview {
  /** Those who would move. */
  readonly moving: number;
  /** Those of the crowd who stand there already. */
  readonly there: number;
  /** Whether whoever asks is among the crowd: they stay where they are. */
  readonly own: boolean;
  /** Those who may do more than whoever asks, and stay where they are. */
  readonly beyond: number;
  /** Of those who would move: without an external identity there, and so without a way in. */
  readonly lacking: number;
  /** The first of them by name. */
  readonly lackingNames: readonly string[];
  /** Of those who would move to a password: without one; they get a letter. */
  readonly withoutPassword: number;
}

/** A move that was made, and may still be taken back. */
export interface Move {
  readonly id: string;
  readonly to: string;
  readonly toName: string;
  readonly madeByName: string;
  readonly accounts: number;
  readonly createdAt: Date;
  readonly undoableUntil: Date;
}

/** How long a move can be taken back. */
export const UNDO_HOURS = 24;

/** How long one administrator may keep the database busy with a hundred thousand accounts. */
export const FOR_VERY_MANY = { withinMs: 120_000 } as const;
