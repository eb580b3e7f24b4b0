import { describe, expect, it } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeOrganisation, makePerson, operatorOf, refusalOf, tally } from '@/e2e/fixtures/people';
import { inOrganisation } from '@/lib/db/in-organisation';
import { sql } from 'drizzle-orm';
import { keepAnAdministrator } from './last-administrator';

const database = useDatabase();

describe('ACC-5 the last administrator', () => {
  it('ACC-5 of administrators who all suspend another at the same moment, one stays', async () => {
    database.useTwoInstances();
    for (let round = 0; round < 5; round += 1) {
      const organisation = await makeOrganisation();
      const people = await Promise.all(
        [1, 2, 3].map(() => makePerson(organisation, { role: 'administrator', kind: 'employee' })),
      );
      const suspend = (id: string) =>
        inOrganisation(operatorOf(organisation), async (transaction) => {
          await transaction.execute(sql`update accounts set status = 'suspended' where id = ${id}`);
          await keepAnAdministrator(transaction);
        });
      const outcomes = await Promise.all(people.map(({ id }) => refusalOf(suspend(id))));
      expect(tally(outcomes)).toEqual({ done: 2, 'administrator.last': 1 });
      const [left] = await database.owner`
        select count(*)::int as n from accounts where organisation_id = ${organisation.id} and status = 'active'`;
      expect(left!['n']).toBe(1);
    }
  });

  it.each([
    ['is invited only', `update accounts set status = 'invited' where id = $1`],
    ['stands on a deactivated authenticator', `update authenticators set active = false where organisation_id = $2`],
    [
      'holds a role that lacks one permission',
      `update roles set permissions = array_remove(permissions, 'audit.read') where organisation_id = $2`,
    ],
    ['has no role', `update accounts set role_id = null where id = $1`],
  ])('ACC-5 nobody counts who %s', async (_, change) => {
    const organisation = await makeOrganisation();
    const { id } = await makePerson(organisation, { role: 'administrator' });
    const check = () => inOrganisation(operatorOf(organisation), keepAnAdministrator);
    expect(await refusalOf(check())).toBe('done');
    await database.owner.unsafe(`with given as (select $1::uuid, $2::uuid) ${change}`, [id, organisation.id]);
    expect(await refusalOf(check())).toBe('administrator.last');
  });
});
