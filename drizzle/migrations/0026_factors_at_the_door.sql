-- What the pages of signing in show, in one question: beside the attempt, by what its account can prove a second factor.
create function load_sign_in(wanted_slug text, wanted_browser_hash bytea, wanted_device_hash bytea)
returns table (
  asked_at timestamptz,
  organisation_id uuid, slug text, organisation_name text, organisation_locale text, organisation_time_zone text,
  settings_version bigint,
  attempt_id uuid, identifier text, return_path text, password_verified_at timestamptz, factor_verified_at timestamptz,
  external_verified_at timestamptz, external_factor_at timestamptz,
  account_id uuid, kind text, status text, email text, username text, first_name text, last_name text,
  account_created_at timestamptz,
  password_hash text, must_change_password boolean,
  authenticator_id uuid, authenticator_type text, authenticator_active boolean, authenticator_mfa_required boolean,
  authenticator_factor_kinds text[], authenticator_external_mfa text,
  device_id uuid, device_trusted_until timestamptz, device_approved_at timestamptz, device_revoked_at timestamptz,
  factor_kinds text[], recovery_codes_left integer, pass_id uuid, pass_until timestamptz,
  factors jsonb
)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select l.*, (
    select coalesce(jsonb_agg(jsonb_build_object(
      'id', f.id, 'kind', f.kind, 'tokenId', f.token_id, 'lastUsedAt', f.last_used_at, 'setAside', k.cloned_at is not null,
      'allowed', k.cloned_at is null and f.kind = any (l.authenticator_factor_kinds)) order by f.created_at, f.id), '[]')
    from public.factors f left join public.passkeys k on k.factor_id = f.id where f.account_id = l.account_id)
  from public.load_attempt(wanted_slug, wanted_browser_hash, wanted_device_hash, null) l
$$;
--> statement-breakpoint
revoke all on function load_sign_in(text, bytea, bytea) from public;
--> statement-breakpoint
grant execute on function load_sign_in(text, bytea, bytea) to vestibule_app;
