-- What an authenticator of administrators knows its provider by is put back too where nobody confirmed that it still lets
-- them in (GUARD-2). The function keeps its name and its columns: a version that still serves puts back the same.
create or replace function put_back_change(wanted uuid) returns boolean
language plpgsql
as $$
declare change pending_changes;
begin
  if exists (select from pending_changes p where p.id = wanted and p.subject <> 'authenticators') then
    return restore_pending_change(wanted);
  end if;
  update pending_changes p set rolled_back_at = now()
  where p.id = wanted and p.organisation_id = current_organisation() and p.confirmed_at is null and p.rolled_back_at is null
  returning * into change;
  if not found then return false; end if;
  -- One default at a time: the new one stops being it before the old one is it again.
  update authenticators u set is_default = false
  from jsonb_populate_recordset(null::authenticators, change.before -> 'authenticators') b
  where u.id = b.id and u.is_default and not b.is_default;
  update authenticators u set is_default = b.is_default, mfa_required = b.mfa_required, factor_kinds = b.factor_kinds,
    external_mfa = b.external_mfa, settings = u.settings || coalesce(b.settings, '{}'), updated_at = now()
  from jsonb_populate_recordset(null::authenticators, change.before -> 'authenticators') b
  where u.id = b.id;
  if change.before ? 'secrets' then
    delete from authenticator_secrets s using jsonb_array_elements(change.before -> 'authenticators') b
    where s.authenticator_id = (b ->> 'id')::uuid and s.purpose <> 'saml-key';
    insert into authenticator_secrets
      select * from jsonb_populate_recordset(null::authenticator_secrets, change.before -> 'secrets');
    -- What was put back lies in its own row again, and nowhere else.
    update pending_changes p set before = p.before - 'secrets' where p.id = wanted;
  end if;
  return true;
end $$;
