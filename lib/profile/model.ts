import type { Locale } from '@/lib/language/locale';

export const PICTURE_BYTES_MAX = 2_000_000;

/** What a person changes of their own profile. The e-mail has a way of its own: it must be confirmed. */
export interface ProfileChange {
  readonly firstName: string;
  readonly lastName: string;
  /** Null: the browser's language, and the organisation's time zone. */
  readonly locale: Locale | null;
  readonly timeZone: string | null;
}
