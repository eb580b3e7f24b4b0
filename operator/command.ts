import { parseArgs } from 'node:util';
import type { Operator } from '@/lib/actors/model';
import { asOwner } from '@/lib/db/owner';
import { sentence } from '@/lib/language/translate';
import { findOrganisation, listOrganisations } from '@/lib/organisations/store';

/** A word after the command: what it stands for in the usage line, and what it is for. */
export interface Option {
  /** Null: a switch without a value. */
  readonly value: string | null;
  readonly help: string;
  readonly required?: boolean;
  /** Taken where the option is left out. */
  readonly initial?: string;
}

/** One thing that the operator can do. */
export interface Command {
  /** Two words, `org create`, or one: `doctor`. */
  readonly name: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly arguments?: readonly { readonly name: string; readonly help: string }[];
  /** What else the help says. */
  readonly remarks?: string;
  /** @returns what is printed on standard output at the end; null where all of it is there already */
  run(given: Given): Promise<string | null>;
}

/** What was typed after a command, checked against its options. */
export interface Given {
  /** An option's value; the empty string where it was left out and has no initial one. */
  option(name: string): string;
  has(name: string): boolean;
  argument(name: string): string;
}

/** The command line itself is wrong: exit code 2. */
export class UsageError extends Error {}

/** It was understood and can't be done: exit code 1. `message` is one line. */
export class Refused extends Error {}

/**
 * Reads what follows a command. A value is never repeated in a message: somebody may have typed a password.
 *
 * @throws {UsageError}
 */
export function readArguments(command: Command, words: readonly string[]): Given {
  const { options } = command;
  const names = (command.arguments ?? []).map(({ name }) => name);
  let parsed;
  try {
    parsed = parseArgs({
      args: [...words],
      options: Object.fromEntries(
        Object.entries(options).map(
          ([name, { value }]) => [name, { type: value === null ? 'boolean' : 'string' }] as const,
        ),
      ),
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split(/[.\n]/)[0]);
  }
  const values = parsed.values as Record<string, string | boolean | undefined>;
  const missing = Object.entries(options).find(([name, { required }]) => required && !values[name]);
  if (missing) throw new UsageError(`--${missing[0]} is missing`);
  const lacking = names[parsed.positionals.length];
  if (lacking !== undefined) throw new UsageError(`${lacking} is missing`);
  if (parsed.positionals.length > names.length) throw new UsageError('There are more words than the command takes');
  return {
    option: (name) => String(values[name] ?? options[name]?.initial ?? ''),
    has: (name) => values[name] !== undefined,
    argument: (name) => parsed.positionals[names.indexOf(name)]!,
  };
}

/** The help of one command. */
export function helpOf(command: Command): string {
  const options = Object.entries(command.options).map(([name, { value, required }]) => {
    const text = value === null ? `--${name}` : `--${name} ${value}`;
    return required ? text : `[${text}]`;
  });
  const words = (command.arguments ?? []).map(({ name }) => name);
  const rows = [
    ...(command.arguments ?? []).map(({ name, help }) => [name, help] as const),
    ...Object.entries(command.options).map(
      ([name, { value, help, initial }]) =>
        [
          `--${name}${value === null ? '' : ` ${value}`}`,
          initial === undefined ? help : `${help} (else: ${initial})`,
        ] as const,
    ),
  ];
  return [
    command.summary,
    '',
    `Usage: npm run vestibule -- ${[command.name, ...options, ...words].join(' ')}`,
    ...(rows.length === 0 ? [] : ['', ...table(rows, '  ')]),
    ...(command.remarks === undefined ? [] : ['', command.remarks]),
  ].join('\n');
}

/** Lines of aligned columns. */
export function table(rows: readonly (readonly string[])[], indent = ''): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map(
    (row) =>
      indent +
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
  );
}

/** The operator, at work in one organisation. @throws {Refused} where there is none of this name */
export async function operatorIn(slug: string): Promise<Operator> {
  const organisation = await findOrganisation(slug);
  if (organisation === null) throw new Refused(`There is no organisation "${slug}"`);
  return { kind: 'operator', organisation };
}

/** The operator in every organisation, one after the other. @throws {NotTheOwner} */
export async function operatorsEverywhere(): Promise<Operator[]> {
  const organisations = await asOwner(listOrganisations);
  return organisations.map((organisation) => ({ kind: 'operator', organisation }));
}

/** What is wrong with a field, by the code of `TEXT_ISSUES`. */
export function fieldSentence(code: string): string {
  return sentence('en', `fields.${code.replace('.', '_')}`);
}

export const ORGANISATION: Option = { value: 'SLUG', help: 'the organisation, as in its URLs', required: true };
