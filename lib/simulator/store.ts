import { sql } from 'drizzle-orm';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { ExternalMfa, FactorKind, Facts, StandingKind } from '@/lib/policy/decision';

/** What stands in the database of somebody whose way in is tried out. */
export interface KnownPerson {
  readonly accountId: string;
  readonly authenticatorId: string;
  readonly name: string;
  readonly now: Date;
  readonly account: NonNullable<Facts['account']>;
  readonly authenticator: Facts['authenticator'];
}

/** The facts of one account, of one moment. */
export async function findPerson(transaction: OrganisationTransaction, accountId: string): Promise<KnownPerson | null> {
  const [row] = await transaction.execute<{
    now: string;
    name: string;
    kind: KnownPerson['account']['kind'];
    status: KnownPerson['account']['status'];
    created_at: string;
    must_change: boolean;
    factor_kinds: StandingKind[];
    authenticator_id: string;
    type: Facts['authenticator']['type'];
    active: boolean;
    mfa_required: boolean;
    authenticator_factor_kinds: FactorKind[];
    external_mfa: ExternalMfa;
  }>(sql`
    select now(), a.first_name || ' ' || a.last_name as name, a.kind, a.status, a.created_at,
      coalesce(p.must_change, false) or (u.type = 'system' and u.password_expiry_days is not null
        and coalesce(p.changed_at < now() - make_interval(days => u.password_expiry_days), false)) as must_change,
      array(select distinct case when k.cloned_at is null then f.kind else 'set-aside' end
        from factors f left join passkeys k on k.factor_id = f.id where f.account_id = a.id) as factor_kinds,
      u.id as authenticator_id, u.type, u.active, u.mfa_required, u.factor_kinds as authenticator_factor_kinds, u.external_mfa
    from accounts a join authenticators u on u.id = a.authenticator_id left join passwords p on p.account_id = a.id
    where a.id = ${accountId}`);
  if (row === undefined) return null;
  return {
    accountId,
    authenticatorId: row.authenticator_id,
    name: row.name,
    now: new Date(row.now),
    account: {
      kind: row.kind,
      status: row.status,
      createdAt: new Date(row.created_at),
      mustChangePassword: row.must_change,
      factorKinds: row.factor_kinds,
    },
    authenticator: {
      type: row.type,
      active: row.active,
      mfaRequired: row.mfa_required,
      factorKinds: row.authenticator_factor_kinds,
      externalMfa: row.external_mfa,
    },
  };
}
