-- Earlier passwords of an account, as the hashes that they were kept under (AUTH-2): as many as its authenticator asks for, and
-- erased with the account.
create table password_history (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  account_id uuid not null,
  hash text not null,
  replaced_at timestamptz not null default now(),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index password_history_account on password_history (account_id, replaced_at desc);
--> statement-breakpoint
alter table password_history enable row level security;
--> statement-breakpoint
alter table password_history force row level security;
--> statement-breakpoint
create policy organisation_wall on password_history to vestibule_app
  using (organisation_id = (select current_organisation()))
  with check (organisation_id = (select current_organisation()));
--> statement-breakpoint
create policy owner_works on password_history to current_user using (true) with check (true);
--> statement-breakpoint
grant select, insert, delete on password_history to vestibule_app;
