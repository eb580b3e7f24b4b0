-- From where: locations and their rules, the filters that stand on them, and who is excepted for a while (LOC).

-- Twenty locations, ten rules: each takes one of so many places, so that the limit holds whoever saves at the same moment.
-- The place of a location is also its bit in the compiled matcher.
create table locations (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id),
  place smallint not null check (place between 0 and 19),
  name text not null check (char_length(name) between 1 and 100),
  description text not null default '' check (char_length(description) <= 500),
  -- What follows is for reference only: it limits nobody.
  is_default boolean not null default false,
  is_remote boolean not null default false,
  address text not null default '' check (char_length(address) <= 300),
  country text check (country ~ '^[A-Z]{2}$'),
  latitude double precision check (latitude between -90 and 90),
  longitude double precision check (longitude between -180 and 180),
  time_zone text,
  groups text[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organisation_id, id),
  unique (organisation_id, place)
);
--> statement-breakpoint
create unique index locations_name on locations (organisation_id, lower(name));
--> statement-breakpoint
create unique index locations_one_default on locations (organisation_id) where is_default;
--> statement-breakpoint
create table location_rules (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  location_id uuid not null,
  place smallint not null check (place between 0 and 9),
  name text not null check (char_length(name) between 1 and 100),
  type text not null check (type in ('list', 'range', 'subnet', 'countries')),
  ip_version smallint check (ip_version in (4, 6)),
  definition text not null check (char_length(definition) <= 6000),
  created_at timestamptz not null default now(),
  unique (organisation_id, id),
  unique (location_id, place),
  check ((type = 'countries') = (ip_version is null)),
  foreign key (organisation_id, location_id) references locations (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create unique index location_rules_name on location_rules (location_id, lower(name));
--> statement-breakpoint
-- What a kind of account, or an authenticator, requires (LOC-3): one row for each, and the locations that satisfy it.
create table network_filters (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id),
  kind text check (kind in ('employee', 'parent', 'external')),
  authenticator_id uuid,
  mode text not null check (mode in ('watch', 'warn', 'block')),
  applies text not null default 'request' check (applies in ('sign-in', 'request')),
  paused boolean not null default false,
  updated_at timestamptz not null default now(),
  unique (organisation_id, id),
  check (num_nonnulls(kind, authenticator_id) = 1),
  foreign key (organisation_id, authenticator_id) references authenticators (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create unique index network_filters_kind on network_filters (organisation_id, kind) where kind is not null;
--> statement-breakpoint
create unique index network_filters_authenticator on network_filters (organisation_id, authenticator_id)
  where authenticator_id is not null;
--> statement-breakpoint
create table network_filter_locations (
  organisation_id uuid not null,
  filter_id uuid not null,
  location_id uuid not null,
  primary key (filter_id, location_id),
  foreign key (organisation_id, filter_id) references network_filters (organisation_id, id) on delete cascade,
  -- A location that a filter stands on can't simply go: the filter would then let in nobody, or everybody.
  foreign key (organisation_id, location_id) references locations (organisation_id, id)
);
--> statement-breakpoint
create index network_filter_locations_location on network_filter_locations (organisation_id, location_id);
--> statement-breakpoint
create table filter_exceptions (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  account_id uuid not null,
  reason text not null check (char_length(reason) between 1 and 500),
  granted_by uuid,
  created_at timestamptz not null default now(),
  ends_at timestamptz not null check (ends_at <= created_at + interval '14 days 1 minute'),
  revoked_at timestamptz,
  unique (organisation_id, id),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index filter_exceptions_account on filter_exceptions (organisation_id, account_id);
--> statement-breakpoint
-- When a request of this session was last refused for where it came from: noted in the audit once a minute.
alter table sessions add column refused_at timestamptz;
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['locations', 'location_rules', 'network_filters', 'network_filter_locations', 'filter_exceptions'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy organisation_wall on %I to vestibule_app
         using (organisation_id = (select current_organisation()))
         with check (organisation_id = (select current_organisation()))', name);
    execute format('create policy owner_works on %I to current_user using (true) with check (true)', name);
    -- What is compiled of them is good for one settings version (SCALE-1).
    execute format('create trigger %I after insert or update or delete on %I
      for each row execute function advance_settings_version()', name || '_version', name);
  end loop;
end $$;
--> statement-breakpoint
grant select, insert, update, delete on
  locations, location_rules, network_filters, network_filter_locations, filter_exceptions
to vestibule_app;
--> statement-breakpoint
-- open_attempt with the authenticator's id: a filter may stand on it. Under a name of its own, because what a version that
-- still serves has prepared must go on working (SCALE-2).
create function find_attempt(wanted_slug text, wanted_browser_hash bytea, wanted_device_hash bytea, wanted_id uuid)
returns table (
  asked_at timestamptz,
  organisation_id uuid, slug text, organisation_name text, organisation_locale text, organisation_time_zone text,
  settings_version bigint,
  attempt_id uuid, identifier text, return_path text, password_verified_at timestamptz,
  factor_verified_at timestamptz,
  account_id uuid, kind text, status text, email text, username text, first_name text, last_name text,
  account_created_at timestamptz,
  password_hash text, must_change_password boolean,
  authenticator_id uuid, authenticator_type text, authenticator_active boolean, authenticator_mfa_required boolean,
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
    u.id, u.type, u.active, u.mfa_required,
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
revoke all on function find_attempt(text, bytea, bytea, uuid) from public;
--> statement-breakpoint
grant execute on function find_attempt(text, bytea, bytea, uuid) to vestibule_app;
--> statement-breakpoint
-- A change that may lock administrators out is in force at once and kept only once it was confirmed from a fresh request
-- (GUARD-2). `before` holds the rows that it replaced, by table; whichever instance is alive puts them back.
create table pending_changes (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id),
  made_by uuid not null,
  made_in_request text not null,
  subject text not null check (subject in ('options', 'places')),
  before jsonb not null,
  created_at timestamptz not null default now(),
  confirm_until timestamptz not null,
  confirmed_at timestamptz,
  rolled_back_at timestamptz,
  unique (organisation_id, id)
);
--> statement-breakpoint
-- One at a time for each subject: what would be put back is never somebody else's change.
create unique index pending_changes_open on pending_changes (organisation_id, subject)
  where confirmed_at is null and rolled_back_at is null;
--> statement-breakpoint
alter table pending_changes enable row level security;
--> statement-breakpoint
alter table pending_changes force row level security;
--> statement-breakpoint
create policy organisation_wall on pending_changes to vestibule_app
  using (organisation_id = (select current_organisation()))
  with check (organisation_id = (select current_organisation()));
--> statement-breakpoint
create policy owner_works on pending_changes to current_user using (true) with check (true);
--> statement-breakpoint
grant select, insert, update on pending_changes to vestibule_app;
--> statement-breakpoint
-- Puts back what one change replaced, within the organisation that asks.
create function restore_pending_change(wanted uuid) returns boolean
language plpgsql
as $$
declare change pending_changes;
begin
  update pending_changes p set rolled_back_at = now()
  where p.id = wanted and p.organisation_id = current_organisation() and p.confirmed_at is null and p.rolled_back_at is null
  returning * into change;
  if not found then return false; end if;
  if change.subject = 'places' then
    delete from network_filters where organisation_id = change.organisation_id;
    delete from location_rules where organisation_id = change.organisation_id;
    insert into location_rules select r.* from jsonb_populate_recordset(null::location_rules, change.before -> 'location_rules') r
      join locations l on l.id = r.location_id;
    insert into network_filters select * from jsonb_populate_recordset(null::network_filters, change.before -> 'network_filters');
    insert into network_filter_locations
      select * from jsonb_populate_recordset(null::network_filter_locations, change.before -> 'network_filter_locations');
  else
    delete from option_values o where o.organisation_id = change.organisation_id
      and o.key in (select jsonb_array_elements_text(change.before -> 'keys'));
    insert into option_values select * from jsonb_populate_recordset(null::option_values, change.before -> 'option_values');
  end if;
  return true;
end $$;
--> statement-breakpoint
-- The changes of all organisations whose time is over: housekeeping asks, and then works in each organisation as anybody does.
create function overdue_changes() returns table (id uuid, organisation_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select p.id, p.organisation_id from public.pending_changes p
  where p.confirmed_at is null and p.rolled_back_at is null and p.confirm_until <= now()
$$;
--> statement-breakpoint
revoke all on function overdue_changes(), restore_pending_change(uuid) from public;
--> statement-breakpoint
grant execute on function overdue_changes(), restore_pending_change(uuid) to vestibule_app;
