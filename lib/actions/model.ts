import type { RefusalCode } from '@/lib/refusals';

/** What a form gets back. Sentences are ready to be shown: the browser knows no message file. */
export type ActionState =
  | { readonly status: 'idle' }
  | {
      readonly status: 'invalid';
      /** A sentence for each field that is wrong. */
      readonly fields: Readonly<Record<string, string>>;
      /** What was typed, so that nothing is lost; never a secret. */
      readonly values: Readonly<Record<string, string>>;
    }
  | {
      readonly status: 'refused';
      readonly code: RefusalCode;
      readonly message: string;
      readonly values: Readonly<Record<string, string>>;
      /** What must be done first, in another tab: this form keeps what was typed. */
      readonly first?: { readonly href: string; readonly label: string };
    }
  | {
      /** Some fields were filled in; nothing is kept yet. */
      readonly status: 'filled';
      readonly message: string;
      readonly values: Readonly<Record<string, string>>;
    }
  | {
      readonly status: 'ok';
      readonly message: string;
      /** A secret that was made for whoever sent the form: shown this once and kept nowhere. */
      readonly reveal?: string;
    }
  /** On to another document: what stood in this one, a key, must not linger in it (ENROL-2). */
  | { readonly status: 'leave'; readonly next: string };

export const IDLE: ActionState = { status: 'idle' };

/** A server action as forms see it. */
export type ServerAction = (previous: ActionState, form: FormData) => Promise<ActionState>;
