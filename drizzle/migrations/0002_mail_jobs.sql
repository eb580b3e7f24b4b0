-- Letters are carried by jobs of pg-boss, whose tables were made just before (lib/db/migrate.ts). Its jobs hold ids only.
-- Whoever carries a letter holds it until then: nobody else sends it meanwhile.
alter table mails add column held_until timestamptz;
--> statement-breakpoint
create index mails_waiting on mails (created_at) where state = 'waiting';
--> statement-breakpoint
create index mails_settled on mails (created_at) where state <> 'waiting';
--> statement-breakpoint
grant usage on schema pgboss to vestibule_app;
--> statement-breakpoint
grant select, insert, update, delete on pgboss.job, pgboss.archive to vestibule_app;
--> statement-breakpoint
grant select on pgboss.queue to vestibule_app;
--> statement-breakpoint
-- Letters of all organisations that wait without a job: what an older version of the application put into the outbox, and
-- what was lost with a job.
create function stranded_letters() returns table (organisation_id uuid, mail_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select m.organisation_id, m.id from public.mails m
  where m.state = 'waiting' and m.created_at < now() - interval '2 minutes'
    and not exists (select from pgboss.job j
                    where j.name = 'letters' and j.singleton_key = m.id::text and j.state < 'completed')
  order by m.created_at limit 500
$$;
--> statement-breakpoint
-- What was sent, or could not be, is remembered for 30 days.
create function sweep_letters() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  delete from public.mails where state <> 'waiting' and created_at < now() - interval '30 days';
$$;
--> statement-breakpoint
-- For the outbox page of the demo, over all organisations. In production nobody may call it: only the demo's seed grants it.
create function demo_outbox(wanted uuid default null)
returns table (
  mail_id uuid, template text, mail_locale text, address text, content_sealed bytea, state text, created_at timestamptz,
  organisation_id uuid, slug text, organisation_name text, organisation_locale text, organisation_time_zone text, settings_version bigint
)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select m.id, m.template, m.locale, m.address, m.content_sealed, m.state, m.created_at,
    o.id, o.slug, o.name, o.locale, o.time_zone, o.settings_version
  from public.mails m join public.organisations o on o.id = m.organisation_id
  where m.content_sealed is not null and (wanted is null or m.id = wanted)
  order by m.created_at desc, m.id limit 100
$$;
--> statement-breakpoint
revoke all on function stranded_letters(), sweep_letters(), demo_outbox(uuid) from public;
--> statement-breakpoint
grant execute on function stranded_letters(), sweep_letters() to vestibule_app;
