-- The list of accounts counts as the board does (MFA-9): whose provider sees to the second factor is neither enrolled nor still
-- to enrol, but a third. A function of its own: a version that still serves goes on with account_page.
create function account_page_by_mfa(
  words text[], wanted_kind text, wanted_status text, wanted_authenticator uuid, wanted_mfa text,
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
  providers uuid[];
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
  if wanted_mfa is not null then
    providers := array(select u.id from public.authenticators u
      where u.organisation_id = organisation and u.type <> 'system' and u.external_mfa <> 'ask');
    conditions := conditions || case when wanted_mfa = 'provider' then ' and ' else ' and not ' end
      || 'a.authenticator_id = any ($7)';
    if wanted_mfa <> 'provider' then
      conditions := conditions || case when wanted_mfa = 'enrolled' then ' and ' else ' and not ' end
        || 'exists (select from public.factors f where f.account_id = a.id)';
    end if;
  end if;
  if from_id is not null then
    conditions := conditions || format(' and (a.name_key, a.id) %s ($5, $6)', case when backwards then '<' else '>' end);
  end if;
  execute format(
    'with near as materialized (select a.id, a.name_key, a.search_text from public.accounts a where %1$s order by %2$s limit %3$s)
     select array(select id from near where true %4$s order by %2$s limit %5$s), (select count(*) from near)',
    conditions, page_order, case when matches = '' then rows_max else read_max end, matches, rows_max)
    using organisation, wanted_kind, wanted_status, wanted_authenticator, from_key, from_id, providers
    into found, rows_read;
  if matches = '' or cardinality(found) = rows_max or rows_read < read_max then
    return query select unnest(found);
    return;
  end if;
  return query execute format(
    'with hits as materialized (select a.id, a.name_key from public.accounts a where %s %s)
     select id from hits order by %s limit %s', conditions, matches, page_order, rows_max)
    using organisation, wanted_kind, wanted_status, wanted_authenticator, from_key, from_id, providers;
end $$;
--> statement-breakpoint
revoke all on function account_page_by_mfa(text[], text, text, uuid, text, text, uuid, boolean, integer) from public;
--> statement-breakpoint
grant execute on function account_page_by_mfa(text[], text, text, uuid, text, text, uuid, boolean, integer) to vestibule_app;
--> statement-breakpoint
create index external_identities_near on external_identities (near_at) where near_at is not null;
--> statement-breakpoint
-- What resembled an expected identity is shown for thirty days (AUTH-7), and kept no longer.
create or replace function sweep_external() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  delete from public.external_flows where expires_at < now() - interval '1 hour';
  delete from public.used_assertions where expires_at < now() - interval '1 hour';
  update public.external_identities set near_said = null, near_at = null where near_at < now() - interval '30 days';
$$;
