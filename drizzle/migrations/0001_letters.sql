-- What reaches people by mail: the outbox, and the single-use links that mails carry.
create table mails (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id),
  -- Whom it is for, where that is an account; the letter goes when the account does.
  account_id uuid,
  template text not null,
  locale text not null check (locale in ('fr', 'en')),
  address text not null,
  -- What the template is filled with: links carry tokens, so it is sealed like any secret, and emptied once it is sent.
  content_sealed bytea,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
  tries integer not null default 0,
  last_problem text,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  unique (organisation_id, id),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index mails_recent on mails (organisation_id, created_at desc, id);
--> statement-breakpoint
create index mails_account on mails (organisation_id, account_id) where account_id is not null;
--> statement-breakpoint
-- A link that works once (ACC-3, SIGN-6): only the hash of its token is kept, and the form behind it uses it up, not its opening.
create table tickets (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  account_id uuid not null,
  kind text not null check (kind in ('invitation', 'password-reset', 'email-confirmation')),
  token_hash bytea not null unique,
  -- The address that it proves: an address changed meanwhile makes it worthless.
  email text not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  consumed_at timestamptz,
  revoked_at timestamptz,
  unique (organisation_id, id),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index tickets_account on tickets (organisation_id, account_id, kind);
--> statement-breakpoint
create index tickets_expiry on tickets (expires_at);
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['mails', 'tickets'] loop
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
grant select, insert, update, delete on mails, tickets to vestibule_app;
