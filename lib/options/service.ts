import type { Actor, Operator } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import type { Adoption } from '@/lib/adoption/model';
import { beyondHelp } from '@/lib/adoption/rules';
import { countAdoption, listResettingRoles } from '@/lib/adoption/store';
import { recordEvent } from '@/lib/audit/store';
import { forgetOptionBefore, keepOptionsBefore, listPendingChanges } from '@/lib/changes/store';
import { pipelined } from '@/lib/db/pipelined';
import { endTrustOfKind } from '@/lib/devices/store';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { reading } from '@/lib/db/reading';
import { compilePlaces, type Places } from '@/lib/locations/places';
import { listPlaceRows } from '@/lib/locations/store';
import { countryOf } from '@/lib/network/countries';
import type { Organisation } from '@/lib/organisations/model';
import type { AccountKind, Facts } from '@/lib/policy/decision';
import { NO_FILTER } from '@/lib/policy/network';
import { ownFate, type OwnFate } from '@/lib/policy/guard';
import { Refusal } from '@/lib/refusals';
import { shortenSessions } from '@/lib/sessions/store';
import { sentence } from '@/lib/language/translate';
import {
  DEVICE_OPTION_OF,
  isOptionKey,
  MFA_OPTION_OF,
  OPTION_KEYS,
  OPTIONS,
  sameValue,
  type OptionKey,
  type Options,
} from './registry';
import { touched, type Draft, type OptionValues } from './draft';
import { listStoredOptions, lockOptions, namesOf, storeOption, type StoredOption } from './store';

/** An organisation's options, with the moment at which each last changed; null: still the initial value. */
export interface Settings {
  readonly version: number;
  readonly options: Options;
  readonly changedAt: Readonly<Record<OptionKey, Date | null>>;
  /** The organisation's locations and filters, compiled. */
  readonly places: Places;
}

// Good only for the settings version that each request reads anyway: nothing needs to be broadcast (SCALE-1).
const shared = globalThis as { vestibuleSettings?: Map<string, Settings> };
const cache = (shared.vestibuleSettings ??= new Map());
const CACHED_ORGANISATIONS_MAX = 5_000;

/**
 * The options in force for this request. Another version than the cached one means reading them anew.
 *
 * @param within the transaction to read them in, for who has one: another beside it could wait for a connection forever
 */
export async function settingsOf(organisation: Organisation, within?: OrganisationTransaction): Promise<Settings> {
  const cached = cache.get(organisation.id);
  if (cached?.version === organisation.settingsVersion) return cached;
  // The version is read first: what stands beside it may be newer, and never older.
  const read = (transaction: OrganisationTransaction) =>
    pipelined([listStoredOptions(transaction), listPlaceRows(transaction)]);
  const [{ settingsVersion, values }, places] = await (within === undefined
    ? inOrganisation({ organisation }, read)
    : read(within));
  const settings: Settings = { ...compile(settingsVersion, values), places: compilePlaces(places, countryOf) };
  if (cache.size >= CACHED_ORGANISATIONS_MAX) cache.clear();
  cache.set(organisation.id, settings);
  return settings;
}

function compile(version: number, values: readonly StoredOption[]): Omit<Settings, 'places'> {
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
export function optionFacts(settings: Pick<Settings, 'options' | 'changedAt'>, kind: AccountKind): Facts['options'] {
  const key = MFA_OPTION_OF[kind];
  return {
    mfa: settings.options[key],
    mfaSince: settings.changedAt[key],
    mfaGraceDays: settings.options.mfaGraceDays,
    mfaRememberDeviceDays: settings.options.mfaRememberDeviceDays,
    deviceApproval: settings.options[DEVICE_OPTION_OF[kind]],
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
  await lockOptions(transaction);
  const { settingsVersion, values } = await listStoredOptions(transaction);
  const { options } = compile(settingsVersion, values);
  // The operator's word is the last one: no change that waits for its confirmation puts this option back.
  await forgetOptionBefore(transaction, key);
  if (!sameValue(options[key], value)) await write(transaction, operator, options, { [key]: value }, [key]);
  return options[key];
}

/** Writes options with their events, and holds open sessions to limits that became shorter (MFA-8). */
async function write(
  transaction: OrganisationTransaction,
  actor: Actor | Operator,
  before: Options,
  values: OptionValues,
  keys: readonly OptionKey[],
): Promise<void> {
  const changedBy = actor.kind === 'account' ? actor.account.id : null;
  for (const key of keys) {
    await storeOption(transaction, actor.organisation.id, key, values[key], changedBy);
    await recordEvent(transaction, actor, {
      action: 'option.change',
      outcome: 'success',
      details: changeDetails(key, before[key], values[key]),
    });
  }
  for (const kind of KINDS) {
    // Switched on anew, MFA asks everybody once more: what a browser was trusted for before counts no longer (MFA-5).
    const key = MFA_OPTION_OF[kind];
    if (keys.includes(key) && (before[key] === 'off') !== (values[key] === 'off')) {
      await endTrustOfKind(transaction, kind);
    }
  }
  if (!keys.some((key) => SESSION_LIMITS.has(key))) return;
  const after = { ...before, ...values };
  await shortenSessions(transaction, {
    idleMinutes: after.sessionIdleMinutes,
    hours: after.sessionHours,
    portalIdleMinutes: after.portalSessionIdleMinutes,
    portalHours: after.portalSessionHours,
  });
}

const SESSION_LIMITS = new Set<OptionKey>([
  'sessionIdleMinutes',
  'sessionHours',
  'portalSessionIdleMinutes',
  'portalSessionHours',
]);

/** Who changed an option, and when. */
export interface LastChange {
  readonly at: Date;
  /** Null: an account that was erased since. */
  readonly by: { readonly name: string } | 'operator' | null;
}

export interface OptionsGrid {
  readonly version: number;
  readonly options: Options;
  /** Options that still have their initial value are missing. */
  readonly changes: Readonly<Partial<Record<OptionKey, LastChange>>>;
}

/**
 * Everything that the grid shows, of one moment (OPT-1).
 *
 * @throws {Refusal} `permission.missing`
 */
export async function loadOptionsGrid(actor: Actor): Promise<OptionsGrid> {
  requirePermission(actor, 'options.manage');
  return reading(actor, readGrid);
}

async function readGrid(transaction: OrganisationTransaction): Promise<OptionsGrid & { stored: StoredOption[] }> {
  const { settingsVersion, values } = await listStoredOptions(transaction);
  const names = await namesOf(
    transaction,
    values.flatMap(({ changedBy }) => changedBy ?? []),
  );
  const change = ({ changedAt, changedBy }: StoredOption): LastChange => {
    if (changedBy === null) return { at: changedAt, by: 'operator' };
    const name = names.get(changedBy);
    return { at: changedAt, by: name === undefined ? null : { name } };
  };
  return {
    version: settingsVersion,
    options: compile(settingsVersion, values).options,
    changes: Object.fromEntries(values.map((one) => [one.key, change(one)])),
    stored: values,
  };
}

/** Somebody's own facts: what a change would do to them is judged by these (GUARD-1). */
export interface OwnStanding {
  readonly facts: Omit<Facts, 'options' | 'network'> & { readonly account: NonNullable<Facts['account']> };
  readonly createdAt: Date;
}

export interface ReviewedChange {
  readonly key: OptionKey;
  readonly before: unknown;
  readonly after: unknown;
  /** Somebody else changed it since the person looked: from `seen` to `before` (OPT-2). */
  readonly overtaken: (LastChange & { readonly seen: unknown }) | null;
}

/** What the confirmation shows before anything is changed. */
export interface OptionsReview {
  /** The settings version that it was drawn from: what is confirmed is this and no other. */
  readonly version: number;
  readonly changes: readonly ReviewedChange[];
  /** What becomes of the session of whoever saves; `ends`: it is older than the new limit. */
  readonly own: OwnFate | 'ends';
  /** Of each kind whose MFA changes: who stands where (MFA-9). */
  readonly adoption: readonly Adoption[];
  /** Where MFA becomes mandatory: those whom nobody else could reset; null: nothing becomes mandatory. */
  readonly beyondHelp: readonly string[] | null;
}

/**
 * Shows what a draft would change, for whom, and whether it was overtaken; changes nothing.
 *
 * @throws {Refusal} `permission.missing`
 */
export async function reviewOptions(actor: Actor, own: OwnStanding, draft: Draft): Promise<OptionsReview> {
  requirePermission(actor, 'options.manage');
  return reading(actor, async (transaction) => {
    const grid = await readGrid(transaction);
    const keys = touched(draft.values, grid.options);
    const overtaken = new Set(overtakenKeys(grid.stored, draft.version, keys));
    const kinds = KINDS.filter((kind) => keys.includes(MFA_OPTION_OF[kind]));
    const becomesMandatory = kinds.some((kind) => draft.values[MFA_OPTION_OF[kind]] === 'mandatory');
    const [adoption, roles] = await pipelined([
      kinds.length === 0 ? [] : countAdoption(transaction, kinds),
      becomesMandatory ? listResettingRoles(transaction) : null,
    ]);
    return {
      version: grid.version,
      changes: keys.map((key) => ({
        key,
        before: grid.options[key],
        after: draft.values[key],
        overtaken: overtaken.has(key)
          ? { ...(grid.changes[key] ?? { at: actor.now, by: null }), seen: draft.seen[key] }
          : null,
      })),
      own: fateOf(compile(grid.version, grid.stored), own, draft.values),
      adoption,
      beyondHelp: roles === null ? null : beyondHelp(roles),
    };
  });
}

const KINDS = Object.keys(MFA_OPTION_OF) as readonly AccountKind[];

/** The options among `keys` that came with a newer version of the settings than this one. */
function overtakenKeys(stored: readonly StoredOption[], version: number, keys: readonly OptionKey[]): OptionKey[] {
  const newer = new Set(stored.filter((one) => one.changedInVersion > version).map(({ key }) => key));
  return keys.filter((key) => newer.has(key));
}

function fateOf(
  settings: Pick<Settings, 'options' | 'changedAt'>,
  { facts, createdAt }: OwnStanding,
  values: OptionValues,
): OwnFate | 'ends' {
  const { kind, factorKinds } = facts.account;
  const options = { ...settings.options, ...values };
  const own = MFA_OPTION_OF[kind];
  const mfaSince = options[own] === settings.options[own] ? settings.changedAt[own] : facts.now;
  const fate = ownFate({
    ...facts,
    options: optionFacts({ options, changedAt: { ...settings.changedAt, [own]: mfaSince } }, kind),
    // Whoever saves is let in from where they are at this very moment, and no option moves a filter.
    network: NO_FILTER,
  });
  if (fate !== 'stays') return fate;
  const hours = kind === 'parent' && factorKinds.length === 0 ? options.portalSessionHours : options.sessionHours;
  return facts.now.getTime() - createdAt.getTime() > hours * HOUR_MS ? 'ends' : 'stays';
}

const HOUR_MS = 60 * 60 * 1000;

/**
 * Changes options, all of them or none; the next request of everyone, on every instance, meets them (MFA-8). Nothing that
 * somebody else changed since `draft.version` is overwritten: then nothing is written, and `overtaken` is the answer. What
 * may keep administrators out stays only if it is confirmed in time (GUARD-2).
 *
 * @throws {Refusal} `permission.missing`; `options.shut-out` where whoever saves could not come in any more (GUARD-1);
 *   `change.pending` where an earlier change waits for its confirmation
 */
export async function changeOptions(
  actor: Actor,
  own: OwnStanding,
  draft: Pick<Draft, 'version' | 'values'>,
): Promise<'saved' | 'overtaken'> {
  requirePermission(actor, 'options.manage');
  return inOrganisation(actor, async (transaction) => {
    await lockOptions(transaction);
    const { settingsVersion, values: stored } = await listStoredOptions(transaction);
    const settings = compile(settingsVersion, stored);
    const keys = touched(draft.values, settings.options);
    if (keys.length > 0 && (await listPendingChanges(transaction)).some(({ subject }) => subject === 'options')) {
      throw new Refusal('change.pending');
    }
    if (overtakenKeys(stored, draft.version, keys).length > 0) return 'overtaken';
    if (fateOf(settings, own, draft.values) === 'shut-out') throw new Refusal('options.shut-out');
    if (mayKeepAdministratorsOut(settings.options, draft.values)) {
      await keepOptionsBefore(transaction, {
        organisationId: actor.organisation.id,
        madeBy: actor.account.id,
        madeInRequest: actor.origin.requestId,
        keys,
      });
    }
    await write(transaction, actor, settings.options, draft.values, keys);
    return 'saved';
  });
}

/**
 * Administrators are employees: what asks more of employees than before may keep one out who has lost their phone, or comes
 * with another browser.
 */
function mayKeepAdministratorsOut(before: Options, values: OptionValues): boolean {
  const approval = DEVICE_OPTION_OF.employee;
  if (values[approval] === 'required' && before[approval] !== 'required') return true;
  const key = MFA_OPTION_OF.employee;
  const strictness = OPTIONS[key].control.values;
  return values[key] !== undefined && strictness.indexOf(values[key]) > strictness.indexOf(before[key]);
}

/** Before and after; of lines of text, which may name a person, only which of them changed (AUD-1). */
function changeDetails(key: OptionKey, before: unknown, after: unknown): Record<string, unknown> {
  if (OPTIONS[key].control.kind !== 'fields') return { key, before, after };
  const [old, fresh] = [before, after] as Record<string, unknown>[];
  return { key, changed: Object.keys(fresh!).filter((name) => fresh![name] !== old![name]) };
}
