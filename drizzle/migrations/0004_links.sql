-- What begins with a letter: an organisation that somebody made and nobody has confirmed yet, letters that strangers may
-- ask for, and the way back through an enrolment.

-- Since when the first administrator's address waits for its confirmation (ACC-1); null: confirmed.
alter table organisations add column unconfirmed_since timestamptz;
--> statement-breakpoint
create index organisations_unconfirmed on organisations (unconfirmed_since) where unconfirmed_since is not null;
--> statement-breakpoint
-- Where one was when an open session came to need a factor (SIGN-5).
alter table enrolments add column return_path text;
--> statement-breakpoint
-- How many letters an address, a mailbox or an account has been the cause of. Asked before any organisation is known, and
-- counted over all of them, so that it belongs to the house; only hashes under a key stand here.
create table letter_budgets (
  subject_hash bytea primary key,
  taken integer not null,
  window_started_at timestamptz not null
);
--> statement-breakpoint
-- Takes one letter from a budget: 0 when it may be sent, else the seconds until the window is over. One statement, so
-- bursts on several instances count exactly.
create function claim_letter(wanted_subject bytea, at_most integer, window_seconds integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare found public.letter_budgets;
begin
  insert into public.letter_budgets as b (subject_hash, taken, window_started_at)
  values (wanted_subject, 1, clock_timestamp())
  on conflict (subject_hash) do update set
    taken = case when b.window_started_at <= clock_timestamp() - make_interval(secs => window_seconds) then 1
      else least(b.taken, at_most) + 1 end,
    window_started_at = case when b.window_started_at <= clock_timestamp() - make_interval(secs => window_seconds)
      then clock_timestamp() else b.window_started_at end
  returning b.* into found;
  if found.taken <= at_most then return 0; end if;
  return greatest(1, ceil(extract(epoch from
    found.window_started_at + make_interval(secs => window_seconds) - clock_timestamp()))::integer);
end $$;
--> statement-breakpoint
-- The organisations that know an e-mail (SIGN-5), for a letter to that very address and for nothing else: those in which
-- the person has an open account, or one that waits for an invitation to be accepted.
create function organisations_of_email(wanted_email_key text)
returns table (organisation_id uuid, slug text, name text, organisation_locale text, time_zone text,
  settings_version bigint, account_id uuid, email text, locale text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select o.id, o.slug, o.name, o.locale, o.time_zone, o.settings_version, a.id, a.email, a.locale
  from public.accounts a join public.organisations o on o.id = a.organisation_id
  where a.email_key = wanted_email_key and a.status <> 'suspended' and o.unconfirmed_since is null
  order by o.name, o.id
  limit 50
$$;
--> statement-breakpoint
-- Without it the question above would read every account of the house.
create index accounts_email on accounts (email_key);
--> statement-breakpoint
-- The events and their seals outlive an organisation that was never confirmed: what happened is never rewritten, and a
-- seal that comes after the sweep must find nothing in its way.
alter table audit_seals drop constraint audit_seals_organisation_id_fkey;
--> statement-breakpoint
-- Housekeeping: links that nobody can open any more, yesterday's budgets, and organisations that nobody confirmed within a
-- week. Such a one has a single account that never signed in; whatever else hangs on it goes too. What can't go yet stays
-- for the next time, and holds nothing else up.
create function sweep_unfinished() returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare unconfirmed uuid; place text; left_over integer; before integer; swept integer := 0;
begin
  delete from public.tickets where expires_at < now() - interval '30 days';
  delete from public.letter_budgets where window_started_at < now() - interval '1 day';
  for unconfirmed in
    select o.id from public.organisations o where o.unconfirmed_since < now() - interval '7 days' for update skip locked
  loop
    begin
      -- Tables point at one another: those that can be emptied are, until none is left or none gives way.
      left_over := -1;
      loop
        before := left_over;
        left_over := 0;
        for place in
          select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organisation_id'
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            and c.relname not like 'audit%'
        loop
          begin
            execute format('delete from public.%I where organisation_id = $1', place) using unconfirmed;
          exception when foreign_key_violation then left_over := left_over + 1;
          end;
        end loop;
        exit when left_over = 0 or left_over = before;
      end loop;
      delete from public.organisations where id = unconfirmed;
      swept := swept + 1;
    exception when foreign_key_violation then null;
    end;
  end loop;
  return swept;
end $$;
--> statement-breakpoint
revoke all on function claim_letter(bytea, integer, integer), organisations_of_email(text), sweep_unfinished() from public;
--> statement-breakpoint
grant execute on function claim_letter(bytea, integer, integer), organisations_of_email(text), sweep_unfinished()
  to vestibule_app;
