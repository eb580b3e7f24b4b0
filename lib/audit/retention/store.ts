import type postgres from 'postgres';

/** A month of the audit, in a table of its own. */
export interface Month {
  readonly table: string;
  /** The first moment after it. */
  readonly until: Date;
}

/** The months that ended at least so many months ago, the oldest first. The owner's question: no wall stands before it. */
export async function listMonthsBefore(owner: postgres.Sql, months: number): Promise<Month[]> {
  const rows = await owner<{ table: string; until: Date }[]>`
    select c.relname as table, m.until from pg_inherits i join pg_class c on c.oid = i.inhrelid
    cross join lateral (
      select (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month')::timestamp at time zone 'UTC' as until
      where c.relname ~ '^audit_events_[0-9]{4}_[0-9]{2}$') m
    where i.inhparent = 'public.audit_events'::regclass and m.until <= now() - make_interval(months => ${months})
    order by m.until`;
  return rows.map(({ table, until }) => ({ table, until }));
}

/**
 * Drops a month with all its events, and leaves for each organisation a checkpoint from which its chain goes on, with an
 * event that says the same. All of it, or nothing.
 *
 * @returns how many events went; null where some of them are not sealed yet
 */
export async function dropMonth(owner: postgres.Sql, { table, until }: Month): Promise<number | null> {
  return owner.begin(async (sql) => {
    await sql`set local lock_timeout = '5s'`;
    // Sealing waits: what is about to go must have been sealed, and stays so.
    await sql`select pg_advisory_xact_lock(hashtext('vestibule.audit_seal'))`;
    const [found] = await sql<{ events: number; unsealed: number }[]>`
      select count(*)::int as events, (count(*) filter (where transaction_id >= audit_sealed_before()))::int as unsealed
      from ${sql(table)}`;
    if (found!.unsealed > 0) return null;
    const made = await sql<{ organisation_id: string; seal_number: string; digest: Buffer; dropped_events: number }[]>`
      insert into audit_checkpoints (organisation_id, seal_number, digest, kept_from, dropped_events)
      select g.organisation_id, s.number, s.digest, ${until}, g.events
      from (select organisation_id, count(*) as events, max(transaction_id) as last from ${sql(table)} group by 1) g
      join lateral (
        select number, digest from audit_seals s
        where s.organisation_id = g.organisation_id and s.from_transaction <= g.last
        order by number desc limit 1) s on true
      on conflict (organisation_id, seal_number) do update
        set kept_from = excluded.kept_from, dropped_events = audit_checkpoints.dropped_events + excluded.dropped_events
      returning organisation_id, seal_number::text, digest, dropped_events::int`;
    for (const { organisation_id, seal_number, digest, dropped_events } of made) {
      const details = {
        seal: seal_number,
        digest: digest.toString('hex'),
        keptFrom: until.toISOString(),
        events: dropped_events,
      };
      await sql`
        insert into audit_events (organisation_id, action, outcome, actor_kind, details)
        values (${organisation_id}, 'audit.checkpoint', 'success', 'operator', ${sql.json(details)})`;
    }
    await sql`alter table audit_events detach partition ${sql(table)}`;
    await sql`drop table ${sql(table)}`;
    return found!.events;
  });
}
