import { sql } from 'drizzle-orm';
import { customType, text } from 'drizzle-orm/pg-core';

/** PostgreSQL's `bytea` as a Node Buffer. */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({
  dataType: () => 'bytea',
  fromDriver: (value) => Buffer.from(value),
});

/** PostgreSQL's `inet`, kept as canonical text. */
export const inet = customType<{ data: string; driverData: string }>({ dataType: () => 'inet' });

/** Text that the database computes from other columns of its row: never written, only read. */
export const madeByTheDatabase = (name: string) =>
  text(name)
    .notNull()
    .default('')
    .generatedAlwaysAs(sql`the migration says how`);
