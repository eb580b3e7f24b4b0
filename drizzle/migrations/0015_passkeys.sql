-- Passkeys and security keys (ENROL-9): what a factor of kind `passkey` is verified by, and the challenges that were given out.

-- By what authenticators know whose passkey it is: random, the same for all passkeys of an account, and nothing of the person.
alter table accounts add column passkey_handle bytea check (octet_length(passkey_handle) = 32);
--> statement-breakpoint
create table passkeys (
  factor_id uuid primary key,
  organisation_id uuid not null,
  account_id uuid not null,
  credential_id bytea not null check (octet_length(credential_id) between 1 and 1023),
  -- COSE_Key (RFC 9052 §7). No secret: the private half never leaves the authenticator.
  public_key bytea not null check (octet_length(public_key) between 1 and 2000),
  -- The highest counter that was seen; 0: the authenticator counts nothing.
  sign_count bigint not null check (sign_count >= 0),
  -- How a browser can reach it, by its own word.
  transports text[] not null default '{}' check (cardinality(transports) <= 10),
  -- Whether the authenticator knew its owner (a finger, a face, a PIN) when it was last used.
  user_verified boolean not null,
  device_type text not null check (device_type in ('singleDevice', 'multiDevice')),
  backed_up boolean not null,
  -- The model of the authenticator, by its own word; null: it doesn't say.
  aaguid uuid,
  -- Since when its counter went back: there may be a copy of it, and it is taken no more.
  cloned_at timestamptz,
  created_at timestamptz not null default now(),
  unique (organisation_id, credential_id),
  foreign key (organisation_id, factor_id) references factors (organisation_id, id) on delete cascade,
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index passkeys_account on passkeys (account_id);
--> statement-breakpoint
-- Given out once and taken back once: a challenge that was answered is deleted. What ran out goes with the next one, or with what
-- it hangs on.
create table passkey_challenges (
  challenge bytea primary key check (octet_length(challenge) = 32),
  organisation_id uuid not null,
  account_id uuid not null,
  purpose text not null check (purpose in ('register', 'prove')),
  attempt_id uuid,
  session_id uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  check (num_nonnulls(attempt_id, session_id) = 1),
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade,
  foreign key (organisation_id, attempt_id) references sign_in_attempts (organisation_id, id) on delete cascade,
  foreign key (organisation_id, session_id) references sessions (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index passkey_challenges_attempt on passkey_challenges (attempt_id) where attempt_id is not null;
--> statement-breakpoint
create index passkey_challenges_session on passkey_challenges (session_id) where session_id is not null;
--> statement-breakpoint
create index passkey_challenges_account on passkey_challenges (account_id);
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['passkeys', 'passkey_challenges'] loop
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
