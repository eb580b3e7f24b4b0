import { plainWord, readRecords } from '@/lib/imports/csv';
import { Refusal } from '@/lib/refusals';
import {
  COUNTER_MAX,
  readSerial,
  SERIAL_MAX,
  TOKEN_LINES_MAX,
  type ReadToken,
  type TokenColumn,
  type TokenIssue,
  type TokenKind,
} from './model';
import { readSeed } from './seed';

/** How makers and people head their columns, without accents, signs and capitals. */
const HEADINGS: Readonly<Record<string, TokenColumn>> = {
  numerodeserie: 'serial',
  numero: 'serial',
  serie: 'serial',
  serial: 'serial',
  serialnumber: 'serial',
  graine: 'seed',
  cle: 'seed',
  secret: 'seed',
  secretkey: 'seed',
  seed: 'seed',
  key: 'seed',
  type: 'kind',
  sorte: 'kind',
  kind: 'kind',
  compteur: 'counter',
  counter: 'counter',
};

const KIND_WORDS: Readonly<Record<string, TokenKind>> = {
  totp: 'totp',
  temps: 'totp',
  time: 'totp',
  '': 'totp',
  hotp: 'hotp',
  compteur: 'hotp',
  counter: 'hotp',
};

/**
 * Reads a file of tokens: CSV with a serial number and a seed on each line, and, where they are not TOTP, their type and
 * counter. What is wrong with a line stands in the line; what makes the file unreadable is refused.
 *
 * @throws {Refusal} `import.unreadable` (with `line`), `import.no-lines`, `import.too-many-lines` (with `max`),
 * `import.columns` (with `columns`)
 */
export function readTokensFile(bytes: Buffer): ReadToken[] {
  const [heading, ...rest] = readRecords(bytes, TOKEN_LINES_MAX);
  if (heading === undefined) throw new Refusal('import.no-lines');
  const columns = heading.record.map((cell) => HEADINGS[plainWord(cell)] ?? null);
  const missing = (['serial', 'seed'] as const).filter((column) => !columns.includes(column));
  if (missing.length > 0) throw new Refusal('import.columns', { columns: missing.join(', ') });
  if (rest.length === 0) throw new Refusal('import.no-lines');
  if (rest.length > TOKEN_LINES_MAX) throw new Refusal('import.too-many-lines', { max: TOKEN_LINES_MAX });
  const first = new Map<string, number>();
  return rest.map(({ record, line }) => {
    const cell = (column: TokenColumn) => record[columns.indexOf(column)]?.trim() ?? '';
    const issues: TokenIssue[] = [];
    const serialKey = readSerial(cell('serial'));
    if (serialKey === null) issues.push({ column: 'serial', code: 'serial.wrong' });
    else if (first.has(serialKey)) issues.push({ column: 'serial', code: 'serial.twice', line: first.get(serialKey)! });
    else first.set(serialKey, line);
    const seed = readSeed(cell('seed'));
    if (seed === null) issues.push({ column: 'seed', code: 'seed.wrong' });
    const kind = KIND_WORDS[plainWord(cell('kind'))] ?? null;
    if (kind === null) issues.push({ column: 'kind', code: 'kind.unknown' });
    const counter = readCounter(cell('counter'));
    if (counter === null) issues.push({ column: 'counter', code: 'counter.wrong' });
    return { line, serial: cell('serial').slice(0, SERIAL_MAX), serialKey, seed, kind, counter: counter ?? 0, issues };
  });
}

/** A whole number, or nothing, which is 0; null: neither. */
export function readCounter(typed: string): number | null {
  if (typed.trim() === '') return 0;
  const number = /^\d{1,10}$/.test(typed.trim()) ? Number(typed.trim()) : Number.NaN;
  return number <= COUNTER_MAX ? number : null;
}
