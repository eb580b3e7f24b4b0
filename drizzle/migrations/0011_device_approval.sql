-- Browsers that wait for an administrator's word, are named and revoked (LOC-6).

-- What is known already, and what a version that still serves writes, counts as approved: nobody is locked out by an option.
alter table devices
  add column name text not null default '' check (char_length(name) <= 60),
  add column approved_at timestamptz default now(),
  -- The administrator; null: signed in when nobody had to be asked.
  add column approved_by uuid,
  add column revoked_at timestamptz,
  -- When the administrators were last written to about it.
  add column notified_at timestamptz;
--> statement-breakpoint
create index devices_waiting on devices (organisation_id, first_seen_at, id)
  where approved_at is null and revoked_at is null;
--> statement-breakpoint
create index devices_settled on devices (organisation_id, last_seen_at desc, id desc)
  where approved_at is not null or revoked_at is not null;
--> statement-breakpoint
-- Beside `open_session` and `find_attempt`, whose columns stay what they are: what was said of the browser.
create function device_standing(wanted_account_id uuid, wanted_device_id uuid)
returns table (approved_at timestamptz, revoked_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select d.approved_at, d.revoked_at from public.devices d
  where d.id = wanted_device_id and d.account_id = wanted_account_id
$$;
--> statement-breakpoint
revoke all on function device_standing(uuid, uuid) from public;
--> statement-breakpoint
grant execute on function device_standing(uuid, uuid) to vestibule_app;
--> statement-breakpoint
-- A browser is renamed at each sign-in, for whichever accounts know it.
create index devices_token on devices (token_hash);
