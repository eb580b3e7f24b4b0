-- Finding accounts among a hundred thousand (ACC-2, FAST-4), and making many from a file.
create extension if not exists pg_trgm with schema public;
--> statement-breakpoint
create extension if not exists unaccent with schema public;
--> statement-breakpoint
create extension if not exists btree_gin with schema public;
--> statement-breakpoint
-- How names are compared: without accents and capitals. `unaccent` alone is only stable, because somebody could change its
-- dictionary; named outright it always answers the same, so what is computed from it may be kept and indexed.
create function search_key(value text) returns text
language sql immutable strict parallel safe
as $$ select lower(public.unaccent('public.unaccent'::regdictionary, value)) $$;
--> statement-breakpoint
alter table accounts
  -- By what the list is sorted and paged; in bytes, so that no update of a collation can turn it round.
  add column name_key text collate "C" not null generated always as (search_key(last_name) || ' ' || search_key(first_name)) stored,
  -- Everything that is searched. It begins with a space, as every word in it does: short words are looked for at the beginning of one.
  add column search_text text collate "C" not null generated always as
    (' ' || search_key(first_name) || ' ' || search_key(last_name) || ' ' || email_key || ' ' || username_key) stored;
--> statement-breakpoint
create index accounts_by_name on accounts (organisation_id, name_key, id);
--> statement-breakpoint
create index accounts_by_kind on accounts (organisation_id, kind, name_key, id);
--> statement-breakpoint
create index accounts_by_status on accounts (organisation_id, status, name_key, id);
--> statement-breakpoint
-- The organisation stands in the index, so that a large neighbour costs a small one nothing.
create index accounts_search on accounts using gin (organisation_id, search_text gin_trgm_ops);
--> statement-breakpoint
-- A page of the list, as ids in its order. It runs as the owner because LIKE is not leakproof: behind row-level security the
-- planner may not use an index for it. It is fixed to the organisation of the transaction, and answers nothing without one.
--
-- The planner may not look at its statistics behind a policy either, so it can't tell a rare word from one that stands in
-- every row. Hence two ways: the next rows in order are read first, which ends soon where many fit; where too few of them
-- do, the index over the words finds the others.
create function account_page(
  words text[], wanted_kind text, wanted_status text, wanted_authenticator uuid, wanted_enrolled boolean,
  from_key text, from_id uuid, backwards boolean, wanted_rows integer
) returns table (id uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  organisation uuid := public.current_organisation();
  rows_max integer := least(greatest(wanted_rows, 1), 101);
  read_max constant integer := 2000;
  conditions text := 'a.organisation_id = $1';
  matches text := '';
  page_order text := case when backwards then 'name_key desc, id desc' else 'name_key, id' end;
  word text; key text; pattern text;
  found uuid[]; rows_read integer;
begin
  if organisation is null then return; end if;
  foreach word in array words[1:8] loop
    key := public.search_key(word);
    continue when key = '';
    pattern := replace(replace(replace(key, '\', '\\'), '%', '\%'), '_', '\_');
    pattern := case when key ~ '^[ -~]{1,2}$' then '% ' else '%' end || pattern || '%';
    matches := matches || format(' and search_text like %L', pattern);
  end loop;
  if wanted_kind is not null then conditions := conditions || ' and a.kind = $2'; end if;
  if wanted_status is not null then conditions := conditions || ' and a.status = $3'; end if;
  if wanted_authenticator is not null then conditions := conditions || ' and a.authenticator_id = $4'; end if;
  if wanted_enrolled is not null then
    conditions := conditions || case when wanted_enrolled then ' and ' else ' and not ' end
      || 'exists (select from public.factors f where f.account_id = a.id)';
  end if;
  if from_id is not null then
    conditions := conditions || format(' and (a.name_key, a.id) %s ($5, $6)', case when backwards then '<' else '>' end);
  end if;
  execute format(
    'with near as materialized (select a.id, a.name_key, a.search_text from public.accounts a where %1$s order by %2$s limit %3$s)
     select array(select id from near where true %4$s order by %2$s limit %5$s), (select count(*) from near)',
    conditions, page_order, case when matches = '' then rows_max else read_max end, matches, rows_max)
    using organisation, wanted_kind, wanted_status, wanted_authenticator, from_key, from_id
    into found, rows_read;
  if matches = '' or cardinality(found) = rows_max or rows_read < read_max then
    return query select unnest(found);
    return;
  end if;
  return query execute format(
    'with hits as materialized (select a.id, a.name_key from public.accounts a where %s %s)
     select id from hits order by %s limit %s', conditions, matches, page_order, rows_max)
    using organisation, wanted_kind, wanted_status, wanted_authenticator, from_key, from_id;
end $$;
--> statement-breakpoint
-- A file of accounts between its dry run and its import: sealed, for one hour, for whoever brought it. Once imported, what
-- is left is how many invitations still have to go out.
create table account_imports (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null,
  created_by uuid not null,
  -- What the file said, line by line; emptied by the import.
  lines_sealed bytea,
  line_count integer not null check (line_count > 0),
  state text not null default 'checked' check (state in ('checked', 'imported')),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  imported_at timestamptz,
  -- When the last portion of the invitations went out.
  progressed_at timestamptz,
  invitation_count integer not null default 0,
  unique (organisation_id, id),
  foreign key (organisation_id, created_by) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index account_imports_expiry on account_imports (expires_at);
--> statement-breakpoint
create index account_imports_author on account_imports (organisation_id, created_by);
--> statement-breakpoint
create table import_invitations (
  import_id uuid not null,
  account_id uuid not null,
  organisation_id uuid not null,
  primary key (import_id, account_id),
  foreign key (organisation_id, import_id) references account_imports (organisation_id, id) on delete cascade,
  foreign key (organisation_id, account_id) references accounts (organisation_id, id) on delete cascade
);
--> statement-breakpoint
create index import_invitations_account on import_invitations (organisation_id, account_id);
--> statement-breakpoint
-- Files that nobody imported, and imports whose invitations are out.
create function sweep_account_imports() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  delete from public.account_imports i
  where i.expires_at < now() and i.state = 'checked'
    or i.imported_at < now() - interval '7 days'
$$;
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['account_imports', 'import_invitations'] loop
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
grant select, insert, update, delete on account_imports, import_invitations to vestibule_app;
--> statement-breakpoint
revoke all on function account_page(text[], text, text, uuid, boolean, text, uuid, boolean, integer), sweep_account_imports() from public;
--> statement-breakpoint
grant execute on function account_page(text[], text, text, uuid, boolean, text, uuid, boolean, integer), sweep_account_imports() to vestibule_app;
