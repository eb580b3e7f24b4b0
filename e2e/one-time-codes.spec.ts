import { HandMadeClient, type Form } from './fixtures/hand-made';
import { makeEnrolledPerson, makeOrganisation, tally } from './fixtures/people';
import { Phone } from './fixtures/phone';
import { expect, test } from './fixtures/test';
import { WORDS } from './screens/words';

const AT_ONCE = 50;

test('ENROL-10 one code posted fifty times at once over two instances lets in exactly once', async ({
  portal,
  database,
}) => {
  const { slug, person, phone } = await makeSomebody();
  // Each of them a browser of its own, that has come as far as the code.
  const clients = Array.from(
    { length: AT_ONCE },
    (_, index) => new HandMadeClient(portal.origin, index % 2 === 0 ? {} : { at: portal.second }),
  );
  const forms: Form[] = [];
  for (const client of clients) {
    await client.enterPassword(slug, person.email, person.password);
    forms.push(await client.formWith(`/${slug}/sign-in/verify`, 'code'));
  }
  // The ten tries of an account are another rule: here all fifty are to be compared.
  await database`delete from throttles where organisation_id = (select id from organisations where slug = ${slug})`;
  const code = await phone.nextCode();
  const answers = await Promise.all(clients.map((client, index) => client.submit(forms[index]!, { code })));
  const kinds = answers.map(({ status, body }) => {
    if (status === 303) return 'in';
    if (body.includes(WORDS.fr.usedCode)) return 'used';
    return /Trop d’essais/.test(body) ? 'throttled' : `${status}`;
  });
  const counted = tally(kinds);
  expect(counted['in']).toBe(1);
  // They take turns at one account: on a machine with more to do some may wait until they are told to come again (SAFE-7).
  expect(Object.keys(counted).filter((kind) => !['in', 'used', 'throttled', '503'].includes(kind))).toEqual([]);
  expect(counted['503'] ?? 0).toBeLessThan(AT_ONCE / 2);
  expect(clients.filter(({ cookies }) => cookies.has('vestibule.session'))).toHaveLength(1);
  expect(await database`select 1 from sessions where account_id = ${person.id}`).toHaveLength(1);
});

test('ENROL-10 one form sent fifty times at once, as by a person who presses again and again, lets in once', async ({
  portal,
  database,
}) => {
  const { slug, person, phone } = await makeSomebody();
  const client = new HandMadeClient(portal.origin);
  await client.enterPassword(slug, person.email, person.password);
  const form = await client.formWith(`/${slug}/sign-in/verify`, 'code');
  const code = await phone.nextCode();
  const other = client.at(portal.second);
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, index) => (index % 2 === 0 ? client : other).submit(form, { code })),
  );
  expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  expect(await database`select 1 from sessions where account_id = ${person.id}`).toHaveLength(1);
  expect(answers.filter(({ headers }) => headers.location === `/${slug}`)).toHaveLength(1);
});

test('SIGN-4 fifty wrong codes at once over two instances: the budget is exact', async ({ portal, database }) => {
  const { slug, person, phone } = await makeSomebody();
  const clients: { client: HandMadeClient; form: Form }[] = [];
  for (let index = 0; index < 12; index++) {
    const client = new HandMadeClient(portal.origin, index % 2 === 0 ? {} : { at: portal.second });
    await client.enterPassword(slug, person.email, person.password);
    clients.push({ client, form: await client.formWith(`/${slug}/sign-in/verify`, 'code') });
  }
  const code = await phone.wrongCode();
  await Promise.all(
    Array.from({ length: AT_ONCE }, (_, index) => {
      const { client, form } = clients[index % clients.length]!;
      return client.submit(form, { code });
    }),
  );
  const [compared] = await database<{ count: string }[]>`
    select count(*) from audit_events where subject_id = ${person.id} and action = 'sign-in.code' and outcome = 'failure'`;
  expect(Number(compared!.count)).toBe(10);
});

async function makeSomebody() {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const person = await makeEnrolledPerson(organisation);
  return { slug: organisation.slug, person, phone: new Phone(person.secret) };
}
