import { config } from '@/lib/config';
import type { Locale } from '@/lib/language/locale';
import { settingsOf } from '@/lib/options/service';
import { composeLetter, type ComposedLetter } from './compose';
import { openLetter } from './outbox';
import { listDemoLetters, type DemoLetterRow } from './store';

/** A letter on the outbox page of the demo, where all post of all organisations lies open. */
export interface DemoLetter {
  readonly id: string;
  readonly to: string;
  readonly organisation: string;
  readonly timeZone: string;
  readonly locale: Locale;
  readonly createdAt: Date;
  readonly letter: ComposedLetter;
}

const LETTER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function read(row: DemoLetterRow): Promise<DemoLetter> {
  const { organisation, locale, createdAt } = row;
  const { options } = await settingsOf(organisation);
  const desk = { organisation, locale, origin: config().APP_ORIGIN, at: createdAt, help: options.helpContact };
  return {
    id: row.id,
    to: row.address,
    organisation: organisation.name,
    timeZone: organisation.timeZone,
    locale,
    createdAt,
    letter: composeLetter(openLetter(row), desk),
  };
}

/** The newest hundred letters, the newest first; null where this is no demo. Nobody is asked who they are. */
export async function listDemoOutbox(): Promise<DemoLetter[] | null> {
  if (!config().DEMO) return null;
  return Promise.all((await listDemoLetters(null)).map(read));
}

/** One letter; null where there is none, or this is no demo. */
export async function findDemoLetter(id: string): Promise<DemoLetter | null> {
  if (!config().DEMO || !LETTER_ID.test(id)) return null;
  const [row] = await listDemoLetters(id);
  return row ? read(row) : null;
}
