-- SAML: our own key at each authenticator (SAML-4), the daily look at metadata, and who was told of a certificate's end (SAML-3).

-- A key pair of our own, with its certificate: the same on every instance, and another one at each authenticator, so that what
-- is encrypted or signed for one provider is of no use at another.
alter table authenticator_secrets
  drop constraint authenticator_secrets_purpose_check,
  add constraint authenticator_secrets_purpose_check check (purpose in ('client-secret', 'client-key', 'saml-key'));
--> statement-breakpoint
create table saml_upkeep (
  authenticator_id uuid primary key,
  organisation_id uuid not null,
  -- From when on an instance may take it up: whoever does moves it on first.
  due_at timestamptz not null default now(),
  metadata_checked_at timestamptz,
  -- Why the metadata could not be had the last time; null: they could.
  metadata_fault text check (char_length(metadata_fault) <= 60),
  foreign key (organisation_id, authenticator_id) references authenticators (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create table certificate_notices (
  authenticator_id uuid not null,
  organisation_id uuid not null,
  fingerprint text not null check (char_length(fingerprint) = 95),
  days integer not null check (days in (1, 7, 30, 60)),
  sent_at timestamptz not null default now(),
  primary key (authenticator_id, fingerprint, days),
  foreign key (organisation_id, authenticator_id) references authenticators (organisation_id, id) on delete cascade
);
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['saml_upkeep', 'certificate_notices'] loop
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
-- Takes up to `most` SAML authenticators in force whose daily look is due, over all organisations: none is given to two
-- instances, and each comes again in a day, or earlier where whoever took it says so.
create function claim_saml_upkeep(most integer)
returns table (organisation_id uuid, authenticator_id uuid)
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  insert into public.saml_upkeep as k (authenticator_id, organisation_id, due_at)
  select u.id, u.organisation_id, now() + interval '1 day'
  from public.authenticators u left join public.saml_upkeep known on known.authenticator_id = u.id
  where u.type = 'saml' and u.active and coalesce(known.due_at, now()) <= now()
  order by known.due_at nulls first
  limit most
  on conflict (authenticator_id) do update set due_at = excluded.due_at where k.due_at <= now()
  returning k.organisation_id, k.authenticator_id
$$;
--> statement-breakpoint
revoke all on function claim_saml_upkeep(integer) from public;
--> statement-breakpoint
grant execute on function claim_saml_upkeep(integer) to vestibule_app;
