import { sql } from 'drizzle-orm';
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeOrganisation } from '@/e2e/fixtures/people';
import { inOrganisation } from '@/lib/db/in-organisation';
import { insertRole } from '@/lib/roles/store';
import { maintainJobs } from './queue';

const database = useDatabase();

it('SAFE-6 the upkeep of the jobs ends, and ends nobody else’s transaction half done, however busy the pool is', async () => {
  const organisation = await makeOrganisation();
  const taken = new Error('Taken back');
  const act = () =>
    inOrganisation({ organisation }, async (transaction) => {
      await insertRole(transaction, organisation.id, { name: randomUUID(), permissions: ['audit.read'] });
      await transaction.execute(sql`select pg_sleep(0.01)`);
      throw taken;
    }).catch((error: unknown) => error);
  for (let round = 0; round < 4; round++) {
    const acts = Array.from({ length: 40 }, act);
    const upkeep = Array.from({ length: 8 }, maintainJobs);
    await Promise.all(upkeep);
    expect(new Set(await Promise.all(acts))).toEqual(new Set([taken]));
  }
  const [left] = await database.owner<{ roles: number }[]>`
    select count(*)::int as roles from roles where organisation_id = ${organisation.id} and built_in is null`;
  expect(left).toEqual({ roles: 0 });
});
