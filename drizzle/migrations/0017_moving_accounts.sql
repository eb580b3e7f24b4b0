-- Many accounts moved to another authenticator at once (AUTH-9), the letters that this and a deactivation bring about, and
-- the safety net under what authenticators ask of administrators (GUARD-2).

-- Who was where before a move, for as long as it can be taken back.
create table authenticator_moves (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id),
  made_by uuid not null,
  to_authenticator_id uuid not null,
  created_at timestamptz not null default now(),
  undone_at timestamptz,
  unique (organisation_id, id),
  foreign key (organisation_id, to_authenticator_id) references authenticators (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create table authenticator_move_accounts (
  organisation_id uuid not null,
  move_id uuid not null,
  account_id uuid not null,
  from_authenticator_id uuid not null,
  primary key (move_id, account_id),
  foreign key (organisation_id, move_id) references authenticator_moves (organisation_id, id) on delete cascade,
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index authenticator_move_accounts_account on authenticator_move_accounts (organisation_id, account_id);
--> statement-breakpoint
-- Letters that wait to be written, because a hundred thousand of them are not written in one transaction.
create table authenticator_notices (
  organisation_id uuid not null,
  account_id uuid not null,
  template text not null check (template in ('access-lost', 'password-needed')),
  created_at timestamptz not null default now(),
  primary key (account_id, template),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index authenticator_notices_organisation on authenticator_notices (organisation_id, created_at);
--> statement-breakpoint
-- Those whom an authenticator serves, by name: the last of a hundred thousand is found as quickly as the first.
create index accounts_by_authenticator on accounts (organisation_id, authenticator_id, name_key, id);
--> statement-breakpoint
drop index accounts_authenticator;
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['authenticator_moves', 'authenticator_move_accounts', 'authenticator_notices'] loop
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
alter table pending_changes
  drop constraint pending_changes_subject_check,
  add constraint pending_changes_subject_check check (subject in ('options', 'places', 'authenticators'));
--> statement-breakpoint
-- `restore_pending_change`, and what authenticators ask: under a name of its own, because what a version that still serves
-- has prepared must go on working (SCALE-2).
create function put_back_change(wanted uuid) returns boolean
language plpgsql
as $$
declare change pending_changes;
begin
  if exists (select from pending_changes p where p.id = wanted and p.subject <> 'authenticators') then
    return restore_pending_change(wanted);
  end if;
  update pending_changes p set rolled_back_at = now()
  where p.id = wanted and p.organisation_id = current_organisation() and p.confirmed_at is null and p.rolled_back_at is null
  returning * into change;
  if not found then return false; end if;
  -- One default at a time: the new one stops being it before the old one is it again.
  update authenticators u set is_default = false
  from jsonb_populate_recordset(null::authenticators, change.before -> 'authenticators') b
  where u.id = b.id and u.is_default and not b.is_default;
  update authenticators u set is_default = b.is_default, mfa_required = b.mfa_required, factor_kinds = b.factor_kinds,
    external_mfa = b.external_mfa, updated_at = now()
  from jsonb_populate_recordset(null::authenticators, change.before -> 'authenticators') b
  where u.id = b.id;
  return true;
end $$;
--> statement-breakpoint
-- The organisations whose letters wait: housekeeping asks, and then works in each organisation as anybody does.
create function waiting_notices() returns table (organisation_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$ select distinct n.organisation_id from public.authenticator_notices n $$;
--> statement-breakpoint
-- Who was where is forgotten once nobody can take the move back.
create function sweep_moves() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$ delete from public.authenticator_moves where created_at < now() - interval '25 hours' $$;
--> statement-breakpoint
revoke all on function put_back_change(uuid), waiting_notices(), sweep_moves() from public;
--> statement-breakpoint
grant execute on function put_back_change(uuid), waiting_notices(), sweep_moves() to vestibule_app;
