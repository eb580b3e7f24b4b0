import { sql } from 'drizzle-orm';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { ACTIVITY, ACTIVITY_MAX, type ActivityEvent } from './model';

type Row = {
  id: string;
  occurred_at: string;
  action: ActivityEvent['action'];
  outcome: ActivityEvent['outcome'];
  actor_kind: string;
  actor_id: string | null;
  address: string | null;
};

/** The newest events that happened to an account and that mean something to its owner. */
export async function listActivity(transaction: OrganisationTransaction, accountId: string): Promise<ActivityEvent[]> {
  const kinds = sql.join(
    ACTIVITY.map(([action, outcome]) => sql`(${action}, ${outcome})`),
    sql`, `,
  );
  const rows = await transaction.execute<Row>(sql`
    select id, occurred_at, action, outcome, actor_kind, actor_id, host(address) as address
    from audit_events
    where organisation_id = current_organisation() and subject_id = ${accountId} and (action, outcome) in (${kinds})
    order by occurred_at desc, id desc limit ${ACTIVITY_MAX}`);
  return rows.map(({ id, occurred_at: at, action, outcome, actor_kind: kind, actor_id: actorId, address }) => ({
    id,
    at: new Date(at),
    action,
    outcome,
    by: kind === 'operator' ? 'operator' : kind === 'account' && actorId !== accountId ? 'other' : 'self',
    address,
  }));
}
