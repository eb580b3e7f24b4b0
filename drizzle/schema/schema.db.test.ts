import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { is } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';

const database = useDatabase();

/** What only functions of the database read and write. */
const OF_THE_DATABASE = {
  tables: ['audit_seal_cursor', 'audit_seals', 'audit_checkpoints', 'letter_budgets'],
  columns: ['audit_events.transaction_id'],
};

async function tablesInCode(): Promise<PgTable[]> {
  const files = (await readdir(import.meta.dirname)).filter((name) => /^[a-z-]+\.ts$/.test(name));
  const modules = await Promise.all(
    files.map(
      (name) => import(/* @vite-ignore */ path.join(import.meta.dirname, name)) as Promise<Record<string, unknown>>,
    ),
  );
  return modules.flatMap((module) => Object.values(module)).filter((value): value is PgTable => is(value, PgTable));
}

interface Column {
  type: string;
  required: boolean;
  /** Whether a row may leave it out although it is required. */
  fillsItself: boolean;
  key: boolean;
  words: string[] | null;
}

async function columnsInDatabase(): Promise<Record<string, Column>> {
  const rows = await database.owner<({ name: string } & Column)[]>`
    select c.relname || '.' || a.attname as name,
      format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull as required,
      a.atthasdef or a.attidentity <> '' as "fillsItself",
      exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary and a.attnum = any (i.indkey)) as key,
      (select array(select m[1] from regexp_matches(pg_get_constraintdef(k.oid), '''([^'']+)''::text', 'g') m)
       from pg_constraint k
       where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum] and pg_get_constraintdef(k.oid) ~ '= (ANY \\(ARRAY\\[)?'''
      ) as words
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`;
  return Object.fromEntries(
    rows
      .filter(
        ({ name }) => !OF_THE_DATABASE.tables.includes(name.split('.')[0]!) && !OF_THE_DATABASE.columns.includes(name),
      )
      .map(({ name, words, ...column }) => [name, { ...column, words: words?.toSorted() ?? null }]),
  );
}

it('RUN-6 the tables in code are those of the migrated database: columns, types, what is required, words allowed', async () => {
  const inCode: Record<string, Column> = {};
  for (const table of await tablesInCode()) {
    const { name, columns, primaryKeys } = getTableConfig(table);
    for (const column of columns) {
      inCode[`${name}.${column.name}`] = {
        type: column.getSQLType(),
        required: column.notNull,
        fillsItself: column.hasDefault,
        key: column.primary || primaryKeys.some((key) => key.columns.some((one) => one.name === column.name)),
        words: column.enumValues?.toSorted() ?? null,
      };
    }
  }
  const inDatabase = await columnsInDatabase();
  // The key of a partitioned table carries the column it is parted by, which no query of ours looks it up with.
  for (const column of ['audit_events.id', 'audit_events.occurred_at']) inDatabase[column]!.key = inCode[column]!.key;
  expect(Object.keys(inCode).length).toBeGreaterThan(90);
  expect(inCode).toEqual(inDatabase);
});
