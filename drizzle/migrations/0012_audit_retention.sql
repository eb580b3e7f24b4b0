-- Where months of the audit were dropped (AUD-2), the chain goes on from here: the last seal that covers anything of them.
-- The same stands in an event of the organisation itself, and is so sealed in turn.
create table audit_checkpoints (
  organisation_id uuid not null,
  seal_number bigint not null,
  digest bytea not null,
  -- The first day that is kept.
  kept_from timestamptz not null,
  dropped_events bigint not null,
  made_at timestamptz not null default now(),
  primary key (organisation_id, seal_number)
);
--> statement-breakpoint
alter table audit_checkpoints enable row level security;
--> statement-breakpoint
alter table audit_checkpoints force row level security;
--> statement-breakpoint
create policy organisation_wall on audit_checkpoints to vestibule_app
  using (organisation_id = (select current_organisation()))
  with check (organisation_id = (select current_organisation()));
--> statement-breakpoint
create policy owner_works on audit_checkpoints to current_user using (true) with check (true);
--> statement-breakpoint
-- The application reads them, and makes none: only the owner drops months.
grant select on audit_checkpoints to vestibule_app;
