-- Finding, exporting and verifying what was written down (AUD-1, AUD-2).
-- Every filter has an index that begins with the organisation and ends with the order of the list: a page is read off its
-- index, however many events there are. What the wall lets an index be used for is plain comparison, nothing else.
create index audit_events_person on audit_events (organisation_id, subject_id, occurred_at desc, id desc)
  include (action, outcome, address) where subject_id is not null;
--> statement-breakpoint
-- Who acts on nobody else stands as the subject already.
create index audit_events_actor on audit_events (organisation_id, actor_id, occurred_at desc, id desc)
  include (action, outcome, address) where actor_id is not null and actor_id is distinct from subject_id;
--> statement-breakpoint
create index audit_events_action on audit_events (organisation_id, action, outcome, occurred_at desc, id desc);
--> statement-breakpoint
create index audit_events_address on audit_events (organisation_id, address, occurred_at desc, id desc)
  include (action, outcome) where address is not null;
--> statement-breakpoint
create index audit_events_request on audit_events using hash (request_id);
--> statement-breakpoint
-- Sealing and verifying walk by transaction. A block range index reads whatever was written since the last vacuum again.
create index audit_events_sealing on audit_events (transaction_id, organisation_id, id);
--> statement-breakpoint
drop index audit_events_subject;
--> statement-breakpoint
drop index audit_events_transaction;
--> statement-breakpoint

-- Seals at most `events_max` events, and never half a transaction, so that no backlog meets the statement's time-out.
-- The windows of transactions are those of seal_audit_events(): the two may take turns.
create function seal_audit_portion(events_max integer)
returns table (sealed integer, more boolean)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
  since bigint; horizon bigint; before bigint; first_transaction bigint;
  batch record; last_seal record;
begin
  sealed := 0;
  more := false;
  if not pg_try_advisory_xact_lock(hashtext('vestibule.audit_seal')) then return next; return; end if;
  select c.before_transaction into since from public.audit_seal_cursor c;
  -- Looked at behind the lock: an older view would set the cursor back and seal twice.
  horizon := greatest(since, pg_snapshot_xmin(pg_current_snapshot())::text::bigint);
  select e.transaction_id into before from public.audit_events e
  where e.transaction_id >= since and e.transaction_id < horizon
  order by e.transaction_id offset greatest(events_max, 1) limit 1;
  if before is null then
    before := horizon;
  else
    more := true;
    select min(e.transaction_id) into first_transaction from public.audit_events e where e.transaction_id >= since;
    before := greatest(before, first_transaction + 1);
  end if;
  for batch in
    select e.organisation_id, count(*) as event_count,
      string_agg(public.audit_event_digest(e), ''::bytea order by e.id) as digests
    from public.audit_events e
    where e.transaction_id >= since and e.transaction_id < before
    group by e.organisation_id
  loop
    select s.number, s.digest into last_seal from public.audit_seals s
    where s.organisation_id = batch.organisation_id order by s.number desc limit 1;
    insert into public.audit_seals
      (organisation_id, number, from_transaction, before_transaction, event_count, previous_digest, digest)
    values (batch.organisation_id, coalesce(last_seal.number, 0) + 1, since, before, batch.event_count,
      coalesce(last_seal.digest, ''::bytea), sha256(coalesce(last_seal.digest, ''::bytea) || batch.digests));
    sealed := sealed + batch.event_count;
  end loop;
  update public.audit_seal_cursor set before_transaction = before;
  return next;
end $$;
--> statement-breakpoint
-- Everything of earlier transactions has been sealed: what stands there without a seal, somebody put there, or somebody
-- took its seal away.
create function audit_sealed_before() returns bigint
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$ select c.before_transaction from public.audit_seal_cursor c $$;
--> statement-breakpoint
revoke all on function seal_audit_portion(integer), audit_sealed_before() from public;
--> statement-breakpoint
grant execute on function seal_audit_portion(integer), audit_sealed_before() to vestibule_app;
