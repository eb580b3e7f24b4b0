import { ownerUrl } from '@/lib/config';
import { migrateDatabase } from '@/lib/db/migrate';
import { failureLine } from './failure';

try {
  const run = await migrateDatabase(ownerUrl());
  const said = run === 0 ? 'There was nothing to do' : run === 1 ? '1 migration was run' : `${run} migrations were run`;
  console.log(`${said}: the database is up to date.`);
} catch (error) {
  const line = failureLine(error);
  if (line === null) throw error;
  console.error(line);
  process.exitCode = 1;
}
