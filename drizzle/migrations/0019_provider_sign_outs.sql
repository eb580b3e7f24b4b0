-- What a sign-out still has to do at a provider (OIDC-4, SAML-4): lead the browser there once, and take tokens back. The session
-- itself is gone by then.

create table provider_sign_outs (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  authenticator_id uuid not null,
  -- By which the browser goes to the provider, once, and by which it comes back.
  ticket_hash bytea not null unique,
  state_hash bytea not null unique,
  provider_session text,
  tokens_sealed bytea,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  left_at timestamptz,
  -- When tokens are to be taken back next; null: there is nothing to take back any more.
  revoke_at timestamptz,
  tries integer not null default 0,
  foreign key (organisation_id, authenticator_id) references authenticators (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index provider_sign_outs_due on provider_sign_outs (revoke_at) where revoke_at is not null;
--> statement-breakpoint
alter table provider_sign_outs enable row level security;
--> statement-breakpoint
alter table provider_sign_outs force row level security;
--> statement-breakpoint
create policy organisation_wall on provider_sign_outs to vestibule_app
  using (organisation_id = (select current_organisation()))
  with check (organisation_id = (select current_organisation()));
--> statement-breakpoint
create policy owner_works on provider_sign_outs to current_user using (true) with check (true);
--> statement-breakpoint
grant select, insert, update, delete on provider_sign_outs to vestibule_app;
--> statement-breakpoint
-- The sign-outs whose tokens are due to be taken back, each in one instance's hands for a while: tried eight times within some hours.
create function claim_sign_outs(most integer)
returns table (id uuid, organisation_id uuid)
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  update public.provider_sign_outs s
  set tries = s.tries + 1, revoke_at = case when s.tries < 8 then now() + make_interval(secs => 30 * 2 ^ s.tries) end
  from (
    select d.id from public.provider_sign_outs d where d.revoke_at <= now()
    order by d.revoke_at limit most for update skip locked
  ) due
  where due.id = s.id
  returning s.id, s.organisation_id
$$;
--> statement-breakpoint
create function sweep_sign_outs() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  delete from public.provider_sign_outs where expires_at < now() and revoke_at is null;
$$;
--> statement-breakpoint
revoke all on function claim_sign_outs(integer), sweep_sign_outs() from public;
--> statement-breakpoint
grant execute on function claim_sign_outs(integer), sweep_sign_outs() to vestibule_app;
--> statement-breakpoint
-- What a provider said that resembled what is expected of somebody, without being it: for the administrator to see (AUTH-7). It goes
-- with the account.
alter table external_identities
  add column near_said text check (char_length(near_said) <= 700),
  add column near_at timestamptz;
