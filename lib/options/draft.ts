import type { z } from 'zod';
import { OPTION_KEYS, OPTIONS, optionText, sameValue, type OptionKey, type Options } from './registry';

/** Some options, each with the value that somebody wishes for it. */
export type OptionValues = { -readonly [K in OptionKey]?: Options[K] };

/** The names of the form fields that one option is edited in: one, or one for each of its lines. */
export function fieldNames(key: OptionKey): readonly string[] {
  const { control } = OPTIONS[key];
  return control.kind === 'fields' ? control.fields.map(({ name }) => `${key}.${name}`) : [key];
}

/** What stands in the fields of an option that has this value. */
export function fieldValues(key: OptionKey, value: unknown): Readonly<Record<string, string>> {
  const { control } = OPTIONS[key];
  if (control.kind !== 'fields') return { [key]: String(value) };
  return Object.fromEntries(
    control.fields.map(({ name }) => [`${key}.${name}`, (value as Record<string, string>)[name] ?? '']),
  );
}

/** The checks of all fields, each on its own, so that what is wrong is said beside it. A field may be missing: a search hid it. */
export const FIELD_SCHEMAS: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  OPTION_KEYS.flatMap((key): [string, z.ZodType][] => {
    const { control, schema } = OPTIONS[key];
    return control.kind === 'fields'
      ? control.fields.map((line) => [`${key}.${line.name}`, line.schema.optional()])
      : [[key, (schema as z.ZodType).optional()]];
  }),
);

/** The values of the options whose fields are all there; each has passed {@link FIELD_SCHEMAS}. */
export function readFields(fields: Readonly<Record<string, unknown>>): OptionValues {
  const read: Record<string, unknown> = {};
  for (const key of OPTION_KEYS) {
    const names = fieldNames(key);
    if (names.some((name) => fields[name] === undefined)) continue;
    const { control, schema } = OPTIONS[key];
    const given =
      control.kind === 'fields'
        ? Object.fromEntries(control.fields.map(({ name }) => [name, fields[`${key}.${name}`]]))
        : fields[key];
    const parsed = (schema as z.ZodType).safeParse(given);
    if (parsed.success) read[key] = parsed.data;
  }
  return read as OptionValues;
}

/** A draft as it travels in an address: what is wished for, and what stood there when the person chose. */
export interface Draft {
  /** The settings version that the person saw (OPT-2). */
  readonly version: number;
  readonly values: OptionValues;
  /** What they saw in the place of it. */
  readonly seen: OptionValues;
}

/** The options that a person touched, in the order of the registry: those that differ from what they saw. */
export function touched(values: OptionValues, seen: OptionValues): readonly OptionKey[] {
  return OPTION_KEYS.filter((key) => key in values && key in seen && !sameValue(values[key], seen[key]));
}

/** What a form was drawn from, in one hidden field. */
export function drawnText(options: Options): string {
  return JSON.stringify(Object.fromEntries(OPTION_KEYS.map((key) => [key, optionText(options[key])])));
}

/** Reads {@link drawnText} back; what doesn't fit an option is left out. */
export function readDrawn(text: string): OptionValues {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return {};
  }
  if (typeof given !== 'object' || given === null) return {};
  const values = OPTION_KEYS.map((key) => [key, readText(key, (given as Record<string, unknown>)[key])] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as OptionValues;
}

const SEEN = 'was.';

/** The query string of a draft; `v` is its version, `was.<key>` what was seen. */
export function draftQuery({ version, values, seen }: Draft): URLSearchParams {
  const query = new URLSearchParams({ v: String(version) });
  for (const key of touched(values, seen)) {
    query.set(key, optionText(values[key]));
    query.set(`${SEEN}${key}`, optionText(seen[key]));
  }
  return query;
}

/** Reads {@link draftQuery} back; null where there is none. What doesn't fit an option is left out, whoever wrote it. */
export function readDraft(query: Readonly<Record<string, string | string[] | undefined>>): Draft | null {
  const version = /^\d{1,15}$/.exec(String(query['v'] ?? ''))?.[0];
  if (version === undefined) return null;
  const [values, seen]: [Record<string, unknown>, Record<string, unknown>] = [{}, {}];
  for (const key of OPTION_KEYS) {
    const wished = readText(key, query[key]);
    const was = readText(key, query[`${SEEN}${key}`]);
    if (wished === undefined || was === undefined) continue;
    values[key] = wished;
    seen[key] = was;
  }
  return { version: Number(version), values: values as OptionValues, seen: seen as OptionValues };
}

function readText(key: OptionKey, text: unknown): unknown {
  if (typeof text !== 'string' || text.length > LONGEST_VALUE) return undefined;
  return OPTIONS[key].schema.safeParse(text).data;
}

const LONGEST_VALUE = 2_000;
