import { ownerUrl } from '@/lib/config';
import { migrateDatabase } from '@/lib/db/migrate';
import { failureLine } from './failure';

try {
  await migrateDatabase(ownerUrl());
  console.log('The database is up to date.');
} catch (error) {
  const line = failureLine(error);
  if (line === null) throw error;
  console.error(line);
  process.exitCode = 1;
}
