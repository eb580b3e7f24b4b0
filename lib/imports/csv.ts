import { CsvError, parse } from 'csv-parse/sync';
import { email, personName, username } from '@/lib/accounts/text';
import { EXPECTED_MAX } from '@/lib/external/expected';
import { Refusal } from '@/lib/refusals';
import { z } from 'zod';
import {
  COMPULSORY_COLUMNS,
  IMPORT_LINES_MAX,
  type Column,
  type LineIssue,
  type ReadFile,
  type ReadLine,
} from './model';

/** How people head their columns, without accents, signs and capitals. */
const HEADINGS: Readonly<Record<string, Column>> = {
  prenom: 'firstName',
  firstname: 'firstName',
  givenname: 'firstName',
  nom: 'lastName',
  nomdefamille: 'lastName',
  lastname: 'lastName',
  surname: 'lastName',
  familyname: 'lastName',
  courriel: 'email',
  adressecourriel: 'email',
  email: 'email',
  mail: 'email',
  emailaddress: 'email',
  nomdutilisateur: 'username',
  utilisateur: 'username',
  identifiant: 'username',
  username: 'username',
  profil: 'kind',
  type: 'kind',
  profile: 'kind',
  kind: 'kind',
  role: 'role',
  langue: 'language',
  language: 'language',
  authentificateur: 'authenticator',
  authentificateurdeconnexion: 'authenticator',
  authenticator: 'authenticator',
  loginauthenticator: 'authenticator',
  identiteexterne: 'identity',
  identite: 'identity',
  externalidentity: 'identity',
};

const KIND_WORDS: Readonly<Record<string, ReadLine['kind']>> = {
  employe: 'employee',
  employee: 'employee',
  parent: 'parent',
  externe: 'external',
  external: 'external',
  personneexterne: 'external',
  externalperson: 'external',
};

const LANGUAGE_WORDS: Readonly<Record<string, ReadLine['locale']>> = {
  fr: 'fr',
  frca: 'fr',
  francais: 'fr',
  french: 'fr',
  en: 'en',
  enca: 'en',
  anglais: 'en',
  english: 'en',
};

/** Longer than any word or name that a cell is compared with; one character may become eighteen below. */
const WORD_MAX = 300;

/** Letters and digits alone, in lower case, without accents: « Nom d’utilisateur » is `nomdutilisateur`. */
export const plainWord = (text: string) =>
  text
    .slice(0, WORD_MAX)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/**
 * Reads a file of accounts: CSV with commas or semicolons, in UTF-8 (with a mark or without), UTF-16 with its mark, or
 * Windows-1252, as spreadsheets write it. What is wrong with a line stands in the line; what makes the file unreadable is refused.
 *
 * @throws {Refusal} `import.unreadable` (with `line`), `import.no-lines`, `import.too-many-lines` (with `max`),
 * `import.columns` (with `columns`)
 */
export function readAccountsFile(bytes: Buffer): ReadFile {
  const [heading, ...rest] = readRecords(bytes, IMPORT_LINES_MAX);
  if (heading === undefined) throw new Refusal('import.no-lines');
  const columns = heading.record.map((cell) => HEADINGS[plainWord(cell)] ?? null);
  const missing = COMPULSORY_COLUMNS.filter((column) => !columns.includes(column));
  if (missing.length > 0) throw new Refusal('import.columns', { columns: missing.join(', ') });
  if (rest.length === 0) throw new Refusal('import.no-lines');
  if (rest.length > IMPORT_LINES_MAX) throw new Refusal('import.too-many-lines', { max: IMPORT_LINES_MAX });
  // Looked up once: a heading may have thousands of columns, and each of thousands of lines asks for seven.
  const places = new Map(columns.map((column, place) => [column, place] as const).reverse());
  return {
    lines: rest.map(({ record, line }) => readLine(line, (column) => record[places.get(column) ?? -1] ?? '')),
    ignored: heading.record.filter((cell, index) => columns[index] === null && cell.trim() !== '').slice(0, 20),
  };
}

function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

interface FileRecord {
  readonly record: readonly string[];
  readonly line: number;
}

/**
 * The lines of a CSV file, each with its number in it; one more than `linesMax` beside the heading, where there are more.
 *
 * @throws {Refusal} `import.unreadable` (with `line`)
 */
export function readRecords(bytes: Buffer, linesMax: number): FileRecord[] {
  const text = decode(bytes);
  const firstLine = text.slice(0, 2000).split(/\r?\n|\r/, 1)[0]!;
  const occurrences = (sign: string) => firstLine.split(sign).length;
  try {
    const rows = parse(text, {
      delimiter: occurrences(';') > occurrences(',') ? ';' : ',',
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      max_record_size: 20_000,
      info: true,
      // One more than allowed is enough to know that there are too many.
      to: linesMax + 2,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return rows.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new Refusal('import.unreadable', { line: Number((error as { lines?: unknown }).lines ?? 1) });
  }
}

/** Exact, as {@link readExpected} will read it once the authenticator is known; here only what no page could hold is refused. */
const identity = z
  .string()
  .max(EXPECTED_MAX, { error: 'identity.tooLong' })
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u, { error: 'identity.value' });

/** What is shown of a value that is wrong. */
const SHOWN_CHARACTERS_MAX = 80;

function readLine(line: number, cell: (column: Column) => string): ReadLine {
  const issues: LineIssue[] = [];
  const wrong = (column: Column, code: string) => void issues.push({ column, code });
  const checked = (column: Column, schema: z.ZodType<string, string>) => {
    const result = schema.safeParse(cell(column));
    if (result.success) return result.data;
    wrong(column, result.error.issues[0]!.message);
    return shown(cell(column));
  };
  const word = <T>(column: Column, words: Readonly<Record<string, T>>, missing: string | null): T | null => {
    const typed = plainWord(cell(column));
    if (typed === '') {
      if (missing !== null) wrong(column, missing);
      return null;
    }
    const found = Object.hasOwn(words, typed) ? words[typed]! : null;
    if (found === null) wrong(column, `${column}.unknown`);
    return found;
  };
  return {
    line,
    firstName: checked('firstName', personName),
    lastName: checked('lastName', personName),
    email: checked('email', email),
    username: cell('username').trim() === '' ? null : checked('username', username),
    kind: word('kind', KIND_WORDS, 'text.required'),
    role: cell('role').trim() === '' ? null : shown(cell('role')),
    locale: word('language', LANGUAGE_WORDS, null),
    authenticator: cell('authenticator').trim() === '' ? null : shown(cell('authenticator')),
    identity: checked('identity', identity) || null,
    issues,
  };
}

/** A value as a report may show it: without anything that a page or PostgreSQL can't hold. */
const shown = (typed: string) =>
  [...typed.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '').trim()].slice(0, SHOWN_CHARACTERS_MAX).join('');

/**
 * A cell of a CSV that we write: quoted where it must be, and with an apostrophe before what a spreadsheet would take for
 * a formula (Bad inputs 21).
 */
export function csvCell(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",;\r\n']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
