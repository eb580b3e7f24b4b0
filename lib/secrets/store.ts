import { sql, type SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { SealedColumn } from './model';

export interface SealedRow {
  readonly id: string;
  readonly owner: string;
  readonly sealed: Buffer;
}

/**
 * The values of a column, wherever in it they stand, as rows of `id`, `owner` and `sealed`. What is empty is none: a
 * confirmed enrolment has no key under way any more, and no byte that would name one of ours.
 */
const valuesOf = ({ table, column, kept, owner }: SealedColumn): SQL =>
  kept === undefined
    ? sql`(select id, ${owner === null ? sql`''` : sql`${sql.identifier(owner)}::text`} as owner,
        ${sql.identifier(column)} as sealed from ${sql.identifier(table)} where octet_length(${sql.identifier(column)}) > 0)`
    : sql`(select (k ->> 'id')::uuid as id, '' as owner, (k ->> ${kept.value}::text)::bytea as sealed
        from ${sql.identifier(table)}, jsonb_array_elements(${sql.identifier(column)} -> ${kept.list}::text) k)`;

/** Sealed values that don't begin with `prefix`, in the order of their rows' ids, after one of them. */
export async function listOtherwiseSealed(
  transaction: OrganisationTransaction,
  column: SealedColumn,
  { prefix, after, limit }: { prefix: Buffer; after: string; limit: number },
): Promise<readonly SealedRow[]> {
  return transaction.execute<{ id: string; owner: string; sealed: Buffer }>(sql`
    select id, owner, sealed from ${valuesOf(column)} v
    where id > ${after}::uuid and substring(sealed from 1 for ${prefix.length}) <> ${prefix}
    order by id limit ${limit}`);
}

/** Puts a value sealed anew in the place of the old one; false where the row has changed, or is gone. */
export async function replaceSealed(
  transaction: OrganisationTransaction,
  { table, column, kept }: SealedColumn,
  { id, sealed }: SealedRow,
  anew: Buffer,
): Promise<boolean> {
  const name = sql.identifier(column);
  if (kept === undefined) {
    const rows = await transaction.execute(sql`
      update ${sql.identifier(table)} set ${name} = ${anew} where id = ${id}::uuid and ${name} = ${sealed} returning id`);
    return rows.length === 1;
  }
  const list = sql`${name} -> ${kept.list}::text`;
  const isIt = sql`(k ->> 'id')::uuid = ${id}::uuid and (k ->> ${kept.value}::text)::bytea = ${sealed}`;
  const rows = await transaction.execute(sql`
    update ${sql.identifier(table)} set ${name} = jsonb_set(${name}, array[${kept.list}::text],
      (select jsonb_agg(case when ${isIt} then k || jsonb_build_object(${kept.value}::text, ${anew}::bytea) else k end)
        from jsonb_array_elements(${list}) k))
    where exists (select from jsonb_array_elements(${list}) k where ${isIt}) returning id`);
  return rows.length > 0;
}

/** How many values of a column are sealed under each key, in all organisations. */
export async function countByKey(
  owner: postgres.Sql,
  column: SealedColumn,
): Promise<readonly { readonly key: string; readonly values: number }[]> {
  // The layout of lib/crypto/seal.ts: a version, the length of the key's id, the id.
  const rows = await drizzle(owner).execute<{ key: string; values: number }>(sql`
    select encode(substring(sealed from 3 for get_byte(sealed, 1)), 'escape') as key, count(*)::int as values
    from ${valuesOf(column)} v group by 1 order by 1`);
  return [...rows];
}

/** One sealed value for each key of a column, to try the keys on. */
export async function listSamples(owner: postgres.Sql, column: SealedColumn): Promise<readonly SealedRow[]> {
  return drizzle(owner).execute<{ id: string; owner: string; sealed: Buffer }>(sql`
    select distinct on (substring(sealed from 1 for 2 + get_byte(sealed, 1))) id, owner, sealed
    from ${valuesOf(column)} v`);
}
