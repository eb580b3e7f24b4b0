import { customType } from 'drizzle-orm/pg-core';

/** PostgreSQL's `bytea` as a Node Buffer. */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({
  dataType: () => 'bytea',
  fromDriver: (value) => Buffer.from(value),
});

/** PostgreSQL's `inet`, kept as canonical text. */
export const inet = customType<{ data: string; driverData: string }>({ dataType: () => 'inet' });
