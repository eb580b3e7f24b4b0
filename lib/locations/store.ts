import { and, eq, gt, isNull, ne, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { accounts } from '@/drizzle/schema/accounts';
import { authenticators } from '@/drizzle/schema/organisations';
import {
  filterExceptions,
  locationRules,
  locations,
  networkFilterLocations,
  networkFilters,
} from '@/drizzle/schema/places';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { pipelined } from '@/lib/db/pipelined';
import type { IpVersion } from '@/lib/network/rule';
import type { AccountKind } from '@/lib/policy/decision';
import type { FilterMode } from '@/lib/policy/network';
import { LOCATIONS_MAX, RULES_MAX, type ExceptionView, type FilterView, type LocationView } from './model';
import type { PlaceRows } from './places';

/** Everything that an organisation's filters are made of, in one statement, and so of one moment. */
export async function listPlaceRows(transaction: OrganisationTransaction): Promise<PlaceRows> {
  const [row] = await transaction.execute<{
    rules: PlaceRows['rules'] | null;
    filters: PlaceRows['filters'] | null;
    exceptions: readonly { accountId: string; endsAt: string }[] | null;
  }>(sql`
    select
      (select json_agg(json_build_object('place', l.place, 'type', r.type, 'ipVersion', r.ip_version,
          'definition', r.definition))
        from location_rules r join locations l on l.id = r.location_id) as rules,
      (select json_agg(json_build_object('kind', f.kind, 'authenticatorId', f.authenticator_id, 'mode', f.mode,
          'applies', f.applies, 'paused', f.paused,
          'places', array(select l.place from network_filter_locations x join locations l on l.id = x.location_id
            where x.filter_id = f.id)))
        from network_filters f) as filters,
      (select json_agg(json_build_object('accountId', e.account_id, 'endsAt', e.ends_at))
        from filter_exceptions e where e.revoked_at is null and e.ends_at > now()) as exceptions`);
  return {
    rules: row?.rules ?? [],
    filters: row?.filters ?? [],
    exceptions: (row?.exceptions ?? []).map(({ accountId, endsAt }) => ({ accountId, endsAt: new Date(endsAt) })),
  };
}

export type LocationFields = Pick<
  typeof locations.$inferInsert,
  | 'name'
  | 'description'
  | 'isDefault'
  | 'isRemote'
  | 'address'
  | 'country'
  | 'latitude'
  | 'longitude'
  | 'timeZone'
  | 'groups'
>;

/** All locations of the organisation with their rules and the filters that stand on them, by name. */
export async function listLocations(transaction: OrganisationTransaction): Promise<LocationView[]> {
  const [found, rules, filters] = await pipelined([
    transaction
      .select()
      .from(locations)
      .orderBy(sql`lower(${locations.name})`),
    transaction.select().from(locationRules).orderBy(locationRules.place),
    listFilters(transaction),
  ]);
  return found.map(({ organisationId: _organisation, createdAt: _created, updatedAt: _at, ...location }) => ({
    ...location,
    rules: rules
      .filter(({ locationId }) => locationId === location.id)
      .map(({ id, name, type, ipVersion, definition }) => ({
        id,
        name,
        type,
        ipVersion: ipVersion as IpVersion | null,
        definition,
      })),
    filters: filters.filter(({ locationIds }) => locationIds.includes(location.id)),
  }));
}

/** The locations by name, each with its place, and whether it has a rule. */
export async function listLocationPlaces(
  transaction: OrganisationTransaction,
): Promise<{ id: string; name: string; place: number; ruled: boolean }[]> {
  return transaction
    .select({
      id: locations.id,
      name: locations.name,
      place: locations.place,
      ruled: sql<boolean>`exists (select from location_rules r where r.location_id = locations.id)`,
    })
    .from(locations)
    .orderBy(sql`lower(${locations.name})`);
}

/** Every filter of the organisation, with the locations that satisfy it. */
export async function listFilters(transaction: OrganisationTransaction): Promise<FilterView[]> {
  const rows = await transaction
    .select({
      id: networkFilters.id,
      kind: networkFilters.kind,
      authenticatorId: networkFilters.authenticatorId,
      authenticatorName: authenticators.name,
      mode: networkFilters.mode,
      applies: networkFilters.applies,
      paused: networkFilters.paused,
      locationIds: sql<string[]>`array(select x.location_id::text from ${networkFilterLocations} x
        where x.filter_id = ${networkFilters.id})`,
    })
    .from(networkFilters)
    .leftJoin(authenticators, eq(authenticators.id, networkFilters.authenticatorId))
    .orderBy(networkFilters.kind, authenticators.name);
  return rows.map(({ kind, authenticatorId, authenticatorName, ...filter }) => ({
    ...filter,
    subject: kind !== null ? { kind } : { authenticatorId: authenticatorId!, authenticatorName: authenticatorName! },
  }));
}

/** Puts a location on the first free place; null where all twenty are taken. Two at once take two places. */
export async function insertLocation(
  transaction: OrganisationTransaction,
  organisationId: string,
  fields: LocationFields,
): Promise<string | null> {
  await holdOrganisation(transaction, organisationId);
  const [free] = await transaction.execute<{ place: number }>(sql`
    select p as place from generate_series(0, ${LOCATIONS_MAX - 1}) p
    where not exists (select from locations l where l.place = p) order by p limit 1`);
  if (free === undefined) return null;
  const [row] = await transaction
    .insert(locations)
    .values({ ...fields, organisationId, place: free.place })
    .returning({ id: locations.id });
  return row!.id;
}

/**
 * Acts on the places of one organisation follow one another, and those on its other settings too, whose version they move:
 * what they check is still so when they write.
 */
export async function holdOrganisation(transaction: OrganisationTransaction, organisationId: string): Promise<void> {
  await transaction.execute(sql`select 1 from organisations where id = ${organisationId} for no key update`);
}

/** @returns whether the organisation has a location with this id */
export async function updateLocation(
  transaction: OrganisationTransaction,
  id: string,
  fields: LocationFields,
): Promise<boolean> {
  const rows = await transaction
    .update(locations)
    .set({ ...fields, updatedAt: sql`now()` })
    .where(eq(locations.id, id))
    .returning({ id: locations.id });
  return rows.length === 1;
}

export async function deleteLocation(transaction: OrganisationTransaction, id: string): Promise<boolean> {
  return (await transaction.delete(locations).where(eq(locations.id, id)).returning({ id: locations.id })).length === 1;
}

/** Puts a rule on the first free place of its location; null where all ten are taken. */
export async function insertRule(
  transaction: OrganisationTransaction,
  rule: Omit<typeof locationRules.$inferInsert, 'id' | 'place' | 'createdAt'>,
): Promise<string | null> {
  const [free] = await transaction.execute<{ place: number }>(sql`
    select p as place from generate_series(0, ${RULES_MAX - 1}) p
    where not exists (select from location_rules r where r.location_id = ${rule.locationId} and r.place = p)
    order by p limit 1`);
  if (free === undefined) return null;
  const [row] = await transaction
    .insert(locationRules)
    .values({ ...rule, place: free.place })
    .returning({ id: locationRules.id });
  return row!.id;
}

export async function updateRule(
  transaction: OrganisationTransaction,
  locationId: string,
  id: string,
  rule: Pick<typeof locationRules.$inferInsert, 'name' | 'type' | 'ipVersion' | 'definition'>,
): Promise<boolean> {
  const rows = await transaction
    .update(locationRules)
    .set(rule)
    .where(and(eq(locationRules.id, id), eq(locationRules.locationId, locationId)))
    .returning({ id: locationRules.id });
  return rows.length === 1;
}

export async function deleteRule(
  transaction: OrganisationTransaction,
  locationId: string,
  id: string,
): Promise<boolean> {
  const rows = await transaction
    .delete(locationRules)
    .where(and(eq(locationRules.id, id), eq(locationRules.locationId, locationId)))
    .returning({ id: locationRules.id });
  return rows.length === 1;
}

/** What one kind of account, or one authenticator, requires; whatever stood there before is gone. */
export async function replaceFilter(
  transaction: OrganisationTransaction,
  organisationId: string,
  subject: { readonly kind: AccountKind } | { readonly authenticatorId: string },
  filter: {
    readonly mode: FilterMode;
    readonly applies: 'sign-in' | 'request';
    readonly paused: boolean;
    readonly locationIds: readonly string[];
  } | null,
): Promise<void> {
  await transaction
    .delete(networkFilters)
    .where(
      'kind' in subject
        ? eq(networkFilters.kind, subject.kind)
        : eq(networkFilters.authenticatorId, subject.authenticatorId),
    );
  if (filter === null) return;
  const { locationIds, ...values } = filter;
  const [row] = await transaction
    .insert(networkFilters)
    .values({ ...values, ...subject, organisationId })
    .returning({ id: networkFilters.id });
  await transaction
    .insert(networkFilterLocations)
    .values(locationIds.map((locationId) => ({ organisationId, filterId: row!.id, locationId })));
}

/** Switches every filter of the organisation off, for whoever is locked out; their rules stay. */
export async function pauseFilters(transaction: OrganisationTransaction): Promise<number> {
  const rows = await transaction
    .update(networkFilters)
    .set({ paused: true, updatedAt: sql`now()` })
    .where(eq(networkFilters.paused, false))
    .returning({ id: networkFilters.id });
  return rows.length;
}

export async function insertException(
  transaction: OrganisationTransaction,
  exception: { organisationId: string; accountId: string; reason: string; grantedBy: string | null; minutes: number },
): Promise<Date> {
  const { minutes, ...values } = exception;
  const [row] = await transaction
    .insert(filterExceptions)
    .values({ ...values, endsAt: sql`now() + make_interval(mins => ${minutes})` as unknown as Date })
    .returning({ endsAt: filterExceptions.endsAt });
  return row!.endsAt;
}

/** The exceptions that are in force, the one that ends first at the top. */
export async function listExceptions(transaction: OrganisationTransaction): Promise<ExceptionView[]> {
  const granter = alias(accounts, 'granter');
  return transaction
    .select({
      id: filterExceptions.id,
      accountId: filterExceptions.accountId,
      name: sql<string>`${accounts.firstName} || ' ' || ${accounts.lastName}`,
      reason: filterExceptions.reason,
      own: sql<boolean>`${filterExceptions.grantedBy} is not distinct from ${filterExceptions.accountId}`,
      grantedBy: sql<string | null>`${granter.firstName} || ' ' || ${granter.lastName}`,
      endsAt: filterExceptions.endsAt,
    })
    .from(filterExceptions)
    .innerJoin(accounts, eq(accounts.id, filterExceptions.accountId))
    .leftJoin(granter, eq(granter.id, filterExceptions.grantedBy))
    .where(and(isNull(filterExceptions.revokedAt), gt(filterExceptions.endsAt, sql`now()`)))
    .orderBy(filterExceptions.endsAt);
}

/** Ends an exception before its time. @returns whose it was; null where there is none in force */
export async function revokeException(transaction: OrganisationTransaction, id: string): Promise<string | null> {
  const [row] = await transaction
    .update(filterExceptions)
    .set({ revokedAt: sql`now()` })
    .where(
      and(eq(filterExceptions.id, id), isNull(filterExceptions.revokedAt), gt(filterExceptions.endsAt, sql`now()`)),
    )
    .returning({ accountId: filterExceptions.accountId });
  return row?.accountId ?? null;
}

/** No other location is the default one from now on. */
export async function clearDefault(transaction: OrganisationTransaction, except: string | null): Promise<void> {
  await transaction
    .update(locations)
    .set({ isDefault: false })
    .where(and(eq(locations.isDefault, true), except === null ? undefined : ne(locations.id, except)));
}
