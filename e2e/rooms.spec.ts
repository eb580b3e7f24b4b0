import { signedInPerson } from './fixtures/actors';
import { HandMadeClient } from './fixtures/hand-made';
import { startInstance } from './fixtures/instances';
import { everyAddress, furnished } from './fixtures/matrix';
import { expect, test } from './fixtures/test';

/** How many transactions the portal has begun for requests so far. */
async function transactionsOf(client: HandMadeClient): Promise<number> {
  const { body } = await client.get('/metrics');
  const counted = [...body.matchAll(/^vestibule_transactions_total\{area="(\w+)"\} (\d+)$/gm)];
  return counted.reduce((sum, [, area, count]) => (area === 'jobs' ? sum : sum + Number(count)), 0);
}

test('FAST-2 every page of a signed-in person asks for its data in one transaction', async ({
  portal,
  database,
  logs,
}) => {
  test.setTimeout(120_000);
  const { organisation } = await furnished('Garderie des Érables');
  const { token } = await signedInPerson(organisation, 'administrator');
  // By itself, so that no other request is counted.
  const instance = await startInstance(portal.settings);
  logs.add(instance.log);
  const client = new HandMadeClient(portal.origin, { at: instance.address });
  client.cookies.set('vestibule.session', token);
  const counted: Record<string, number> = {};
  for (const { place, access, isPage, at } of everyAddress(database)) {
    if (!isPage || access === 'anyone') continue;
    const address = await at(organisation.slug, organisation);
    // The first request of an organisation reads its settings as well, which are kept for those after it.
    await client.get(address);
    const before = await transactionsOf(client);
    await client.get(address);
    counted[place] = (await transactionsOf(client)) - before;
  }
  await instance.stop();
  expect(Object.keys(counted).length).toBeGreaterThan(30);
  expect(Object.values(counted)).toContain(1);
  expect(Object.entries(counted).filter(([, transactions]) => transactions > 1)).toEqual([]);
});
