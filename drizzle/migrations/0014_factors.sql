-- Several factors an account, of every kind (ENROL-1, ENROL-8, SELF-1): what an enrolment sets up, hardware tokens, and the card of
-- codes for people without a phone.

-- A card is a list of codes that are used once; they stand among the recovery codes, so that no secret is kept beside it.
alter table factors
  drop constraint factors_kind_check,
  add constraint factors_kind_check check (kind in ('totp', 'hotp', 'passkey', 'card'));
--> statement-breakpoint
-- The one that ties a secret to its kind has no name of its own.
do $$
declare name text;
begin
  for name in
    select conname from pg_constraint
    where conrelid = 'factors'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%secret_sealed%'
  loop
    execute format('alter table factors drop constraint %I', name);
  end loop;
end $$;
--> statement-breakpoint
alter table factors add constraint factors_secret_check check ((kind in ('passkey', 'card')) = (secret_sealed is null));
--> statement-breakpoint
alter table authenticators
  drop constraint authenticators_factor_kinds_check,
  add constraint authenticators_factor_kinds_check
    check (factor_kinds <@ '{totp,hotp,passkey,card}' and cardinality(factor_kinds) > 0),
  alter column factor_kinds set default '{totp,hotp,passkey,card}';
--> statement-breakpoint
-- Who allowed every kind there was allows the new one; who chose among them has chosen.
update authenticators set factor_kinds = '{totp,hotp,passkey,card}' where factor_kinds @> '{totp,hotp,passkey}';
--> statement-breakpoint
-- Hardware tokens that an administrator registered (ENROL-8). One is one person's at a time: whose it is to be, or is.
create table tokens (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id),
  -- As it is printed on the back, and without its spaces, dashes and case.
  serial text not null check (char_length(serial) between 1 and 64),
  serial_key text not null check (serial_key ~ '^[0-9A-Z]{1,64}$'),
  kind text not null check (kind in ('totp', 'hotp')),
  seed_sealed bytea not null,
  -- Where it stands while it is nobody's factor: whoever gets it next can use no code that was used before.
  last_step bigint not null default 0,
  next_counter bigint check (next_counter >= 0),
  account_id uuid,
  created_at timestamptz not null default now(),
  unique (organisation_id, id),
  unique (organisation_id, serial_key),
  check ((kind = 'hotp') = (next_counter is not null)),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete set null (account_id)
);
--> statement-breakpoint
create index tokens_account on tokens (account_id) where account_id is not null;
--> statement-breakpoint
alter table factors
  add column token_id uuid,
  add foreign key (organisation_id, token_id) references tokens (organisation_id, id);
--> statement-breakpoint
create unique index factors_token on factors (token_id) where token_id is not null;
--> statement-breakpoint
-- However a factor goes (removed, reset, erased with its account), its token keeps the place that it has reached.
create function keep_token_place() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
  update public.tokens
  set next_counter = greatest(next_counter, old.next_counter), last_step = greatest(last_step, old.last_step)
  where id = old.token_id;
  return null;
end $$;
--> statement-breakpoint
create trigger factors_token_place after delete on factors
  for each row when (old.token_id is not null) execute function keep_token_place();
--> statement-breakpoint
-- A file of tokens between its dry run and its registration: sealed, for one hour, for whoever brought it.
create table token_imports (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  created_by uuid not null unique,
  lines_sealed bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  foreign key (organisation_id, created_by) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index token_imports_expiry on token_imports (expires_at);
--> statement-breakpoint
-- What is being set up. What an older version began has no method, and is asked for it.
alter table enrolments
  add column method text check (method in ('app', 'passkey', 'token', 'card')),
  -- What the app is to be: a clock, or a counter.
  add column kind text not null default 'totp' check (kind in ('totp', 'hotp')),
  -- How many factors were confirmed in it: recovery codes that are only shown anew have none.
  add column added integer not null default 0;
--> statement-breakpoint
create function sweep_token_imports() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  delete from public.token_imports where expires_at < now();
$$;
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['tokens', 'token_imports'] loop
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
revoke all on function sweep_token_imports() from public;
--> statement-breakpoint
grant execute on function sweep_token_imports() to vestibule_app;
