import { sql } from 'drizzle-orm';
import type postgres from 'postgres';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import type { SealedColumn } from './model';

export interface SealedRow {
  readonly id: string;
  readonly owner: string;
  readonly sealed: Buffer;
}

/** Sealed values that don't begin with `prefix`, in the order of their rows' ids, after one of them. */
export async function listOtherwiseSealed(
  transaction: OrganisationTransaction,
  { table, column, owner }: SealedColumn,
  { prefix, after, limit }: { prefix: Buffer; after: string; limit: number },
): Promise<readonly SealedRow[]> {
  const sealed = sql.identifier(column);
  return transaction.execute<{ id: string; owner: string; sealed: Buffer }>(sql`
    select id, ${owner === null ? sql`''` : sql`${sql.identifier(owner)}::text`} as owner, ${sealed} as sealed
    from ${sql.identifier(table)}
    where id > ${after}::uuid and ${sealed} is not null and substring(${sealed} from 1 for ${prefix.length}) <> ${prefix}
    order by id limit ${limit}`);
}

/** Puts a value sealed anew in the place of the old one; false where the row has changed, or is gone. */
export async function replaceSealed(
  transaction: OrganisationTransaction,
  { table, column }: SealedColumn,
  { id, sealed }: SealedRow,
  anew: Buffer,
): Promise<boolean> {
  const name = sql.identifier(column);
  const rows = await transaction.execute(sql`
    update ${sql.identifier(table)} set ${name} = ${anew} where id = ${id}::uuid and ${name} = ${sealed} returning id`);
  return rows.length === 1;
}

/** How many values of a column are sealed under each key, in all organisations. */
export async function countByKey(
  owner: postgres.Sql,
  { table, column }: SealedColumn,
): Promise<readonly { readonly key: string; readonly values: number }[]> {
  // The layout of lib/crypto/seal.ts: a version, the length of the key's id, the id.
  return owner<{ key: string; values: number }[]>`
    select encode(substring(${owner(column)} from 3 for get_byte(${owner(column)}, 1)), 'escape') as key,
      count(*)::int as values
    from ${owner(table)} where ${owner(column)} is not null group by 1 order by 1`;
}

/** One sealed value for each key of a column, to try the keys on. */
export async function listSamples(
  owner: postgres.Sql,
  { table, column, owner: second }: SealedColumn,
): Promise<readonly SealedRow[]> {
  const sealed = owner(column);
  return owner<{ id: string; owner: string; sealed: Buffer }[]>`
    select distinct on (substring(${sealed} from 1 for 2 + get_byte(${sealed}, 1))) id,
      ${second === null ? owner`''` : owner`${owner(second)}::text`} as owner, ${sealed} as sealed
    from ${owner(table)} where ${sealed} is not null`;
}
