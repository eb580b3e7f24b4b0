import type { BrowserContext, Page } from '@playwright/test';
import type { Hand } from './hand';
import type { Language, Words } from './words';

/** Somebody before a browser of their own. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly hand: Hand;
  readonly language: Language;
  readonly words: Words;
  /** Whether pages may run scripts. */
  readonly script: boolean;
}
