import { and, eq, isNull, ne, gt, sql } from 'drizzle-orm';
import { accounts } from '@/drizzle/schema/accounts';
import { pendingChanges } from '@/drizzle/schema/changes';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { pool } from '@/lib/db/pool';
import type { ChangeSubject, PendingChange } from './model';

/** How long a risky change waits for its confirmation (GUARD-2). */
export const CONFIRM_WITHIN_MINUTES = 10;

const open = and(isNull(pendingChanges.confirmedAt), isNull(pendingChanges.rolledBackAt));

/** The changes that still wait for their confirmation. */
export async function listPendingChanges(transaction: OrganisationTransaction): Promise<PendingChange[]> {
  return transaction
    .select({
      id: pendingChanges.id,
      subject: pendingChanges.subject,
      madeBy: pendingChanges.madeBy,
      madeByName: sql<string>`coalesce(${accounts.firstName} || ' ' || ${accounts.lastName}, '')`,
      confirmUntil: pendingChanges.confirmUntil,
      connectionOf: sql<string | null>`${pendingChanges.before} ->> 'connectionOf'`,
      connectionName: sql<string | null>`(select u.name from authenticators u
        where u.id = (${pendingChanges.before} ->> 'connectionOf')::uuid)`,
    })
    .from(pendingChanges)
    .leftJoin(accounts, eq(accounts.id, pendingChanges.madeBy))
    .where(open)
    .orderBy(pendingChanges.createdAt);
}

/** What an organisation's filters are made of, to be put back if need be. */
export async function snapshotPlaces(transaction: OrganisationTransaction): Promise<unknown> {
  const [row] = await transaction.execute<{ before: unknown }>(sql`
    select jsonb_build_object(
      'location_rules', (select coalesce(jsonb_agg(to_jsonb(r)), '[]') from location_rules r),
      'network_filters', (select coalesce(jsonb_agg(to_jsonb(f)), '[]') from network_filters f),
      'network_filter_locations', (select coalesce(jsonb_agg(to_jsonb(x)), '[]') from network_filter_locations x)
    ) as before`);
  return row!.before;
}

/** A change to the places that waits for its confirmation, with the {@link snapshotPlaces} of before. */
export async function insertPendingPlaces(
  transaction: OrganisationTransaction,
  change: { organisationId: string; madeBy: string; madeInRequest: string; before: unknown },
): Promise<void> {
  await transaction.insert(pendingChanges).values({
    ...change,
    subject: 'places',
    confirmUntil: sql`now() + make_interval(mins => ${CONFIRM_WITHIN_MINUTES})` as unknown as Date,
  });
}

/** What keeps a change to authenticators apart: who made it, and of which of them. */
interface AuthenticatorsChange {
  readonly organisationId: string;
  readonly madeBy: string;
  readonly madeInRequest: string;
  readonly ids: readonly string[];
  /** Of one whose connection changes, what its provider is known by; its secrets are kept too, sealed as they are. */
  readonly connection: { readonly of: string; readonly settings: object } | null;
}

/** Keeps what a change is about to replace of some authenticators: which is the default one, what each asks, and how one is connected. */
export async function keepAuthenticatorsBefore(
  transaction: OrganisationTransaction,
  { connection, ...change }: AuthenticatorsChange,
): Promise<void> {
  const settings = connection === null ? null : JSON.stringify(connection.settings);
  const of = connection?.of ?? null;
  await transaction.execute(sql`
    insert into pending_changes (organisation_id, made_by, made_in_request, subject, confirm_until, before)
    select ${change.organisationId}, ${change.madeBy}, ${change.madeInRequest}, 'authenticators',
      now() + make_interval(mins => ${CONFIRM_WITHIN_MINUTES}),
      jsonb_build_object('authenticators', (select coalesce(jsonb_agg(jsonb_build_object('id', u.id,
          'is_default', u.is_default, 'mfa_required', u.mfa_required, 'factor_kinds', u.factor_kinds,
          'external_mfa', u.external_mfa, 'settings', case when u.id = ${of}::uuid then ${settings}::text::jsonb end)), '[]')
        from authenticators u
        where u.id in (select w::uuid from jsonb_array_elements_text(${JSON.stringify(change.ids)}::text::jsonb) w)))
      || case when ${of}::uuid is null then '{}' else jsonb_build_object('connectionOf', ${of}::uuid, 'secrets',
        (select coalesce(jsonb_agg(to_jsonb(s)), '[]') from authenticator_secrets s
          where s.authenticator_id = ${of}::uuid and s.purpose <> 'saml-key')) end`);
}

/** Keeps what a change is about to replace among the options, before it does. */
export async function keepOptionsBefore(
  transaction: OrganisationTransaction,
  change: { organisationId: string; madeBy: string; madeInRequest: string; keys: readonly string[] },
): Promise<void> {
  const keys = JSON.stringify(change.keys);
  await transaction.execute(sql`
    insert into pending_changes (organisation_id, made_by, made_in_request, subject, confirm_until, before)
    select ${change.organisationId}, ${change.madeBy}, ${change.madeInRequest}, 'options',
      now() + make_interval(mins => ${CONFIRM_WITHIN_MINUTES}),
      jsonb_build_object('keys', ${keys}::text::jsonb,
        'option_values', (select coalesce(jsonb_agg(to_jsonb(o)), '[]') from option_values o
          where o.key in (select jsonb_array_elements_text(${keys}::text::jsonb))))`);
}

/** An option that a waiting change replaced is not put back with the others: somebody above it has set it since. */
export async function forgetOptionBefore(transaction: OrganisationTransaction, key: string): Promise<void> {
  await transaction
    .update(pendingChanges)
    .set({
      before: sql`jsonb_build_object('keys', (${pendingChanges.before} -> 'keys') - ${key}::text,
        'option_values', (select coalesce(jsonb_agg(o), '[]')
          from jsonb_array_elements(${pendingChanges.before} -> 'option_values') o where (o ->> 'key') <> ${key}::text))`,
    })
    .where(and(eq(pendingChanges.subject, 'options'), open));
}

/**
 * Keeps a change for good: in time, and from another request than the one that made it. Secrets that it replaced are gone.
 *
 * @returns whether there was such a change
 */
export async function confirmChange(
  transaction: OrganisationTransaction,
  subject: ChangeSubject,
  id: string,
  requestId: string,
): Promise<boolean> {
  const rows = await transaction
    .update(pendingChanges)
    .set({ confirmedAt: sql`now()`, before: sql`${pendingChanges.before} - 'secrets'` })
    .where(
      and(
        eq(pendingChanges.id, id),
        eq(pendingChanges.subject, subject),
        open,
        ne(pendingChanges.madeInRequest, requestId),
        gt(pendingChanges.confirmUntil, sql`now()`),
      ),
    )
    .returning({ id: pendingChanges.id });
  return rows.length === 1;
}

/** Puts back what a change replaced; false where it was kept or put back already. */
export async function restoreChange(transaction: OrganisationTransaction, id: string): Promise<boolean> {
  const [row] = await transaction.execute<{ restored: boolean }>(sql`select put_back_change(${id}) as restored`);
  return row?.restored === true;
}

/** The changes of every organisation that nobody confirmed in time. */
export async function findOverdueChanges(): Promise<{ id: string; organisationId: string }[]> {
  const rows = await pool().sql<{ id: string; organisation_id: string }[]>`select * from overdue_changes()`;
  return rows.map(({ id, organisation_id }) => ({ id, organisationId: organisation_id }));
}
