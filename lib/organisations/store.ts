import { eq, sql } from 'drizzle-orm';
import type postgres from 'postgres';
import { authenticators, organisations, roles } from '@/drizzle/schema/organisations';
import type { Arrival, Visitor } from '@/lib/actors/model';
import { withDeadline } from '@/lib/db/deadline';
import { behindWall, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { pool } from '@/lib/db/pool';
import type { Locale } from '@/lib/language/locale';
import { BUILT_IN_ROLES, type BuiltInRole } from '@/lib/policy/permissions';
import { Refusal } from '@/lib/refusals';
import type { Organisation } from './model';

interface Row {
  id: string;
  slug: string;
  name: string;
  locale: Locale;
  time_zone: string;
  settings_version: string;
}

/** What a slug can look like; nothing else need be looked up, and NUL never reaches PostgreSQL. */
export const SLUG = /^[a-z0-9][a-z0-9-]{0,39}$/;

/**
 * The organisation behind a URL. It comes before any transaction of an organisation, so it goes through a function of
 * the database that answers this one question.
 */
export async function findOrganisation(slug: string): Promise<Organisation | null> {
  if (!SLUG.test(slug)) return null;
  const [row] = await withDeadline(async () => pool().sql<Row[]>`select * from find_organisation(${slug})`);
  return row ? organisationOf(row) : null;
}

/**
 * A transaction in the organisation behind a URL, which its first statement finds: for the acts of somebody who is not
 * signed in. As `inOrganisation` in everything else.
 *
 * @param first what is asked in that same round trip
 * @param work given whoever arrived, as a visitor of the organisation
 * @throws {Refusal} `organisation.not-found`
 */
export async function inOrganisationAt<F, T>(
  arrival: Arrival,
  first: (transaction: OrganisationTransaction) => Promise<F>,
  work: (transaction: OrganisationTransaction, visitor: Visitor, found: F) => Promise<T>,
): Promise<T> {
  const { slug } = arrival.organisation;
  if (!SLUG.test(slug)) throw new Refusal('organisation.not-found');
  return behindWall(
    (client) => client<Row[]>`
      select o.*, set_config('app.organisation_id', o.id::text, true) from find_organisation(${slug}) o`,
    async (transaction, walled) => {
      const asked = first(transaction);
      // Behind no wall it may fail in any way: that there is no organisation says why.
      asked.catch(() => {});
      const [row] = await walled;
      if (row === undefined) throw new Refusal('organisation.not-found');
      return work(transaction, { ...arrival, organisation: organisationOf(row) }, await asked);
    },
  );
}

/** All organisations, for the operator alone: by a connection of the owner, which no wall stands before. */
export async function listOrganisations(owner: postgres.Sql): Promise<Organisation[]> {
  const rows = await owner<Row[]>`
    select id, slug, name, locale, time_zone, settings_version::text from organisations order by slug`;
  return rows.map(organisationOf);
}

/** An organisation in which somebody has an account. */
export interface OrganisationOfEmail {
  readonly organisation: Organisation;
  readonly accountId: string;
  readonly email: string;
  readonly locale: Locale;
}

/**
 * The organisations that know an e-mail, by its key, in the order of their names; those in which it is suspended, and those
 * that nobody confirmed, are left out. Only ever for a letter to that very address.
 */
export async function listOrganisationsOfEmail(emailKey: string): Promise<OrganisationOfEmail[]> {
  const rows = await withDeadline(
    async () =>
      pool().sql<
        {
          organisation_id: string;
          slug: string;
          name: string;
          organisation_locale: Locale;
          time_zone: string;
          settings_version: string;
          account_id: string;
          email: string;
          locale: Locale | null;
        }[]
      >`select * from organisations_of_email(${emailKey})`,
  );
  return rows.map((row) => ({
    organisation: organisationOf({ ...row, id: row.organisation_id, locale: row.organisation_locale }),
    accountId: row.account_id,
    email: row.email,
    locale: row.locale ?? row.organisation_locale,
  }));
}

function organisationOf(row: Row): Organisation {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    locale: row.locale,
    timeZone: row.time_zone,
    settingsVersion: Number(row.settings_version),
  };
}

/**
 * Writes an organisation with its default authenticator and its built-in roles.
 *
 * @returns its settings version
 */
export async function insertOrganisation(
  transaction: OrganisationTransaction,
  {
    authenticatorName,
    unconfirmed,
    ...organisation
  }: Omit<Organisation, 'settingsVersion'> & { authenticatorName: string; unconfirmed: boolean },
): Promise<number> {
  const organisationId = organisation.id;
  await transaction
    .insert(organisations)
    .values({ ...organisation, unconfirmedSince: unconfirmed ? (sql`now()` as unknown as Date) : null });
  await transaction
    .insert(authenticators)
    .values({ organisationId, name: authenticatorName, type: 'system', isDefault: true });
  await transaction.insert(roles).values(
    Object.entries(BUILT_IN_ROLES).map(([builtIn, { name, permissions }]) => ({
      organisationId,
      name,
      builtIn: builtIn as BuiltInRole,
      permissions: [...permissions],
    })),
  );
  const [row] = await transaction
    .select({ settingsVersion: organisations.settingsVersion })
    .from(organisations)
    .where(eq(organisations.id, organisationId));
  return row!.settingsVersion;
}
