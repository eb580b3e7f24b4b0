import type { Operator } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import type { Organisation } from '@/lib/organisations/model';
import type { AccountKind, Facts } from '@/lib/policy/decision';
import { sentence } from '@/lib/language/translate';
import { isOptionKey, MFA_OPTION_OF, OPTION_KEYS, OPTIONS, sameValue, type OptionKey, type Options } from './registry';
import { listStoredOptions, storeOption, type StoredOption } from './store';

/** An organisation's options, with the moment at which each last changed; null: still the initial value. */
export interface Settings {
  readonly version: number;
  readonly options: Options;
  readonly changedAt: Readonly<Record<OptionKey, Date | null>>;
}

// Good only for the settings version that each request reads anyway: nothing needs to be broadcast (SCALE-1).
const shared = globalThis as { vestibuleSettings?: Map<string, Settings> };
const cache = (shared.vestibuleSettings ??= new Map());
const CACHED_ORGANISATIONS_MAX = 5_000;

/** The options in force for this request. Another version than the cached one means reading them anew. */
export async function settingsOf(organisation: Organisation): Promise<Settings> {
  const cached = cache.get(organisation.id);
  if (cached?.version === organisation.settingsVersion) return cached;
  const { settingsVersion, values } = await inOrganisation({ organisation }, listStoredOptions);
  const settings = compile(settingsVersion, values);
  if (cache.size >= CACHED_ORGANISATIONS_MAX) cache.clear();
  cache.set(organisation.id, settings);
  return settings;
}

function compile(version: number, values: readonly StoredOption[]): Settings {
  const stored = new Map(values.map((one) => [one.key, one]));
  const value = (key: OptionKey): unknown => {
    const kept = stored.get(key);
    if (!kept) return OPTIONS[key].initial;
    // A value that an older version wrote and this one can't read falls back to the initial one.
    const parsed = OPTIONS[key].schema.safeParse(kept.value);
    return parsed.success ? parsed.data : OPTIONS[key].initial;
  };
  return {
    version,
    options: Object.fromEntries(OPTION_KEYS.map((key) => [key, value(key)])) as unknown as Options,
    changedAt: Object.fromEntries(
      OPTION_KEYS.map((key) => [key, stored.get(key)?.changedAt ?? null]),
    ) as Settings['changedAt'],
  };
}

/** What the decision needs of the options for one kind of account. */
export function optionFacts(settings: Settings, kind: AccountKind): Facts['options'] {
  const key = MFA_OPTION_OF[kind];
  return {
    mfa: settings.options[key],
    mfaSince: settings.changedAt[key],
    mfaGraceDays: settings.options.mfaGraceDays,
    mfaRememberDeviceDays: settings.options.mfaRememberDeviceDays,
  };
}

/** What was wrong with an option typed on the command line. */
export class OptionError extends Error {}

/** Checks a key and a value as typed. @throws {OptionError} with one line that says what would fit */
export function parseOption(key: string, value: string): { key: OptionKey; value: unknown } {
  if (!isOptionKey(key))
    throw new OptionError(`No option is called ${JSON.stringify(key)}. Options: ${Object.keys(OPTIONS).join(', ')}`);
  const parsed = OPTIONS[key].schema.safeParse(value);
  if (parsed.success) return { key, value: parsed.data };
  const { path, message } = parsed.error.issues[0]!;
  const line = path.length === 0 ? '' : `${path.join('.')}: ${sentence('en', `fields.${fieldCode(message)}`)} `;
  throw new OptionError(`${key} can't be ${JSON.stringify(value)}. ${line}${whatFits(key)}`);
}

/** What an option takes, in one line for the operator. */
export function whatFits(key: OptionKey): string {
  const { control } = OPTIONS[key];
  switch (control.kind) {
    case 'choice':
      return `One of ${control.values.join(', ')}`;
    case 'number':
      return `A whole number from ${control.min} to ${control.max} (${control.unit})`;
    case 'fields': {
      const names = control.fields.map(({ name }) => name);
      return `JSON, or ${names.map((name) => `${name}=…`).join(';')}; what is left out is empty`;
    }
  }
}

/** An issue of a schema as the key of its sentence; whatever speaks in other words did not fit. */
function fieldCode(message: string): string {
  return /^[a-z]+\.[A-Za-z]+$/.test(message) ? message.replace('.', '_') : 'text_invalid';
}

/**
 * Sets one option; the next request of everyone, on every instance, meets it (MFA-8).
 *
 * @returns the value before
 */
export async function setOption(operator: Operator, key: OptionKey, value: unknown): Promise<unknown> {
  return inOrganisation(operator, (transaction) => setOptionWithin(transaction, operator, key, value));
}

/** {@link setOption} inside a larger act. */
export async function setOptionWithin(
  transaction: OrganisationTransaction,
  operator: Operator,
  key: OptionKey,
  value: unknown,
): Promise<unknown> {
  const { settingsVersion, values } = await listStoredOptions(transaction);
  const before = compile(settingsVersion, values).options[key];
  if (sameValue(before, value)) return before;
  await storeOption(transaction, operator.organisation.id, key, value, null);
  await recordEvent(transaction, operator, {
    action: 'option.change',
    outcome: 'success',
    details: changeDetails(key, before, value),
  });
  return before;
}

/** Before and after; of lines of text, which may name a person, only which of them changed (AUD-1). */
function changeDetails(key: OptionKey, before: unknown, after: unknown): Record<string, unknown> {
  if (OPTIONS[key].control.kind !== 'fields') return { key, before, after };
  const [old, fresh] = [before, after] as Record<string, unknown>[];
  return { key, changed: Object.keys(fresh!).filter((name) => fresh![name] !== old![name]) };
}
