import type { Locale } from '@/lib/language/locale';

/** What every page may know of the organisation it stands in. */
export interface Organisation {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly locale: Locale;
  readonly timeZone: string;
  /** Moves whenever a setting does (SCALE-1). */
  readonly settingsVersion: number;
}
