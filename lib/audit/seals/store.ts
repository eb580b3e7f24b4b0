import { sql } from 'drizzle-orm';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';

/** A seal as it was written. Transactions are numbers of PostgreSQL; digests 32 bytes. */
export interface Seal {
  readonly number: number;
  /** The first transaction that it covers, and the first after it. */
  readonly from: bigint;
  readonly before: bigint;
  readonly eventCount: number;
  readonly previous: Buffer;
  readonly digest: Buffer;
}

/** The seals after a number, in order. */
export async function listSeals(
  transaction: OrganisationTransaction,
  after: number,
  limit: number,
): Promise<readonly Seal[]> {
  const rows = await transaction.execute<{
    number: string;
    from: string;
    before: string;
    events: string;
    previous: Buffer;
    digest: Buffer;
  }>(sql`
    select s.number::text as number, from_transaction::text as from, before_transaction::text as before, event_count::text as events,
      previous_digest as previous, digest
    from audit_seals s where s.number > ${after} order by s.number limit ${limit}`);
  return rows.map((row) => ({
    number: Number(row.number),
    from: BigInt(row.from),
    before: BigInt(row.before),
    eventCount: Number(row.events),
    previous: row.previous,
    digest: row.digest,
  }));
}

/** Up to which seal the organisation's events were dropped, by the newest checkpoint. */
export interface Checkpoint {
  readonly number: number;
  readonly digest: Buffer;
  /** Whether an event of the chain says the same. */
  readonly witnessed: boolean;
  /** An event that stands where everything was dropped; null: there is none. */
  readonly stray: string | null;
}

export async function findCheckpoint(transaction: OrganisationTransaction): Promise<Checkpoint | null> {
  // At the turn of a month a transaction may begin before another and be numbered after it: an hour is more than enough.
  const [row] = await transaction.execute<{ number: string; digest: Buffer; witnessed: boolean; stray: string | null }>(
    sql`
    select c.seal_number::text as number, c.digest,
      exists (select from audit_events e where e.organisation_id = c.organisation_id and e.action = 'audit.checkpoint'
        and e.details ->> 'seal' = c.seal_number::text and e.details ->> 'digest' = encode(c.digest, 'hex')) as witnessed,
      coalesce(
        (select e.id::text from audit_events e
          where e.organisation_id = c.organisation_id and e.occurred_at < c.kept_from limit 1),
        (select e.id::text from audit_events e join audit_seals s on s.number = c.seal_number
          where e.organisation_id = c.organisation_id and s.organisation_id = c.organisation_id
            and e.transaction_id < s.from_transaction and e.occurred_at > c.kept_from + interval '1 hour' limit 1)
      ) as stray
    from audit_checkpoints c order by c.seal_number desc limit 1`,
  );
  return row === undefined ? null : { ...row, number: Number(row.number) };
}

/** An event as the seal read it: the row as JSON, to the letter, its times in UTC. */
export interface SealedText {
  readonly id: bigint;
  readonly transaction: bigint;
  readonly text: string;
}

/** The events of the transactions from `from` to before `before`, in no order; at most `limit`. */
export async function listTexts(
  transaction: OrganisationTransaction,
  from: bigint,
  before: bigint,
  limit: number,
): Promise<readonly SealedText[]> {
  await asSealed(transaction);
  const rows = await transaction.execute<TextColumns>(sql`
    select e.id::text, e.transaction_id::text as transaction, row_to_json(e)::text as text from audit_events e
    where e.transaction_id >= ${String(from)}::bigint and e.transaction_id < ${String(before)}::bigint limit ${limit}`);
  return rows.map(textOf);
}

/** The same in the order of their numbers, after one of them: for a window too large to be read at once. */
export async function listTextsAfter(
  transaction: OrganisationTransaction,
  from: bigint,
  before: bigint,
  after: bigint,
  limit: number,
): Promise<readonly SealedText[]> {
  await asSealed(transaction);
  // The window first: along the numbers alone, everything outside of it would be read too.
  const rows = await transaction.execute<TextColumns>(sql`
    with w as materialized (
      select id, occurred_at from audit_events
      where transaction_id >= ${String(from)}::bigint and transaction_id < ${String(before)}::bigint)
    select e.id::text, e.transaction_id::text as transaction, row_to_json(e)::text as text
    from (select id, occurred_at from w where id > ${String(after)}::bigint order by id limit ${limit}) k
    join audit_events e on e.id = k.id and e.occurred_at = k.occurred_at order by e.id`);
  return rows.map(textOf);
}

/** An event of the transactions from `from` to before `before`; null where there is none. */
export async function findEventBetween(
  transaction: OrganisationTransaction,
  from: bigint,
  before: bigint,
): Promise<string | null> {
  const [row] = await transaction.execute<{ id: string }>(sql`
    select id::text from audit_events
    where transaction_id >= ${String(from)}::bigint and transaction_id < ${String(before)}::bigint
    order by transaction_id limit 1`);
  return row?.id ?? null;
}

/** The first transaction that sealing has not come to yet, and how many events of the organisation wait there. */
export async function findUnsealed(
  transaction: OrganisationTransaction,
): Promise<{ readonly sealedBefore: bigint; readonly waiting: number }> {
  const [row] = await transaction.execute<{ before: string; waiting: string }>(sql`
    select b.before::text, (select count(*) from audit_events where transaction_id >= b.before)::text as waiting
    from (select audit_sealed_before() as before) b`);
  return { sealedBefore: BigInt(row!.before), waiting: Number(row!.waiting) };
}

/** What the digest was made of must be written again in the very same way. */
async function asSealed(transaction: OrganisationTransaction): Promise<void> {
  await transaction.execute(sql`
    select set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
      set_config('extra_float_digits', '1', true)`);
}

type TextColumns = { id: string; transaction: string; text: string };

const textOf = (row: TextColumns): SealedText => ({
  id: BigInt(row.id),
  transaction: BigInt(row.transaction),
  text: row.text,
});
