-- The house: organisations, accounts, factors, half-way states, sessions, options, audit.
-- Runs as the owner, who need not be a superuser (CREATEROLE and CREATE on the database are enough).

-- The application works under this role: it owns nothing, so row-level security binds it.
do $$
begin
  if not exists (select from pg_roles where rolname = 'vestibule_app') then
    begin
      create role vestibule_app nologin;
    exception when duplicate_object or unique_violation then null; -- another database of the cluster was quicker
    end;
  end if;
  -- Where the role was made by somebody else, that one hands it on: then there is nothing left to grant.
  if current_setting('server_version_num')::int >= 160000 then
    if not pg_has_role(current_user, 'vestibule_app', 'set') then
      execute format('grant vestibule_app to %I with inherit false, set true', current_user);
    end if;
  elsif not pg_has_role(current_user, 'vestibule_app', 'member') then
    execute format('grant vestibule_app to %I', current_user);
  end if;
end $$;
--> statement-breakpoint
grant usage on schema public to vestibule_app;
--> statement-breakpoint
-- After a transaction a local setting reads as an empty string, not null: hence nullif.
create function current_organisation() returns uuid
language sql stable parallel safe
as $$ select nullif(current_setting('app.organisation_id', true), '')::uuid $$;
--> statement-breakpoint

create table organisations (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$'),
  name text not null check (char_length(name) between 1 and 100),
  locale text not null check (locale in ('fr', 'en')),
  time_zone text not null,
  settings_version bigint not null default 1,
  created_at timestamptz not null default now()
);
--> statement-breakpoint
create table authenticators (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id),
  name text not null check (char_length(name) between 1 and 100),
  type text not null check (type in ('system', 'saml', 'oidc')),
  is_default boolean not null default false,
  active boolean not null default true,
  mfa_required boolean not null default false,
  created_at timestamptz not null default now(),
  unique (organisation_id, id)
);
--> statement-breakpoint
create unique index authenticators_name on authenticators (organisation_id, lower(name));
--> statement-breakpoint
create unique index authenticators_one_default on authenticators (organisation_id) where is_default;
--> statement-breakpoint
create table roles (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id),
  name text not null check (char_length(name) between 1 and 100),
  built_in text check (built_in in ('administrator', 'account-manager', 'auditor')),
  permissions text[] not null default '{}',
  created_at timestamptz not null default now(),
  unique (organisation_id, id),
  unique (organisation_id, built_in)
);
--> statement-breakpoint
create unique index roles_name on roles (organisation_id, lower(name));
--> statement-breakpoint
create table accounts (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id),
  kind text not null check (kind in ('employee', 'parent', 'external')),
  status text not null default 'active' check (status in ('invited', 'active', 'suspended')),
  email text not null,
  email_key text not null,
  username text not null,
  username_key text not null check (username_key !~ '@'),
  first_name text not null,
  last_name text not null,
  locale text check (locale in ('fr', 'en')),
  time_zone text,
  role_id uuid,
  authenticator_id uuid not null,
  enrolment_offer_answered_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organisation_id, id),
  unique (organisation_id, email_key),
  unique (organisation_id, username_key),
  foreign key (organisation_id, role_id) references roles (organisation_id, id),
  foreign key (organisation_id, authenticator_id) references authenticators (organisation_id, id),
  -- Only employees administer: a parent never holds a role.
  check (role_id is null or kind = 'employee')
);
--> statement-breakpoint
create index accounts_authenticator on accounts (organisation_id, authenticator_id);
--> statement-breakpoint
create index accounts_role on accounts (organisation_id, role_id) where role_id is not null;
--> statement-breakpoint
create table passwords (
  account_id uuid primary key,
  organisation_id uuid not null,
  hash text not null,
  must_change boolean not null default false,
  changed_at timestamptz not null default now(),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create table pictures (
  account_id uuid primary key,
  organisation_id uuid not null,
  media_type text not null,
  bytes bytea not null check (octet_length(bytes) <= 262144),
  updated_at timestamptz not null default now(),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create table factors (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  account_id uuid not null,
  kind text not null check (kind in ('totp')),
  name text not null check (char_length(name) between 1 and 100),
  secret_sealed bytea not null,
  -- The newest time step ever accepted (RFC 6238 §5.2): a code counts once, for whatever it was typed.
  last_step bigint not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  unique (organisation_id, id),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index factors_account on factors (account_id);
--> statement-breakpoint
create table recovery_codes (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  account_id uuid not null,
  code_hash bytea not null,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  unique (account_id, code_hash),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
-- A browser in which an account has signed in: it has a budget of tries of its own (SIGN-4).
create table devices (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  account_id uuid not null,
  token_hash bytea not null,
  user_agent text not null default '',
  last_address inet,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  -- Until when the second factor is not asked in this browser (MFA-5); null: always asked.
  trusted_until timestamptz,
  unique (organisation_id, id),
  unique (account_id, token_hash),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create table sessions (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  account_id uuid not null,
  device_id uuid,
  token_hash bytea not null unique,
  user_agent text not null default '',
  address inet,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  idle_minutes integer not null check (idle_minutes > 0),
  absolute_until timestamptz not null,
  password_verified_at timestamptz,
  factor_verified_at timestamptz,
  enrolment_postponed_at timestamptz,
  unique (organisation_id, id),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade,
  foreign key (organisation_id, device_id) references devices (organisation_id, id) on delete set null (device_id)
);
--> statement-breakpoint
create index sessions_account on sessions (account_id);
--> statement-breakpoint
create index sessions_device on sessions (organisation_id, device_id);
--> statement-breakpoint
-- Half-way states of signing in (SIGN-3): bound to the browser by the hash of a cookie, used up once.
create table sign_in_attempts (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id),
  browser_hash bytea not null,
  -- Null for an identifier that nobody has: such an attempt goes the same way and never arrives.
  account_id uuid,
  identifier text not null check (char_length(identifier) <= 254),
  return_path text,
  password_verified_at timestamptz,
  -- Kept only where a step still follows the second factor: the choice of a new password.
  factor_verified_at timestamptz,
  code_tries integer not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  consumed_at timestamptz,
  unique (organisation_id, id),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index sign_in_attempts_browser on sign_in_attempts (organisation_id, browser_hash, created_at desc);
--> statement-breakpoint
create index sign_in_attempts_account on sign_in_attempts (account_id);
--> statement-breakpoint
create index sign_in_attempts_expiry on sign_in_attempts (expires_at);
--> statement-breakpoint
-- Setting a factor up (ENROL): nothing here counts until a code was confirmed, and then the factor stands in `factors`.
create table enrolments (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  account_id uuid not null,
  attempt_id uuid,
  session_id uuid,
  phone text check (phone in ('iphone', 'android', 'other')),
  app text,
  secret_sealed bytea not null,
  recovery_codes_sealed bytea,
  tries integer not null default 0,
  factor_id uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  confirmed_at timestamptz,
  finished_at timestamptz,
  -- During sign-in it hangs on the attempt; in My account on the session.
  check (num_nonnulls(attempt_id, session_id) = 1),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade,
  foreign key (organisation_id, attempt_id) references sign_in_attempts (organisation_id, id) on delete cascade,
  foreign key (organisation_id, session_id) references sessions (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create unique index enrolments_attempt on enrolments (attempt_id) where finished_at is null;
--> statement-breakpoint
create unique index enrolments_session on enrolments (session_id) where finished_at is null;
--> statement-breakpoint
create index enrolments_account on enrolments (account_id);
--> statement-breakpoint
create index enrolments_expiry on enrolments (expires_at);
--> statement-breakpoint
-- Tries are counted here before the secret is compared (SIGN-4), exactly, whichever instance is asked.
create table throttles (
  organisation_id uuid not null references organisations (id),
  purpose text not null check (purpose in ('password', 'code')),
  subject_hash bytea not null,
  failures integer not null,
  consecutive_failures integer not null,
  window_started_at timestamptz not null,
  blocked_until timestamptz,
  updated_at timestamptz not null default now(),
  primary key (organisation_id, purpose, subject_hash)
);
--> statement-breakpoint
create index throttles_age on throttles (updated_at);
--> statement-breakpoint
-- Takes one try from the budget of each subject, or none of them where one has to wait: 0 when the try may go on, else
-- the seconds to wait. Rows are locked in one order, so that bursts on several instances count exactly and never deadlock.
-- A subject that `stops` stands still after a hundred failures in a row (SIGN-4, NIST SP 800-63B-4 §3.2.2).
create function claim_tries(wanted_purpose text, subjects bytea[], limits integer[], stops boolean[]) returns integer
language plpgsql
as $$
declare
  place integer; found throttles; failed integer; wait integer := 0; now_exactly timestamptz;
begin
  for place in select o.i from unnest(subjects) with ordinality as o(subject, i) order by o.subject loop
    insert into throttles (organisation_id, purpose, subject_hash, failures, consecutive_failures, window_started_at)
    values (current_organisation(), wanted_purpose, subjects[place], 0, 0, clock_timestamp())
    on conflict do nothing;
    perform 1 from throttles t
    where t.organisation_id = current_organisation() and t.purpose = wanted_purpose and t.subject_hash = subjects[place]
    for update;
  end loop;
  now_exactly := clock_timestamp();
  for place in 1 .. array_length(subjects, 1) loop
    select * into found from throttles t
    where t.organisation_id = current_organisation() and t.purpose = wanted_purpose and t.subject_hash = subjects[place];
    if found.blocked_until > now_exactly then
      wait := greatest(wait, ceil(extract(epoch from found.blocked_until - now_exactly))::integer);
    elsif stops[place] and found.consecutive_failures >= 100 then
      wait := greatest(wait, 900);
    end if;
  end loop;
  if wait > 0 then return wait; end if;
  for place in 1 .. array_length(subjects, 1) loop
    select * into found from throttles t
    where t.organisation_id = current_organisation() and t.purpose = wanted_purpose and t.subject_hash = subjects[place];
    failed := case when found.window_started_at < now_exactly - interval '15 minutes' then 1 else found.failures + 1 end;
    update throttles t set
      failures = failed,
      consecutive_failures = case when stops[place] then found.consecutive_failures + 1 else 0 end,
      window_started_at = case when failed = 1 then now_exactly else found.window_started_at end,
      -- 30 s after the last free try, then twice as long each time, a quarter of an hour at most.
      blocked_until = case when failed >= limits[place]
        then now_exactly + make_interval(secs => least(900, 30 * 2 ^ least(failed - limits[place], 10))) end,
      updated_at = now_exactly
    where t.organisation_id = current_organisation() and t.purpose = wanted_purpose and t.subject_hash = subjects[place];
  end loop;
  return 0;
end $$;
--> statement-breakpoint
create table option_values (
  organisation_id uuid not null references organisations (id),
  key text not null,
  value jsonb not null,
  changed_by uuid,
  changed_at timestamptz not null default now(),
  primary key (organisation_id, key)
);
--> statement-breakpoint
-- What an instance keeps of an organisation's settings is good for one version only (SCALE-1); a trigger moves it, so
-- that no writer can forget.
create function advance_settings_version() returns trigger
language plpgsql
as $$
begin
  update organisations set settings_version = settings_version + 1
  where id = coalesce(new.organisation_id, old.organisation_id);
  return null;
end $$;
--> statement-breakpoint
create trigger option_values_version after insert or update or delete on option_values
for each row execute function advance_settings_version();
--> statement-breakpoint
create trigger authenticators_version after insert or update or delete on authenticators
for each row execute function advance_settings_version();
--> statement-breakpoint

-- Audit (AUD-1): append-only, by month, names people by id only.
create table audit_events (
  id bigint generated always as identity,
  organisation_id uuid not null,
  occurred_at timestamptz not null default now(),
  -- Orders the events for sealing: all of a transaction below the oldest running one have happened.
  transaction_id bigint not null default (pg_current_xact_id()::text::bigint),
  action text not null,
  outcome text not null check (outcome in ('success', 'failure', 'refused')),
  reason text,
  actor_kind text not null check (actor_kind in ('account', 'visitor', 'operator', 'system')),
  actor_id uuid,
  subject_id uuid,
  session_id uuid,
  device_id uuid,
  address inet,
  request_id text,
  details jsonb not null default '{}',
  primary key (id, occurred_at)
) partition by range (occurred_at);
--> statement-breakpoint
create index audit_events_recent on audit_events (organisation_id, occurred_at desc, id desc);
--> statement-breakpoint
create index audit_events_subject on audit_events (organisation_id, subject_id, occurred_at desc) where subject_id is not null;
--> statement-breakpoint
create index audit_events_transaction on audit_events using brin (transaction_id);
--> statement-breakpoint
create table audit_events_default partition of audit_events default;
--> statement-breakpoint
create table audit_seals (
  organisation_id uuid not null references organisations (id),
  number bigint not null,
  from_transaction bigint not null,
  before_transaction bigint not null,
  event_count bigint not null,
  previous_digest bytea not null,
  digest bytea not null,
  sealed_at timestamptz not null default now(),
  primary key (organisation_id, number)
);
--> statement-breakpoint
create table audit_seal_cursor (
  only_row boolean primary key default true check (only_row),
  before_transaction bigint not null
);
--> statement-breakpoint
insert into audit_seal_cursor (before_transaction) values (0);
--> statement-breakpoint

-- Walls: every table with an organisation is forced behind it.
do $$
declare name text;
begin
  foreach name in array array[
    'authenticators', 'roles', 'accounts', 'passwords', 'pictures', 'factors', 'recovery_codes', 'devices', 'sessions',
    'sign_in_attempts', 'enrolments', 'throttles', 'option_values', 'audit_events', 'audit_seals'
  ] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy organisation_wall on %I to vestibule_app
         using (organisation_id = (select current_organisation()))
         with check (organisation_id = (select current_organisation()))', name);
    -- FORCE binds an owner who is no superuser too: migrations and the few functions below need this.
    execute format('create policy owner_works on %I to current_user using (true) with check (true)', name);
  end loop;
end $$;
--> statement-breakpoint
alter table organisations enable row level security;
--> statement-breakpoint
alter table organisations force row level security;
--> statement-breakpoint
create policy organisation_wall on organisations to vestibule_app
  using (id = (select current_organisation())) with check (id = (select current_organisation()));
--> statement-breakpoint
create policy owner_works on organisations to current_user using (true) with check (true);
--> statement-breakpoint
grant select, insert, update, delete on
  authenticators, roles, accounts, passwords, pictures, factors, recovery_codes, devices, sessions, sign_in_attempts,
  enrolments, throttles, option_values
to vestibule_app;
--> statement-breakpoint
grant select, insert, update on organisations to vestibule_app;
--> statement-breakpoint
-- No update and no delete: the database itself refuses to rewrite what happened.
-- When and in which transaction it happened is not the application's to say either.
grant select on audit_events to vestibule_app;
--> statement-breakpoint
grant insert (organisation_id, action, outcome, reason, actor_kind, actor_id, subject_id, session_id, device_id, address,
  request_id, details) on audit_events to vestibule_app;
--> statement-breakpoint
grant select on audit_seals to vestibule_app;
--> statement-breakpoint

-- The few questions that come before an organisation is known. Each answers one thing and no more. They run as the owner:
-- pg_temp stands last in their path, or a temporary type named like one of ours would run its maker's code as the owner.
create function find_organisation(wanted_slug text)
returns table (id uuid, slug text, name text, locale text, time_zone text, settings_version bigint, asked_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select o.id, o.slug, o.name, o.locale, o.time_zone, o.settings_version, now()
  from public.organisations o where o.slug = wanted_slug
$$;
--> statement-breakpoint
create function open_session(wanted_token_hash bytea)
returns table (
  asked_at timestamptz,
  session_id uuid, device_id uuid, session_created_at timestamptz, idle_until timestamptz, absolute_until timestamptz,
  password_verified_at timestamptz, factor_verified_at timestamptz, enrolment_postponed_at timestamptz,
  organisation_id uuid, slug text, organisation_name text, organisation_locale text, organisation_time_zone text,
  settings_version bigint,
  account_id uuid, kind text, status text, email text, username text, first_name text, last_name text, locale text,
  time_zone text, account_created_at timestamptz, enrolment_offer_answered_at timestamptz,
  authenticator_id uuid, authenticator_type text, authenticator_active boolean, authenticator_mfa_required boolean,
  role text, permissions text[], must_change_password boolean, factor_kinds text[], device_trusted_until timestamptz,
  recovery_codes_left integer, picture_updated_at timestamptz
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
    o.id, o.slug, o.name, o.locale, o.time_zone, o.settings_version,
    a.id, a.kind, a.status, a.email, a.username, a.first_name, a.last_name, a.locale, a.time_zone, a.created_at,
    a.enrolment_offer_answered_at, a.authenticator_id, u.type, u.active, u.mfa_required, r.built_in, r.permissions,
    coalesce(p.must_change, false),
    array(select distinct f.kind from public.factors f where f.account_id = a.id),
    d.trusted_until,
    (select count(*)::int from public.recovery_codes c where c.account_id = a.id and c.used_at is null),
    (select i.updated_at from public.pictures i where i.account_id = a.id)
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
-- The organisation behind a slug, and the newest open attempt of a browser there (or the one with this id), with all that
-- a step of signing in needs: one statement, so one moment. Without an attempt its columns are null.
create function open_attempt(wanted_slug text, wanted_browser_hash bytea, wanted_device_hash bytea, wanted_id uuid)
returns table (
  asked_at timestamptz,
  organisation_id uuid, slug text, organisation_name text, organisation_locale text, organisation_time_zone text,
  settings_version bigint,
  attempt_id uuid, identifier text, return_path text, password_verified_at timestamptz,
  factor_verified_at timestamptz,
  account_id uuid, kind text, status text, email text, username text, first_name text, last_name text,
  account_created_at timestamptz,
  password_hash text, must_change_password boolean,
  authenticator_type text, authenticator_active boolean, authenticator_mfa_required boolean,
  device_id uuid, device_trusted_until timestamptz, factor_kinds text[], recovery_codes_left integer
)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
  return query
  select now(),
    o.id, o.slug, o.name, o.locale, o.time_zone, o.settings_version,
    t.id, t.identifier, t.return_path, t.password_verified_at, t.factor_verified_at,
    a.id, a.kind, a.status, a.email, a.username, a.first_name, a.last_name, a.created_at,
    p.hash, coalesce(p.must_change, false),
    u.type, u.active, u.mfa_required,
    d.id, d.trusted_until,
    array(select distinct f.kind from public.factors f where f.account_id = a.id),
    (select count(*)::int from public.recovery_codes c where c.account_id = a.id and c.used_at is null)
  from public.organisations o
  left join lateral (
    select * from public.sign_in_attempts s
    where s.organisation_id = o.id and s.browser_hash = wanted_browser_hash
      and s.consumed_at is null and s.expires_at > now() and (wanted_id is null or s.id = wanted_id)
    order by s.created_at desc limit 1
  ) t on true
  left join public.accounts a on a.id = t.account_id
  left join public.passwords p on p.account_id = a.id
  left join public.authenticators u on u.id = a.authenticator_id
  left join public.devices d on d.account_id = a.id and d.token_hash = wanted_device_hash
  where o.slug = wanted_slug;
end $$;
--> statement-breakpoint
-- Housekeeping over all organisations: half-way states that ran out, sessions past their limits, old counters.
create function sweep_expired() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  delete from public.enrolments where expires_at < now() - interval '1 hour';
  delete from public.sign_in_attempts where expires_at < now() - interval '1 hour';
  delete from public.sessions
    where absolute_until < now() or last_seen_at + make_interval(mins => idle_minutes) < now();
  -- A factor that was stopped stays so until its owner or an administrator comes (SIGN-4), however long that takes.
  delete from public.throttles where updated_at < now() - interval '30 days' and consecutive_failures < 100;
$$;
--> statement-breakpoint
create function ensure_audit_partitions() returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare first_day date; name text;
begin
  perform pg_advisory_xact_lock(hashtext('vestibule.audit_partitions'));
  for ahead in 0..2 loop
    first_day := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => ahead))::date;
    name := 'audit_events_' || to_char(first_day, 'YYYY_MM');
    if to_regclass('public.' || name) is null
       and not exists (select from public.audit_events_default d
                       where d.occurred_at >= first_day::timestamp at time zone 'UTC'
                         and d.occurred_at < (first_day + interval '1 month')::timestamp at time zone 'UTC') then
      execute format('create table public.%I partition of public.audit_events for values from (%L) to (%L)',
        name, first_day::timestamp at time zone 'UTC', (first_day + interval '1 month')::timestamp at time zone 'UTC');
    end if;
  end loop;
end $$;
--> statement-breakpoint
create function audit_event_digest(event audit_events) returns bytea
language sql stable set timezone = 'UTC' set datestyle = 'ISO, YMD' set extra_float_digits = 1
as $$ select sha256(convert_to(row_to_json(event)::text, 'UTF8')) $$;
--> statement-breakpoint
-- Seals what happened, in batches, a chain for each organisation. A batch holds the events of all transactions below
-- the oldest one still running, so that nothing can slip in behind a seal, and no sign-in waits for it.
create function seal_audit_events() returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  since bigint; before bigint;
  batch record; last_seal record; sealed integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtext('vestibule.audit_seal')) then return 0; end if;
  select c.before_transaction into since from public.audit_seal_cursor c;
  -- Looked at behind the lock: an older view would set the cursor back and seal twice.
  before := greatest(since, pg_snapshot_xmin(pg_current_snapshot())::text::bigint);
  for batch in
    select e.organisation_id, count(*) as event_count,
      string_agg(public.audit_event_digest(e), ''::bytea order by e.id) as digests
    from public.audit_events e
    where e.transaction_id >= since and e.transaction_id < before
    group by e.organisation_id
  loop
    select s.number, s.digest into last_seal from public.audit_seals s
    where s.organisation_id = batch.organisation_id order by s.number desc limit 1;
    insert into public.audit_seals
      (organisation_id, number, from_transaction, before_transaction, event_count, previous_digest, digest)
    values (batch.organisation_id, coalesce(last_seal.number, 0) + 1, since, before, batch.event_count,
      coalesce(last_seal.digest, ''::bytea), sha256(coalesce(last_seal.digest, ''::bytea) || batch.digests));
    sealed := sealed + batch.event_count;
  end loop;
  update public.audit_seal_cursor set before_transaction = before;
  return sealed;
end $$;
--> statement-breakpoint
-- The application may know how far the migrations are (RUN-6), and nothing more of their table.
create function applied_migrations() returns integer
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$ select count(*)::int from drizzle.__drizzle_migrations $$;
--> statement-breakpoint
select ensure_audit_partitions();
--> statement-breakpoint
revoke all on function find_organisation(text), open_session(bytea), open_attempt(text, bytea, bytea, uuid), sweep_expired(), ensure_audit_partitions(),
  audit_event_digest(audit_events), seal_audit_events(), applied_migrations() from public;
--> statement-breakpoint
grant execute on function find_organisation(text), open_session(bytea), open_attempt(text, bytea, bytea, uuid), sweep_expired(), ensure_audit_partitions(),
  audit_event_digest(audit_events), seal_audit_events(), applied_migrations() to vestibule_app;
