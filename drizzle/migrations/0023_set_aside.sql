-- A passkey whose counter went back stands, and proves nothing (ENROL-9): among the kinds that an account has it is `set-aside`, a
-- kind that no authenticator allows. The columns stay what they were, so that the version before reads them too.
create or replace function load_session(wanted_token_hash bytea)
returns table (
  asked_at timestamptz,
  session_id uuid, device_id uuid, session_created_at timestamptz, idle_until timestamptz, absolute_until timestamptz,
  password_verified_at timestamptz, factor_verified_at timestamptz, enrolment_postponed_at timestamptz,
  external_verified_at timestamptz, external_factor_at timestamptz,
  organisation_id uuid, slug text, organisation_name text, organisation_locale text, organisation_time_zone text,
  settings_version bigint,
  account_id uuid, kind text, status text, email text, username text, first_name text, last_name text, locale text,
  time_zone text, account_created_at timestamptz, enrolment_offer_answered_at timestamptz,
  authenticator_id uuid, authenticator_type text, authenticator_active boolean, authenticator_mfa_required boolean,
  authenticator_factor_kinds text[], authenticator_external_mfa text,
  role text, permissions text[], must_change_password boolean, factor_kinds text[],
  device_trusted_until timestamptz, device_approved_at timestamptz, device_revoked_at timestamptz,
  recovery_codes_left integer, picture_updated_at timestamptz, pass_until timestamptz
)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  -- Seen at most once a minute, so that reading a page does not write each time.
  update public.sessions s set last_seen_at = now()
  where s.token_hash = wanted_token_hash and s.last_seen_at < now() - interval '1 minute'
    and s.absolute_until > now() and s.last_seen_at + make_interval(mins => s.idle_minutes) > now();
  return query
  select now(),
    s.id, s.device_id, s.created_at, s.last_seen_at + make_interval(mins => s.idle_minutes), s.absolute_until,
    s.password_verified_at, s.factor_verified_at, s.enrolment_postponed_at,
    case when s.authenticator_id = a.authenticator_id then s.external_verified_at end,
    case when s.authenticator_id = a.authenticator_id then s.external_factor_at end,
    o.id, o.slug, o.name, o.locale, o.time_zone, o.settings_version,
    a.id, a.kind, a.status, a.email, a.username, a.first_name, a.last_name, a.locale, a.time_zone, a.created_at,
    a.enrolment_offer_answered_at, a.authenticator_id, u.type, u.active, u.mfa_required, u.factor_kinds, u.external_mfa,
    r.built_in, r.permissions,
    coalesce(p.must_change, false),
    array(select distinct case when k.cloned_at is null then f.kind else 'set-aside' end
      from public.factors f left join public.passkeys k on k.factor_id = f.id where f.account_id = a.id),
    d.trusted_until, d.approved_at, d.revoked_at,
    (select count(*)::int from public.recovery_codes c where c.account_id = a.id and c.used_at is null),
    (select i.updated_at from public.pictures i where i.account_id = a.id),
    (select w.valid_until from public.passes w where w.id = s.pass_id and w.revoked_at is null and w.valid_until > now())
  from public.sessions s
  join public.accounts a on a.id = s.account_id
  join public.organisations o on o.id = s.organisation_id
  join public.authenticators u on u.id = a.authenticator_id
  left join public.devices d on d.id = s.device_id
  left join public.roles r on r.id = a.role_id
  left join public.passwords p on p.account_id = a.id
  where s.token_hash = wanted_token_hash
    and s.absolute_until > now() and s.last_seen_at + make_interval(mins => s.idle_minutes) > now();
end $$;
--> statement-breakpoint
create or replace function load_attempt(wanted_slug text, wanted_browser_hash bytea, wanted_device_hash bytea, wanted_id uuid)
returns table (
  asked_at timestamptz,
  organisation_id uuid, slug text, organisation_name text, organisation_locale text, organisation_time_zone text,
  settings_version bigint,
  attempt_id uuid, identifier text, return_path text, password_verified_at timestamptz, factor_verified_at timestamptz,
  external_verified_at timestamptz, external_factor_at timestamptz,
  account_id uuid, kind text, status text, email text, username text, first_name text, last_name text,
  account_created_at timestamptz,
  password_hash text, must_change_password boolean,
  authenticator_id uuid, authenticator_type text, authenticator_active boolean, authenticator_mfa_required boolean,
  authenticator_factor_kinds text[], authenticator_external_mfa text,
  device_id uuid, device_trusted_until timestamptz, device_approved_at timestamptz, device_revoked_at timestamptz,
  factor_kinds text[], recovery_codes_left integer, pass_id uuid, pass_until timestamptz
)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return query
  select now(),
    o.id, o.slug, o.name, o.locale, o.time_zone, o.settings_version,
    t.id, t.identifier, t.return_path, t.password_verified_at, t.factor_verified_at,
    case when a.id is null or t.authenticator_id = a.authenticator_id then t.external_verified_at end,
    case when a.id is null or t.authenticator_id = a.authenticator_id then t.external_factor_at end,
    a.id, a.kind, a.status, a.email, a.username, a.first_name, a.last_name, a.created_at,
    p.hash,
    coalesce(p.must_change, false) or (u.type = 'system' and u.password_expiry_days is not null
      and coalesce(p.changed_at < now() - make_interval(days => u.password_expiry_days), false)),
    u.id, u.type, u.active, u.mfa_required, u.factor_kinds, u.external_mfa,
    d.id, d.trusted_until, d.approved_at, d.revoked_at,
    array(select distinct case when k.cloned_at is null then f.kind else 'set-aside' end
      from public.factors f left join public.passkeys k on k.factor_id = f.id where f.account_id = a.id),
    (select count(*)::int from public.recovery_codes c where c.account_id = a.id and c.used_at is null),
    w.id, w.valid_until
  from public.organisations o
  left join lateral (
    select * from public.sign_in_attempts s
    where s.organisation_id = o.id and s.browser_hash = wanted_browser_hash
      and s.consumed_at is null and s.expires_at > now() and (wanted_id is null or s.id = wanted_id)
    order by s.created_at desc limit 1
  ) t on true
  left join public.accounts a on a.id = t.account_id
  left join public.passwords p on p.account_id = a.id
  left join public.authenticators u on u.id = coalesce(a.authenticator_id, t.authenticator_id)
  left join public.devices d on d.account_id = a.id and d.token_hash = wanted_device_hash
  left join public.passes w on w.id = t.pass_id and w.revoked_at is null and w.valid_until > now()
  where o.slug = wanted_slug;
end $$;
--> statement-breakpoint
-- Everybody whose password is demanded anew is told, a portion at a time (AUTH-2, SELF-3).
alter table authenticator_notices
  drop constraint authenticator_notices_template_check,
  add constraint authenticator_notices_template_check
    check (template in ('access-lost', 'password-needed', 'password-demanded'));
