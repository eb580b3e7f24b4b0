-- Login authenticators in full (AUTH): drafts, settings, secrets, domains, defaults, external identities, flows to a provider and
-- back; and the kinds of factors that are to come (ENROL-8, ENROL-9).

alter table authenticators
  add column description text not null default '' check (char_length(description) <= 500),
  -- What its type needs, as one schema in code reads it. No secret stands here: those have rows of their own.
  add column settings jsonb not null default '{}',
  -- When it was last checked and put in force; null: a draft, through which nobody signs in. What an older version writes is in force.
  add column activated_at timestamptz default now(),
  add column deactivated_at timestamptz,
  -- The kinds of factors that can be set up by those whom it serves (AUTH-3).
  add column factor_kinds text[] not null default '{totp,hotp,passkey}'
    check (factor_kinds <@ '{totp,hotp,passkey}' and cardinality(factor_kinds) > 0),
  -- How old a password may grow (AUTH-2); null: it does not expire.
  add column password_expiry_days integer check (password_expiry_days between 90 and 3650),
  -- What is asked of a provider about a second factor (MFA-7): its word is trusted, it must show proof, or we ask here.
  add column external_mfa text not null default 'trust' check (external_mfa in ('trust', 'demand', 'ask')),
  add column updated_at timestamptz not null default now();
--> statement-breakpoint
-- Written and read by whoever talks to the provider, and by nothing else.
create table authenticator_secrets (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  authenticator_id uuid not null,
  purpose text not null check (purpose in ('client-secret', 'client-key')),
  secret_sealed bytea not null,
  created_at timestamptz not null default now(),
  unique (authenticator_id, purpose),
  foreign key (organisation_id, authenticator_id) references authenticators (organisation_id, id) on delete cascade
);
--> statement-breakpoint
-- The e-mail domains that an authenticator owns: known and unknown addresses of them go to its provider alike (SIGN-1).
create table authenticator_domains (
  organisation_id uuid not null,
  domain text not null check (char_length(domain) between 3 and 253 and domain = lower(domain)),
  authenticator_id uuid not null,
  primary key (organisation_id, domain),
  foreign key (organisation_id, authenticator_id) references authenticators (organisation_id, id) on delete cascade
);
--> statement-breakpoint
-- The authenticator that new accounts of a kind, or of a role, get; without a row the default one of the organisation.
create table authenticator_defaults (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id),
  kind text check (kind in ('employee', 'parent', 'external')),
  role_id uuid,
  authenticator_id uuid not null,
  check (num_nonnulls(kind, role_id) = 1),
  foreign key (organisation_id, role_id) references roles (organisation_id, id) on delete cascade,
  foreign key (organisation_id, authenticator_id) references authenticators (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create unique index authenticator_defaults_kind on authenticator_defaults (organisation_id, kind) where kind is not null;
--> statement-breakpoint
create unique index authenticator_defaults_role on authenticator_defaults (organisation_id, role_id) where role_id is not null;
--> statement-breakpoint
-- Who an account is at an authenticator's provider (AUTH-7). One row for each authenticator that the account was ever assigned
-- to, so that moving it back restores what was; it counts only while the account is assigned there.
create table external_identities (
  organisation_id uuid not null,
  account_id uuid not null,
  authenticator_id uuid not null,
  -- As the administrator typed it: a NameID or attribute value, or `claim(name):value`; null: bound without one.
  expected text check (char_length(expected) between 1 and 300),
  -- Whom the first sign-in pinned it to: from then on only this one fits.
  issuer text check (char_length(issuer) <= 2000),
  subject text check (char_length(subject) between 1 and 500),
  bound_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (account_id, authenticator_id),
  check (num_nonnulls(issuer, subject, bound_at) in (0, 3)),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade,
  foreign key (organisation_id, authenticator_id) references authenticators (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create unique index external_identities_subject on external_identities (authenticator_id, issuer, subject) where subject is not null;
--> statement-breakpoint
create unique index external_identities_expected on external_identities (authenticator_id, expected) where expected is not null;
--> statement-breakpoint
-- A way to a provider and back: bound to the browser, used once. What was sent (nonce, verifier, request id) and what came back
-- are sealed.
create table external_flows (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  authenticator_id uuid not null,
  purpose text not null check (purpose in ('sign-in', 'test', 'bind')),
  -- Null where the provider began it: then the browser is not known before it shows its ticket.
  browser_hash bytea,
  attempt_id uuid,
  session_id uuid,
  state_hash bytea unique,
  request_sealed bytea,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- When the provider's answer was taken, by which ticket it goes on, and what it said.
  answered_at timestamptz,
  ticket_hash bytea unique,
  answer_sealed bytea,
  consumed_at timestamptz,
  foreign key (organisation_id, authenticator_id) references authenticators (organisation_id, id) on delete cascade,
  foreign key (organisation_id, attempt_id) references sign_in_attempts (organisation_id, id) on delete cascade,
  foreign key (organisation_id, session_id) references sessions (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index external_flows_expiry on external_flows (expires_at);
--> statement-breakpoint
create index external_flows_attempt on external_flows (attempt_id) where attempt_id is not null;
--> statement-breakpoint
-- Assertions that were taken: none is taken twice (SAML-2).
create table used_assertions (
  organisation_id uuid not null,
  authenticator_id uuid not null,
  assertion_id text not null check (char_length(assertion_id) <= 300),
  expires_at timestamptz not null,
  primary key (authenticator_id, assertion_id),
  foreign key (organisation_id, authenticator_id) references authenticators (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index used_assertions_expiry on used_assertions (expires_at);
--> statement-breakpoint
-- What ends a session at its provider too (OIDC-4, SAML-4): tokens, NameID and session index, sealed.
create table external_sessions (
  id uuid primary key default gen_random_uuid(),
  session_id uuid not null unique,
  organisation_id uuid not null,
  authenticator_id uuid not null,
  issuer text not null,
  subject text not null,
  -- The provider's own name of the session, where it gave one (`sid`, SessionIndex).
  provider_session text,
  tokens_sealed bytea,
  foreign key (organisation_id, session_id) references sessions (organisation_id, id) on delete cascade,
  foreign key (organisation_id, authenticator_id) references authenticators (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index external_sessions_subject on external_sessions (authenticator_id, issuer, subject);
--> statement-breakpoint
-- The first factor shown by a provider, and whether it showed a second one (MFA-7). It counts only while the account is assigned
-- to the authenticator that it came by.
alter table sessions
  add column authenticator_id uuid,
  add column external_verified_at timestamptz,
  add column external_factor_at timestamptz;
--> statement-breakpoint
alter table sign_in_attempts
  -- The authenticator that the attempt goes by, where that is an external one; also for an identifier that nobody has.
  add column authenticator_id uuid,
  add column external_verified_at timestamptz,
  add column external_factor_at timestamptz,
  add foreign key (organisation_id, authenticator_id) references authenticators (organisation_id, id) on delete cascade;
--> statement-breakpoint
-- Factors to come: a counter token keeps its next counter, a passkey keeps no secret here.
alter table factors
  drop constraint factors_kind_check,
  add constraint factors_kind_check check (kind in ('totp', 'hotp', 'passkey')),
  alter column secret_sealed drop not null,
  alter column last_step set default 0,
  add column next_counter bigint check (next_counter >= 0),
  add check ((kind = 'passkey') = (secret_sealed is null)),
  add check ((kind = 'hotp') = (next_counter is not null));
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array[
    'authenticator_secrets', 'authenticator_domains', 'authenticator_defaults', 'external_identities', 'external_flows',
    'used_assertions', 'external_sessions'
  ] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy organisation_wall on %I to vestibule_app
         using (organisation_id = (select current_organisation()))
         with check (organisation_id = (select current_organisation()))', name);
    execute format('create policy owner_works on %I to current_user using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on %I to vestibule_app', name);
  end loop;
end $$;
--> statement-breakpoint
-- All that a request with a session needs, in one statement: `open_session` with what came beside it since. Under a name of its
-- own, because what a version that still serves has prepared must go on working (SCALE-2).
create function load_session(wanted_token_hash bytea)
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
    array(select distinct f.kind from public.factors f where f.account_id = a.id),
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
-- `find_attempt` with what came beside it since: one statement for a step of signing in. A password too old is to be changed once
-- everything else is proved; an open session is left in peace (AUTH-2).
create function load_attempt(wanted_slug text, wanted_browser_hash bytea, wanted_device_hash bytea, wanted_id uuid)
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
    array(select distinct f.kind from public.factors f where f.account_id = a.id),
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
-- A provider's answer names its authenticator by the URL and comes before any organisation is known.
create function find_authenticator(wanted_id uuid)
returns table (
  organisation_id uuid, slug text, organisation_name text, organisation_locale text, organisation_time_zone text,
  settings_version bigint, type text, active boolean
)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select o.id, o.slug, o.name, o.locale, o.time_zone, o.settings_version, u.type, u.active
  from public.authenticators u join public.organisations o on o.id = u.organisation_id
  where u.id = wanted_id
$$;
--> statement-breakpoint
-- Housekeeping over all organisations: ways to a provider that ran out, and assertions that nobody could show again.
create function sweep_external() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  delete from public.external_flows where expires_at < now() - interval '1 hour';
  delete from public.used_assertions where expires_at < now() - interval '1 hour';
$$;
--> statement-breakpoint
revoke all on function load_session(bytea), load_attempt(text, bytea, bytea, uuid), find_authenticator(uuid), sweep_external() from public;
--> statement-breakpoint
grant execute on function load_session(bytea), load_attempt(text, bytea, bytea, uuid), find_authenticator(uuid), sweep_external() to vestibule_app;
