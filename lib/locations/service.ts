import { z } from 'zod';
import { holdAccounts } from '@/lib/accounts/store';
import { identifierKey, optionalLine, organisationName as lineOfText } from '@/lib/accounts/text';
import type { Actor, Operator } from '@/lib/actors/model';
import { nameOf } from '@/lib/actors/name';
import { requirePermission } from '@/lib/actors/permission';
import { recordEvent } from '@/lib/audit/store';
import { insertPendingPlaces, listPendingChanges, snapshotPlaces } from '@/lib/changes/store';
import { config } from '@/lib/config';
import { violatesForeignKey, violatesUnique } from '@/lib/db/errors';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import { reading } from '@/lib/db/reading';
import { parseAddress } from '@/lib/network/address';
import { countryOf } from '@/lib/network/countries';
import { covers } from '@/lib/network/matcher';
import { DEFINITION_MAX, readRule, RULE_TYPES, type IpVersion } from '@/lib/network/rule';
import { timeZone } from '@/lib/organisations/time-zone';
import type { AccountKind } from '@/lib/policy/decision';
import { mayActOn } from '@/lib/policy/authority';
import { judgeNetwork, type NetworkFacts } from '@/lib/policy/network';
import { Refusal } from '@/lib/refusals';
import { tellHelpers } from '@/lib/resets/helpers';
import { helpReason } from '@/lib/resets/model';
import { findSubject } from '@/lib/resets/store';
import { findAccountId } from '@/lib/sign-in/store';
import type { ExceptionView, FilterView, LocationView, RuleProblem } from './model';
import { compilePlaces, type PlaceRows } from './places';
import * as store from './store';

/** An empty field of a form is a fact left out. */
const orNothing = <S extends z.ZodType<unknown, string>>(schema: S) =>
  z
    .string()
    .trim()
    .max(300)
    .transform((text) => (text === '' ? null : text))
    .pipe(schema.nullable());

const degrees = (most: number) =>
  orNothing(
    z
      .string()
      .regex(/^-?\d{1,3}([.,]\d{1,8})?$/, { error: 'text.invalid' })
      .transform((text) => Number(text.replace(',', '.')))
      .pipe(z.number().min(-most, { error: 'text.invalid' }).max(most, { error: 'text.invalid' })),
  );
const ticked = z
  .enum(['on'])
  .optional()
  .transform((value) => value === 'on');

/** What one types of a location. All but the name is for reference only (LOC-1). */
export const locationInput = z.object({
  name: lineOfText,
  description: optionalLine(500).default(''),
  isDefault: ticked,
  isRemote: ticked,
  address: optionalLine(300).default(''),
  country: orNothing(z.string().regex(/^[A-Z]{2}$/, { error: 'text.invalid' })),
  latitude: degrees(90),
  longitude: degrees(180),
  timeZone: orNothing(timeZone),
  groups: optionalLine(500)
    .default('')
    .transform((text) => [...new Set(text.split(',').map((group) => group.trim()))].filter(Boolean)),
});

/** What one types of a rule; its definition is read by `lib/network/rule.ts`. */
export const ruleInput = z.object({
  name: lineOfText,
  type: z.enum(RULE_TYPES),
  ipVersion: z.enum(['4', '6']).default('4'),
  definition: z.string().max(DEFINITION_MAX, { error: 'text.tooLong' }),
  /** Ticked where a rule lets in a large part of the world. */
  wide: ticked,
});

export const filterInput = z.object({
  mode: z.enum(['watch', 'warn', 'block']),
  applies: z.enum(['sign-in', 'request']),
  paused: ticked,
  locationIds: z.array(z.uuid()).min(1).max(20),
});

export type LocationInput = z.output<typeof locationInput>;
export type RuleInput = z.output<typeof ruleInput>;
export type FilterInput = z.output<typeof filterInput>;
export type FilterSubject = { readonly kind: AccountKind } | { readonly authenticatorId: string };

/** Everything that the settings pages of places show. @throws {Refusal} `permission.missing` */
export async function listPlaces(actor: Actor): Promise<{
  locations: LocationView[];
  filters: FilterView[];
  exceptions: ExceptionView[];
  /** Where this very request comes from, and the locations that hold it (LOC-8). */
  here: { address: string | null; locationIds: string[] };
}> {
  requirePermission(actor, 'locations.manage');
  const [locations, filters, exceptions] = await reading(actor, (transaction) =>
    pipelined([store.listLocations(transaction), store.listFilters(transaction), store.listExceptions(transaction)]),
  );
  const address = parseAddress(actor.origin.address);
  // All of them are compiled together: one search says which hold the address.
  const rules = locations.flatMap((location) => location.rules.map((rule) => ({ ...rule, place: location.place })));
  const inside = compilePlaces({ rules, filters: [], exceptions: [] }, countryOf).locate(address);
  const holding = locations.filter(({ place }) => (inside & (1 << place)) !== 0);
  return {
    locations,
    filters,
    exceptions,
    here: { address: address?.text ?? null, locationIds: holding.map(({ id }) => id) },
  };
}

/** @throws {Refusal} `permission.missing`, `not-found` */
export async function loadLocation(actor: Actor, id: string): Promise<LocationView> {
  const found = (await listPlaces(actor)).locations.find((location) => location.id === id);
  if (found === undefined) throw new Refusal('not-found');
  return found;
}

/**
 * Makes a location, or changes one.
 *
 * @returns its id
 * @throws {Refusal} `permission.missing`, `not-found`, `location.name-taken`, `location.too-many`
 */
export async function saveLocation(actor: Actor, id: string | null, input: LocationInput): Promise<string> {
  requirePermission(actor, 'locations.manage');
  try {
    return await inOrganisation(actor, async (transaction) => {
      await store.holdOrganisation(transaction, actor.organisation.id);
      if (input.isDefault) await store.clearDefault(transaction, id);
      const saved =
        id === null
          ? await store.insertLocation(transaction, actor.organisation.id, input)
          : (await store.updateLocation(transaction, id, input))
            ? id
            : undefined;
      if (saved === undefined) throw new Refusal('not-found');
      if (saved === null) throw new Refusal('location.too-many');
      await recordEvent(transaction, actor, {
        action: 'location.save',
        outcome: 'success',
        details: { location: saved, made: id === null, name: input.name },
      });
      return saved;
    });
  } catch (error) {
    if (violatesUnique(error, 'locations_name')) throw new Refusal('location.name-taken');
    throw error;
  }
}

/**
 * @throws {Refusal} `permission.missing`, `not-found`, `location.in-use` where a filter stands on it, or `change.pending`:
 *   what a change may yet be put back to can't be taken away under it
 */
export async function removeLocation(actor: Actor, id: string): Promise<void> {
  requirePermission(actor, 'locations.manage');
  try {
    await inOrganisation(actor, async (transaction) => {
      await store.holdOrganisation(transaction, actor.organisation.id);
      await refuseWhilePending(transaction);
      if (!(await store.deleteLocation(transaction, id))) throw new Refusal('not-found');
      await recordEvent(transaction, actor, {
        action: 'location.remove',
        outcome: 'success',
        details: { location: id },
      });
    });
  } catch (error) {
    if (violatesForeignKey(error)) throw new Refusal('location.in-use');
    throw error;
  }
}

export type RuleOutcome =
  | {
      readonly saved: true;
      /** The name of another rule that covers it already (LOC-2). */ readonly coveredBy: string | null;
    }
  /** It lets in a large part of the world, and nobody said that this is meant. */
  | { readonly saved: false; readonly wide: true }
  | ({ readonly saved: false; readonly wide: false } & RuleProblem);

/**
 * Makes a rule of a location, or changes one. What can't be read is told entry by entry.
 *
 * @throws {Refusal} `permission.missing`, `not-found`, `rule.name-taken`, `rule.too-many`, `guard.shuts-you-out`,
 * `change.pending`
 */
export async function saveRule(
  actor: Actor,
  locationId: string,
  id: string | null,
  input: RuleInput,
): Promise<RuleOutcome> {
  requirePermission(actor, 'locations.manage');
  const version = Number(input.ipVersion) as IpVersion;
  const reading = readRule(input.type, version, input.definition);
  if (!reading.ok) return { saved: false, wide: false, issues: reading.issues, corrected: reading.corrected };
  if (reading.wide && !input.wide) return { saved: false, wide: true };
  try {
    return await inOrganisation(actor, async (transaction): Promise<RuleOutcome> => {
      const location = await changePlaces(transaction, actor, async () => {
        const known = (await store.listLocations(transaction)).find((one) => one.id === locationId);
        if (known === undefined) throw new Refusal('not-found');
        const row = {
          name: input.name,
          type: input.type,
          ipVersion: input.type === 'countries' ? null : version,
          definition: reading.text,
        };
        if (id === null) {
          const made = await store.insertRule(transaction, {
            ...row,
            organisationId: actor.organisation.id,
            locationId,
          });
          if (made === null) throw new Refusal('rule.too-many');
        } else if (!(await store.updateRule(transaction, locationId, id, row))) throw new Refusal('not-found');
        return known;
      });
      await recordEvent(transaction, actor, {
        action: 'location.rule-save',
        outcome: 'success',
        details: { location: locationId, rule: id, type: input.type, definition: reading.text },
      });
      const other = location.rules
        .filter((rule) => rule.id !== id && rule.type !== 'countries')
        .find(({ type, ipVersion, definition }) => {
          const read = readRule(type, ipVersion ?? 4, definition);
          return read.ok && reading.intervals.length > 0 && covers(read.intervals, reading.intervals);
        });
      return { saved: true, coveredBy: other?.name ?? null };
    });
  } catch (error) {
    if (violatesUnique(error, 'location_rules_name')) throw new Refusal('rule.name-taken');
    throw error;
  }
}

/**
 * « Autoriser mon adresse »: a rule with the very address that this request comes from (LOC-8).
 *
 * @throws {Refusal} as {@link saveRule}; `rule.no-address` where it can't be seen
 */
export async function allowHere(actor: Actor, locationId: string, name: string): Promise<void> {
  requirePermission(actor, 'locations.manage');
  const address = parseAddress(actor.origin.address);
  if (address === null) throw new Refusal('rule.no-address');
  const ipVersion = address.family === 4 ? '4' : '6';
  await saveRule(actor, locationId, null, { name, type: 'list', ipVersion, definition: address.text, wide: false });
}

/** @throws {Refusal} `permission.missing`, `not-found`, `location.empty`, `guard.shuts-you-out`, `change.pending` */
export async function removeRule(actor: Actor, locationId: string, id: string): Promise<void> {
  requirePermission(actor, 'locations.manage');
  await inOrganisation(actor, async (transaction) => {
    await changePlaces(transaction, actor, async () => {
      if (!(await store.deleteRule(transaction, locationId, id))) throw new Refusal('not-found');
    });
    const location = (await store.listLocations(transaction)).find((one) => one.id === locationId);
    // Without a rule it would hold nobody, and the filter on it would let nobody in.
    if (location !== undefined && location.rules.length === 0 && location.filters.length > 0) {
      throw new Refusal('location.empty');
    }
    await recordEvent(transaction, actor, {
      action: 'location.rule-remove',
      outcome: 'success',
      details: { location: locationId, rule: id },
    });
  });
}

/**
 * What one kind of account, or one authenticator, requires (LOC-3); null: nothing any more.
 *
 * @throws {Refusal} `permission.missing`, `not-found` where a location or the authenticator is none of this organisation,
 * `location.empty` where a location has no rule, `guard.shuts-you-out`, `change.pending`
 */
export async function saveFilter(actor: Actor, subject: FilterSubject, input: FilterInput | null): Promise<void> {
  requirePermission(actor, 'locations.manage');
  await inOrganisation(actor, async (transaction) => {
    const before = (await store.listFilters(transaction)).find((filter) => isOf(filter, subject));
    await changePlaces(transaction, actor, async () => {
      if (input !== null) await refuseEmptyLocations(transaction, input.locationIds);
      await store.replaceFilter(transaction, actor.organisation.id, subject, input);
    });
    await recordEvent(transaction, actor, {
      action: 'filter.save',
      outcome: 'success',
      details: { subject, before: before ?? null, after: input },
    });
  });
}

const isOf = ({ subject }: FilterView, wanted: FilterSubject) =>
  'kind' in wanted
    ? 'kind' in subject && subject.kind === wanted.kind
    : 'authenticatorId' in subject && subject.authenticatorId === wanted.authenticatorId;

async function refuseEmptyLocations(transaction: OrganisationTransaction, ids: readonly string[]): Promise<void> {
  const known = new Map((await store.listLocations(transaction)).map((location) => [location.id, location]));
  for (const id of ids) {
    const location = known.get(id);
    if (location === undefined) throw new Refusal('not-found');
    if (location.rules.length === 0) throw new Refusal('location.empty', { name: location.name });
  }
}

/**
 * A change to what filters are made of: one after the other, never one that shuts its author out (GUARD-1), and where it
 * may shut other administrators out, kept only once it was confirmed (GUARD-2).
 */
async function changePlaces<T>(
  transaction: OrganisationTransaction,
  actor: Actor,
  change: () => Promise<T>,
): Promise<T> {
  await store.holdOrganisation(transaction, actor.organisation.id);
  await refuseWhilePending(transaction);
  const before = await snapshotPlaces(transaction);
  const rowsBefore = await store.listPlaceRows(transaction);
  const result = await change();
  const rows = await store.listPlaceRows(transaction);
  const places = compilePlaces(rows, countryOf);
  const { id, kind, authenticatorId } = actor.account;
  const address = parseAddress(actor.origin.address);
  const bars = barsOf(rows);
  const risky = bars !== '[]' && bars !== barsOf(rowsBefore);
  const verdictAt = (moment: NetworkFacts['moment']) => {
    const facts = places.factsFor({ accountId: id, kind, authenticatorId }, address, moment);
    // An exception ends by itself: whoever gets in by one alone proves nothing of whom the filter will still let in then.
    return judgeNetwork(risky ? { ...facts, exceptedUntil: null } : facts, actor.now);
  };
  if (verdictAt('request') === 'refused' || verdictAt('sign-in') === 'refused') {
    throw new Refusal('guard.shuts-you-out', { address: actor.origin.address ?? '—' });
  }
  if (risky) {
    await insertPendingPlaces(transaction, {
      organisationId: actor.organisation.id,
      madeBy: actor.account.id,
      madeInRequest: actor.origin.requestId,
      before,
    });
  }
  return result;
}

async function refuseWhilePending(transaction: OrganisationTransaction): Promise<void> {
  if ((await listPendingChanges(transaction)).some(({ subject }) => subject === 'places')) {
    throw new Refusal('change.pending');
  }
}

/** What can lock administrators out: the filters that block employees, or an authenticator, and all that they stand on. */
function barsOf({ filters, rules }: PlaceRows): string {
  return JSON.stringify(
    filters
      .filter(
        ({ mode, paused, kind, authenticatorId }) =>
          mode === 'block' && !paused && (kind === 'employee' || authenticatorId !== null),
      )
      .map((filter) => [filter, rules.filter(({ place }) => filter.places.includes(place))]),
  );
}

const exceptionMinutes = z.coerce
  .number()
  .int()
  .min(60)
  .max(14 * 24 * 60);

export const exceptionInput = z.object({ minutes: exceptionMinutes, reason: helpReason });

/** As many as are told that somebody excepted themselves. */
const OTHERS_TOLD_MAX = 20;

/**
 * Lets one person in from anywhere for a while (LOC-9): an hour to 14 days; it ends by itself. Whoever excepts themselves
 * may, for a filter that they can't come past is one that they would loosen for all; but the others who could end it get a
 * letter, and the event has a name of its own.
 *
 * @param identifier e-mail or username, as it was typed
 * @returns `nobody` where nobody in the organisation has it; `own`: it is the actor's
 * @throws {Refusal} `permission.missing`, `account.beyond` for somebody who holds a permission that the actor lacks
 */
export async function grantException(
  actor: Actor,
  identifier: string,
  { minutes, reason }: z.output<typeof exceptionInput>,
): Promise<'granted' | 'own' | 'nobody'> {
  requirePermission(actor, 'locations.manage');
  return inOrganisation(actor, async (transaction) => {
    // What it is kept in moves the settings' version: the organisation's row comes before the account's.
    await store.holdOrganisation(transaction, actor.organisation.id);
    const accountId = await findAccountId(transaction, identifierKey(identifier));
    if (accountId === null || !(await holdAccounts(transaction, [accountId])).has(accountId)) return 'nobody';
    await refuseBeyond(transaction, actor, accountId);
    const endsAt = await store.insertException(transaction, {
      organisationId: actor.organisation.id,
      accountId,
      reason,
      grantedBy: actor.account.id,
      minutes,
    });
    const own = accountId === actor.account.id;
    await recordEvent(transaction, actor, {
      action: own ? 'filter.exception-own' : 'filter.exception-grant',
      outcome: 'success',
      subjectId: accountId,
      details: { minutes, reason },
    });
    if (own) await tellOthers(transaction, actor, endsAt);
    return own ? 'own' : 'granted';
  });
}

/** Tells those who could end it that the actor may now come from anywhere (LOC-9). */
async function tellOthers(transaction: OrganisationTransaction, actor: Actor, endsAt: Date): Promise<void> {
  const { organisation, account } = actor;
  const subject = { id: account.id, permissions: [...actor.permissions] };
  const to = { max: OTHERS_TOLD_MAX, permission: 'locations.manage' } as const;
  await tellHelpers(transaction, actor, subject, to, {
    template: 'exception-own',
    name: nameOf(actor),
    until: endsAt.toISOString(),
    link: `${config().APP_ORIGIN}/${organisation.slug}/settings/locations#exceptions`,
  });
}

async function refuseBeyond(transaction: OrganisationTransaction, actor: Actor, accountId: string): Promise<void> {
  const account = await findSubject(transaction, accountId);
  if (account !== null && !mayActOn(actor.permissions, account.permissions)) throw new Refusal('account.beyond');
}

/** @throws {Refusal} `permission.missing`, `not-found`, `account.beyond` as {@link grantException} */
export async function endException(actor: Actor, id: string): Promise<void> {
  requirePermission(actor, 'locations.manage');
  await inOrganisation(actor, async (transaction) => {
    await store.holdOrganisation(transaction, actor.organisation.id);
    const accountId = await store.revokeException(transaction, id);
    if (accountId === null) throw new Refusal('not-found');
    await refuseBeyond(transaction, actor, accountId);
    await recordEvent(transaction, actor, {
      action: 'filter.exception-revoke',
      outcome: 'success',
      subjectId: accountId,
      details: { exception: id },
    });
  });
}

/** The way back in for whoever is locked out: pauses every filter of the organisation (RUN-7). */
export async function switchFiltersOff(operator: Operator): Promise<number> {
  return inOrganisation(operator, async (transaction) => {
    await store.holdOrganisation(transaction, operator.organisation.id);
    const paused = await store.pauseFilters(transaction);
    await recordEvent(transaction, operator, {
      action: 'filter.pause-all',
      outcome: 'success',
      details: { filters: paused },
    });
    return paused;
  });
}
