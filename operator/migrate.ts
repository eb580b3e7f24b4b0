import { ConfigError, databaseUrl } from '@/lib/config';
import { migrateDatabase } from '@/lib/db/migrate';

try {
  await migrateDatabase(databaseUrl());
  console.log('The database is up to date.');
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
