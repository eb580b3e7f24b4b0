-- The sweepers take rows of many people in one transaction, and in no order that anybody else keeps. They pass over what
-- somebody works on at this moment, which goes the next time: so they wait for nobody while others wait for them.
create or replace function sweep_expired() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  delete from public.enrolments where id in (
    select id from public.enrolments where expires_at < now() - interval '1 hour' for update skip locked);
  delete from public.sign_in_attempts where id in (
    select id from public.sign_in_attempts where expires_at < now() - interval '1 hour' for update skip locked);
  delete from public.sessions where id in (
    select id from public.sessions
    where absolute_until < now() or last_seen_at + make_interval(mins => idle_minutes) < now() for update skip locked);
  -- A factor that was stopped stays so until its owner or an administrator comes (SIGN-4), however long that takes.
  delete from public.throttles t using (
    select organisation_id, purpose, subject_hash from public.throttles
    where updated_at < now() - interval '30 days' and consecutive_failures < 100 for update skip locked) old
  where (t.organisation_id, t.purpose, t.subject_hash) = (old.organisation_id, old.purpose, old.subject_hash);
$$;
--> statement-breakpoint
create or replace function sweep_lost_phones() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  update public.reset_requests set state = 'expired' where id in (
    select id from public.reset_requests where state = 'open' and expires_at <= now() for update skip locked);
  delete from public.reset_requests where id in (
    select id from public.reset_requests where created_at < now() - interval '90 days' for update skip locked);
  delete from public.passes where id in (
    select id from public.passes where valid_until < now() - interval '30 days' for update skip locked);
$$;
--> statement-breakpoint
create or replace function sweep_unfinished() returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare unconfirmed uuid; place text; left_over integer; before integer; swept integer := 0;
begin
  delete from public.tickets where id in (
    select id from public.tickets where expires_at < now() - interval '30 days' for update skip locked);
  delete from public.letter_budgets where subject_hash in (
    select subject_hash from public.letter_budgets
    where window_started_at < now() - interval '1 day' for update skip locked);
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
create or replace function sweep_external() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  delete from public.external_flows where id in (
    select id from public.external_flows where expires_at < now() - interval '1 hour' for update skip locked);
  delete from public.used_assertions where expires_at < now() - interval '1 hour';
  update public.external_identities i set near_said = null, near_at = null from (
    select account_id, authenticator_id from public.external_identities
    where near_at < now() - interval '30 days' for update skip locked) old
  where (i.account_id, i.authenticator_id) = (old.account_id, old.authenticator_id);
$$;
