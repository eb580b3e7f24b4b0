import { and, eq, inArray, or, sql } from 'drizzle-orm';
import {
  authenticatorDefaults,
  authenticatorDomains,
  authenticatorSecrets,
  externalFlows,
} from '@/drizzle/schema/authenticators';
import { authenticators } from '@/drizzle/schema/organisations';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { FACTOR_KINDS, type AccountKind, type ExternalMfa, type FactorKind } from '@/lib/policy/decision';
import type { Permission } from '@/lib/policy/permissions';
import { Refusal } from '@/lib/refusals';
import {
  SETTINGS,
  type Authenticator,
  type AuthenticatorState,
  type AuthenticatorType,
  type ListedAuthenticator,
} from './model';

type Row = typeof authenticators.$inferSelect;

/** A draft was never put in force; what was is either still so, or was switched off. */
function stateOf({ active, activatedAt }: Pick<Row, 'active' | 'activatedAt'>): AuthenticatorState {
  if (active) return 'active';
  return activatedAt === null ? 'draft' : 'deactivated';
}

function asAuthenticator(row: Row): Authenticator {
  const { id, name, description, isDefault, mfaRequired, passwordExpiryDays, externalMfa, updatedAt, type } = row;
  const factorKinds = row.factorKinds.filter((kind): kind is FactorKind => FACTOR_KINDS.includes(kind as FactorKind));
  return {
    id,
    name,
    description,
    isDefault,
    state: stateOf(row),
    mfaRequired,
    factorKinds,
    passwordExpiryDays,
    externalMfa,
    updatedAt,
    type,
    // What an older version wrote and this one can't read counts as never said: the editor shows it empty.
    settings: SETTINGS[type].safeParse(row.settings).data ?? SETTINGS[type].parse({}),
  } as Authenticator;
}

/** One authenticator of the organisation; null: it has none with this id. */
export async function findAuthenticator(
  transaction: OrganisationTransaction,
  id: string,
): Promise<Authenticator | null> {
  const [row] = await transaction.select().from(authenticators).where(eq(authenticators.id, id));
  return row === undefined ? null : asAuthenticator(row);
}

/** {@link findAuthenticator}. @throws {Refusal} `not-found` */
export async function loadAuthenticator(transaction: OrganisationTransaction, id: string): Promise<Authenticator> {
  const found = await findAuthenticator(transaction, id);
  if (found === null) throw new Refusal('not-found');
  return found;
}

/**
 * {@link loadAuthenticator}, as it stays until the transaction ends.
 *
 * @param how `change`: nobody else changes it; `keep`: nobody changes it, and several may keep it so at once
 */
export async function holdAuthenticator(
  transaction: OrganisationTransaction,
  id: string,
  how: 'change' | 'keep',
): Promise<Authenticator> {
  const [row] = await transaction
    .select()
    .from(authenticators)
    .where(eq(authenticators.id, id))
    .for(how === 'change' ? 'no key update' : 'share');
  if (row === undefined) throw new Refusal('not-found');
  return asAuthenticator(row);
}

/** Every authenticator by name, with how many people it serves and what its filter stands on; the default one first. */
export async function listAuthenticators(transaction: OrganisationTransaction): Promise<ListedAuthenticator[]> {
  const rows = await transaction.execute<{
    id: string;
    name: string;
    type: AuthenticatorType;
    is_default: boolean;
    active: boolean;
    activated_at: string | null;
    served: number;
    locations: string[];
  }>(sql`
    select u.id, u.name, u.type, u.is_default, u.active, u.activated_at, coalesce(s.served, 0)::int as served,
      array(select l.name from network_filters f
        join network_filter_locations x on x.filter_id = f.id join locations l on l.id = x.location_id
        where f.authenticator_id = u.id order by lower(l.name)) as locations
    from authenticators u
    left join (select authenticator_id, count(*) as served from accounts group by authenticator_id) s
      on s.authenticator_id = u.id
    order by u.is_default desc, lower(u.name)`);
  return rows.map(({ is_default, active, activated_at, ...row }) => ({
    ...row,
    isDefault: is_default,
    state: stateOf({ active, activatedAt: activated_at === null ? null : new Date(activated_at) }),
  }));
}

export async function countAuthenticators(transaction: OrganisationTransaction): Promise<number> {
  return transaction.$count(authenticators);
}

/** Writes a draft: it has an id, and so its URLs, before anything is known of it (AUTH-4). */
export async function insertDraft(
  transaction: OrganisationTransaction,
  draft: { readonly organisationId: string; readonly name: string; readonly type: AuthenticatorType },
): Promise<string> {
  const [row] = await transaction
    .insert(authenticators)
    .values({ ...draft, active: false, activatedAt: null, settings: SETTINGS[draft.type].parse({}) })
    .returning({ id: authenticators.id });
  return row!.id;
}

/** What can be changed of an authenticator, beside its state. */
export interface AuthenticatorFields {
  readonly name: string;
  readonly description: string;
  readonly mfaRequired: boolean;
  readonly factorKinds: readonly FactorKind[];
  readonly passwordExpiryDays: number | null;
  readonly externalMfa: ExternalMfa;
  readonly settings: Authenticator['settings'];
}

export async function updateAuthenticator(
  transaction: OrganisationTransaction,
  id: string,
  { factorKinds, ...fields }: AuthenticatorFields,
): Promise<void> {
  await transaction
    .update(authenticators)
    .set({ ...fields, factorKinds: [...factorKinds], updatedAt: sql`now()` })
    .where(eq(authenticators.id, id));
}

/** In force from now on, where it is still what was checked: unchanged since `seen`. @returns whether it is */
export async function activate(transaction: OrganisationTransaction, id: string, seen: Date): Promise<boolean> {
  const rows = await transaction
    .update(authenticators)
    .set({ active: true, activatedAt: sql`now()`, deactivatedAt: null, updatedAt: sql`now()` })
    .where(
      and(
        eq(authenticators.id, id),
        sql`date_trunc('milliseconds', ${authenticators.updatedAt}) = ${seen.toISOString()}::timestamptz`,
      ),
    )
    .returning({ id: authenticators.id });
  return rows.length === 1;
}

/** In force from now on, whatever was checked: the operator's word. */
export async function activateAnyhow(transaction: OrganisationTransaction, id: string): Promise<void> {
  await transaction
    .update(authenticators)
    .set({ active: true, activatedAt: sql`now()`, deactivatedAt: null, updatedAt: sql`now()` })
    .where(eq(authenticators.id, id));
}

/** Not in force from now on. */
export async function deactivate(transaction: OrganisationTransaction, id: string): Promise<void> {
  await transaction
    .update(authenticators)
    .set({ active: false, deactivatedAt: sql`now()`, updatedAt: sql`now()` })
    .where(eq(authenticators.id, id));
}

/** Ways to its provider that are under way lead nowhere. */
export async function endFlows(transaction: OrganisationTransaction, id: string): Promise<void> {
  await transaction.delete(externalFlows).where(eq(externalFlows.authenticatorId, id));
}

/** New accounts get this one from now on, unless their kind or role says otherwise. */
export async function makeDefault(transaction: OrganisationTransaction, id: string): Promise<void> {
  await transaction.update(authenticators).set({ isDefault: false }).where(eq(authenticators.isDefault, true));
  await transaction
    .update(authenticators)
    .set({ isDefault: true, updatedAt: sql`now()` })
    .where(eq(authenticators.id, id));
}

export async function deleteAuthenticator(transaction: OrganisationTransaction, id: string): Promise<void> {
  await transaction.delete(authenticators).where(eq(authenticators.id, id));
}

/** How many people an authenticator serves, the first of them by name, and how many of their sessions are open. */
export async function countServed(
  transaction: OrganisationTransaction,
  id: string,
): Promise<{ served: number; names: string[]; sessions: number }> {
  const rows = await transaction.execute<{ served: number; names: string[] | null; sessions: number }>(sql`
    select (select count(*)::int from accounts a where a.authenticator_id = ${id}::uuid) as served,
      (select array_agg(n.name order by n.name_key, n.id) from (
        select a.id, a.name_key, a.first_name || ' ' || a.last_name as name from accounts a
        where a.authenticator_id = ${id}::uuid order by a.name_key, a.id limit 10) n) as names,
      (select count(*)::int from sessions s join accounts a on a.id = s.account_id
        where a.authenticator_id = ${id}::uuid and s.absolute_until > now()
          and s.last_seen_at + make_interval(mins => s.idle_minutes) > now()) as sessions`);
  const { served, names, sessions } = rows[0]!;
  return { served, names: names ?? [], sessions };
}

/** The kinds and the roles whose new accounts get an authenticator. */
export async function listDefaults(
  transaction: OrganisationTransaction,
  id: string,
): Promise<{ kinds: AccountKind[]; roleIds: string[] }> {
  const rows = await transaction
    .select({ kind: authenticatorDefaults.kind, roleId: authenticatorDefaults.roleId })
    .from(authenticatorDefaults)
    .where(eq(authenticatorDefaults.authenticatorId, id));
  return { kinds: rows.flatMap(({ kind }) => kind ?? []), roleIds: rows.flatMap(({ roleId }) => roleId ?? []) };
}

/** Which authenticator in force the new accounts of a kind or of a role get, where one of them says. */
export async function listAllDefaults(
  transaction: OrganisationTransaction,
): Promise<{ authenticatorId: string; kind: AccountKind | null; roleId: string | null }[]> {
  return transaction
    .select({
      authenticatorId: authenticatorDefaults.authenticatorId,
      kind: authenticatorDefaults.kind,
      roleId: authenticatorDefaults.roleId,
    })
    .from(authenticatorDefaults)
    .innerJoin(authenticators, eq(authenticators.id, authenticatorDefaults.authenticatorId))
    .where(eq(authenticators.active, true));
}

/** New accounts of these kinds and roles get this authenticator, and no others do because of it; each has one at most. */
export async function replaceDefaults(
  transaction: OrganisationTransaction,
  organisationId: string,
  authenticatorId: string,
  { kinds, roleIds }: { readonly kinds: readonly AccountKind[]; readonly roleIds: readonly string[] },
): Promise<void> {
  const wanted = [
    eq(authenticatorDefaults.authenticatorId, authenticatorId),
    ...(kinds.length === 0 ? [] : [inArray(authenticatorDefaults.kind, [...kinds])]),
    ...(roleIds.length === 0 ? [] : [inArray(authenticatorDefaults.roleId, [...roleIds])]),
  ];
  await transaction.delete(authenticatorDefaults).where(or(...wanted));
  const rows = [
    ...kinds.map((kind) => ({ organisationId, authenticatorId, kind, roleId: null })),
    ...roleIds.map((roleId) => ({ organisationId, authenticatorId, kind: null, roleId })),
  ];
  if (rows.length > 0) await transaction.insert(authenticatorDefaults).values(rows);
}

/** Everything that somebody whom the authenticator serves may do here: who changes it must be able to as much. */
export async function permissionsServed(transaction: OrganisationTransaction, id: string): Promise<Permission[]> {
  const rows = await transaction.execute<{ permission: Permission }>(sql`
    select distinct unnest(r.permissions) as permission from roles r
    where exists (select from accounts a where a.role_id = r.id and a.authenticator_id = ${id}::uuid)`);
  return rows.map(({ permission }) => permission);
}

/** The e-mail domains that an authenticator owns (SIGN-1), in order. */
export async function listDomains(transaction: OrganisationTransaction, id: string): Promise<string[]> {
  const rows = await transaction
    .select({ domain: authenticatorDomains.domain })
    .from(authenticatorDomains)
    .where(eq(authenticatorDomains.authenticatorId, id))
    .orderBy(authenticatorDomains.domain);
  return rows.map(({ domain }) => domain);
}

/** Another authenticator of the organisation owns one of these already: which of them; null: none. */
export async function findOwnedElsewhere(
  transaction: OrganisationTransaction,
  id: string,
  domains: readonly string[],
): Promise<{ domain: string; owner: string } | null> {
  const [row] = await transaction.execute<{ domain: string; owner: string }>(sql`
    select d.domain, u.name as owner from authenticator_domains d join authenticators u on u.id = d.authenticator_id
    where d.authenticator_id <> ${id}::uuid
      and d.domain in (select jsonb_array_elements_text(${JSON.stringify(domains)}::text::jsonb))
    limit 1`);
  return row ?? null;
}

export async function replaceDomains(
  transaction: OrganisationTransaction,
  organisationId: string,
  authenticatorId: string,
  domains: readonly string[],
): Promise<void> {
  await transaction.delete(authenticatorDomains).where(eq(authenticatorDomains.authenticatorId, authenticatorId));
  if (domains.length === 0) return;
  await transaction
    .insert(authenticatorDomains)
    .values(domains.map((domain) => ({ organisationId, authenticatorId, domain })));
}

export type SecretPurpose = (typeof authenticatorSecrets.purpose.enumValues)[number];

export async function findSealedSecret(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  purpose: SecretPurpose,
): Promise<{ id: string; sealed: Buffer } | null> {
  const [row] = await transaction
    .select({ id: authenticatorSecrets.id, sealed: authenticatorSecrets.secretSealed })
    .from(authenticatorSecrets)
    .where(and(eq(authenticatorSecrets.authenticatorId, authenticatorId), eq(authenticatorSecrets.purpose, purpose)));
  return row ?? null;
}

/** When each secret of an authenticator was kept; what is missing was never given. */
export async function listSecretDates(
  transaction: OrganisationTransaction,
  authenticatorId: string,
): Promise<Partial<Record<SecretPurpose, Date>>> {
  const rows = await transaction
    .select({ purpose: authenticatorSecrets.purpose, createdAt: authenticatorSecrets.createdAt })
    .from(authenticatorSecrets)
    .where(eq(authenticatorSecrets.authenticatorId, authenticatorId));
  return Object.fromEntries(rows.map(({ purpose, createdAt }) => [purpose, createdAt]));
}

export async function insertSecret(
  transaction: OrganisationTransaction,
  secret: Pick<
    typeof authenticatorSecrets.$inferInsert,
    'organisationId' | 'authenticatorId' | 'purpose' | 'secretSealed'
  > & { id: string },
): Promise<void> {
  await transaction.insert(authenticatorSecrets).values(secret);
}

/** @returns whether there was one */
export async function deleteSecret(
  transaction: OrganisationTransaction,
  authenticatorId: string,
  purpose: SecretPurpose,
): Promise<boolean> {
  const rows = await transaction
    .delete(authenticatorSecrets)
    .where(and(eq(authenticatorSecrets.authenticatorId, authenticatorId), eq(authenticatorSecrets.purpose, purpose)))
    .returning({ id: authenticatorSecrets.id });
  return rows.length === 1;
}
