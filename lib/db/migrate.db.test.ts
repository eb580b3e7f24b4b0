import { expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { runProgram } from '@/e2e/fixtures/programs';
import { countAppliedMigrations, KNOWN_MIGRATIONS, migrateDatabase } from './migrate';

const database = useDatabase({ migrated: false });

it('SCALE-2 two migrators at once on an empty database: each migration runs once, and both end well', async () => {
  const migrate = () => runProgram('operator/migrate.ts', [], { environment: { DATABASE_URL: database.url } });
  const both = await Promise.all([migrate(), migrate()]);
  expect(both.map(({ code, errors }) => ({ code, errors }))).toEqual([
    { code: 0, errors: '' },
    { code: 0, errors: '' },
  ]);
  // Whoever came first says how many it ran; the other found nothing to do.
  expect(both.map(({ output }) => output).toSorted()).toEqual([
    `${KNOWN_MIGRATIONS} migrations were run: the database is up to date.\n`,
    'There was nothing to do: the database is up to date.\n',
  ]);
  const [row] = await database.owner`select count(*)::int as applied from drizzle.__drizzle_migrations`;
  expect(row!['applied']).toBe(KNOWN_MIGRATIONS);
  await Promise.all([migrateDatabase(database.url), migrateDatabase(database.url)]);
  // The application may ask how far they are, and nothing more of their table (RUN-6).
  expect(await countAppliedMigrations(database.restricted)).toBe(KNOWN_MIGRATIONS);
  const held = await database.owner`
    select from pg_locks l join pg_database d on d.oid = l.database
    where l.locktype = 'advisory' and d.datname = current_database()`;
  expect(held).toHaveLength(0);
});

it('RUN-7 migrations that can’t begin say so in one line', async () => {
  const environments: Record<string, string>[] = [
    {},
    { DATABASE_URL: 'postgres://a:b@127.0.0.1:1/x' },
    { DATABASE_URL: `${database.url}-is-not-there` },
  ];
  const lines = await Promise.all(
    environments.map(async (environment) => {
      const { code, output, errors } = await runProgram('operator/migrate.ts', [], { environment });
      expect({ code, output }).toEqual({ code: 1, output: '' });
      return errors;
    }),
  );
  expect(lines).toEqual([
    expect.stringMatching(/^DATABASE_URL is missing.*\n$/),
    expect.stringMatching(/^The database can't be reached .*\n$/),
    expect.stringMatching(/^PostgreSQL refuses: .*does not exist\n$/),
  ]);
});
