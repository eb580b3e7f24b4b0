-- A phone lost or left at home: one-time passes (RESET-3), and requests that reach the administrators (RESET-4).
create table passes (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  account_id uuid not null,
  -- The administrator; null: the operator.
  issued_by uuid,
  code_hash bytea not null,
  reason text not null check (char_length(reason) between 1 and 500),
  created_at timestamptz not null default now(),
  valid_until timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz,
  check (valid_until <= created_at + interval '12 hours'),
  unique (organisation_id, id),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
-- An account has one pass at a time: a new one revokes the old.
create unique index passes_one on passes (account_id) where revoked_at is null;
--> statement-breakpoint
-- What a pass opened ends with it: a session, or a sign-in in which another step still follows.
alter table sessions add column pass_id uuid,
  add foreign key (organisation_id, pass_id) references passes (organisation_id, id) on delete cascade;
--> statement-breakpoint
create index sessions_pass on sessions (pass_id) where pass_id is not null;
--> statement-breakpoint
alter table sign_in_attempts add column pass_id uuid,
  add foreign key (organisation_id, pass_id) references passes (organisation_id, id) on delete cascade;
--> statement-breakpoint
create index sign_in_attempts_pass on sign_in_attempts (pass_id) where pass_id is not null;
--> statement-breakpoint
create table reset_requests (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  account_id uuid not null,
  state text not null default 'open' check (state in ('open', 'helped', 'refused', 'closed', 'expired')),
  address inet,
  user_agent text not null default '',
  -- Whether the account had signed in before with this browser, and from this address.
  known_browser boolean not null,
  known_address boolean not null,
  answered_by uuid,
  answered_at timestamptz,
  -- When the administrators were last written to about it.
  notified_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  unique (organisation_id, id),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create unique index reset_requests_one_open on reset_requests (account_id) where state = 'open';
--> statement-breakpoint
create index reset_requests_account on reset_requests (account_id, created_at desc);
--> statement-breakpoint
create index reset_requests_open on reset_requests (organisation_id, created_at) where state = 'open';
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['passes', 'reset_requests'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy organisation_wall on %I to vestibule_app
         using (organisation_id = (select current_organisation()))
         with check (organisation_id = (select current_organisation()))', name);
    execute format('create policy owner_works on %I to current_user using (true) with check (true)', name);
  end loop;
end $$;
--> statement-breakpoint
grant select, insert, update, delete on passes, reset_requests to vestibule_app;
--> statement-breakpoint
-- Beside `open_session` and `open_attempt`, whose columns stay what they are: until when the pass is good by which one got
-- there. Null: no pass, or it was revoked or ran out.
create function pass_of_session(wanted_session_id uuid) returns timestamptz
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select p.valid_until from public.sessions s join public.passes p on p.id = s.pass_id
  where s.id = wanted_session_id and p.revoked_at is null and p.valid_until > now()
$$;
--> statement-breakpoint
create function pass_of_attempt(wanted_attempt_id uuid)
returns table (pass_id uuid, valid_until timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select p.id, p.valid_until from public.sign_in_attempts t join public.passes p on p.id = t.pass_id
  where t.id = wanted_attempt_id and p.revoked_at is null and p.valid_until > now()
$$;
--> statement-breakpoint
-- Housekeeping over all organisations: what has long been answered, used or over.
create function sweep_lost_phones() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  update public.reset_requests set state = 'expired' where state = 'open' and expires_at <= now();
  delete from public.reset_requests where created_at < now() - interval '90 days';
  delete from public.passes where valid_until < now() - interval '30 days';
$$;
--> statement-breakpoint
revoke all on function pass_of_session(uuid), pass_of_attempt(uuid), sweep_lost_phones() from public;
--> statement-breakpoint
grant execute on function pass_of_session(uuid), pass_of_attempt(uuid), sweep_lost_phones() to vestibule_app;
