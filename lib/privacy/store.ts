import { sql } from 'drizzle-orm';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';

/** The parts of what is held about a person, in the order in which they are shown. */
export const DATA_PARTS = [
  'account',
  'identities',
  'factors',
  'devices',
  'sessions',
  'mails',
  'links',
  'events',
] as const;
export type DataPart = (typeof DATA_PARTS)[number];

/** One thing that is held: plain values by plain names, no secret and no hash among them. */
export type HeldThing = Readonly<Record<string, string | number | boolean | null | object>>;

/** Newest first; older ones are in the audit, which an administrator exports. */
const EVENTS_MAX = 5_000;

/** Everything that is held about an account, part by part, in one statement. */
export async function collectOwnData(
  transaction: OrganisationTransaction,
  accountId: string,
): Promise<Record<DataPart, readonly HeldThing[]>> {
  const rows = (query: ReturnType<typeof sql>) =>
    sql`(select coalesce(jsonb_agg(to_jsonb(r)), '[]') from (${query}) r)`;
  const [found] = await transaction.execute<Record<DataPart, HeldThing[]>>(sql`
    select
      ${rows(sql`select a.id, a.kind, a.status, a.email, a.username, a.first_name, a.last_name, a.locale, a.time_zone,
        coalesce(r.built_in, r.name) as role, u.name as authenticator, a.created_at, a.updated_at, p.changed_at as password_changed_at,
        i.updated_at as picture_changed_at,
        (select count(*) from recovery_codes c where c.account_id = a.id and c.used_at is null) as recovery_codes_left
        from accounts a join authenticators u on u.id = a.authenticator_id left join roles r on r.id = a.role_id
        left join passwords p on p.account_id = a.id left join pictures i on i.account_id = a.id
        where a.id = ${accountId}`)} as account,
      ${rows(sql`select u.name as authenticator, i.expected, i.issuer, i.subject, i.bound_at, i.near_said, i.near_at
        from external_identities i join authenticators u on u.id = i.authenticator_id
        where i.account_id = ${accountId} order by u.name`)} as identities,
      ${rows(sql`select f.kind, f.name, f.created_at, f.last_used_at, translate(encode(k.credential_id, 'base64'), E'+/=\n', '-_') as credential_id,
        k.transports, k.user_verified, k.device_type, k.backed_up, k.aaguid, k.sign_count, k.cloned_at
        from factors f left join passkeys k on k.factor_id = f.id
        where f.account_id = ${accountId} order by f.created_at`)} as factors,
      ${rows(sql`select id, user_agent, host(last_address) as last_address, first_seen_at, last_seen_at, trusted_until
        from devices where account_id = ${accountId} order by last_seen_at desc`)} as devices,
      ${rows(sql`select id, user_agent, host(address) as address, created_at, last_seen_at, absolute_until
        from sessions where account_id = ${accountId} order by created_at desc`)} as sessions,
      ${rows(sql`select template, locale, address, state, created_at, sent_at
        from mails where account_id = ${accountId} order by created_at desc`)} as mails,
      ${rows(sql`select kind, email, created_at, expires_at, consumed_at, revoked_at
        from tickets where account_id = ${accountId} order by created_at desc`)} as links,
      ${rows(sql`select occurred_at, action, outcome, reason, host(address) as address, actor_id = ${accountId} as by_oneself
        from audit_events where subject_id = ${accountId} order by occurred_at desc limit ${EVENTS_MAX}`)} as events`);
  return found!;
}
