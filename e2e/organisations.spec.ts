import { actionOfBuild, actionsOfBuild, HandMadeClient, pathsOfBuild } from './fixtures/hand-made';
import { demoAccount } from './fixtures/demo';
import { makeEnrolledPerson, makeOrganisation, makePerson } from './fixtures/people';
import { Phone } from './fixtures/phone';
import { expect, test } from './fixtures/test';

test('ACC-6 Sophie’s session of one organisation opens nothing at the other, and the reverse', async ({ portal }) => {
  for (const [here, there] of [
    ['petits-pas', 'boreal'],
    ['boreal', 'petits-pas'],
  ] as const) {
    const sophie = demoAccount(here, 'slavoie');
    const client = new HandMadeClient(portal.origin);
    await client.signIn(here, sophie);
    expect((await client.get(`/${here}`)).status).toBe(200);
    const stranger = new HandMadeClient(portal.origin);
    for (const { pattern, target } of pathsOfBuild(there)) {
      if (!pattern.startsWith('/[org]')) continue;
      const [hers, anybodys] = [await client.get(target), await stranger.get(target)];
      const answer = (given: typeof hers) => [given.status, given.headers.location ?? ''];
      expect([pattern, ...answer(hers)]).toEqual([pattern, ...answer(anybodys)]);
      expect(hers.body, pattern).not.toContain(sophie.email);
    }
    // Her password here is not her password there, though her address is the same.
    const cross = new HandMadeClient(portal.origin);
    await cross.enterPassword(there, sophie.email, sophie.password);
    expect(cross.cookies.has('vestibule.session')).toBe(false);
    expect((await client.get(`/${here}`)).status, 'and hers is untouched').toBe(200);
  }
});

/** What is typed at each step that names an attempt. */
const TYPED: Record<string, Record<string, string>> = {
  enterPassword: { password: 'un mot de passe bien long' },
  enterCode: { code: '123456' },
  enterRecoveryCode: { code: '0000-0000-0000-0000' },
};

test('ACC-6 ids of another organisation are not found, in every action that takes one', async ({
  portal,
  database,
}) => {
  const [ours, theirs] = [await makeOrganisation(), await makeOrganisation()];
  const [person, other] = [await makePerson(ours), await makeEnrolledPerson(theirs)];
  const client = new HandMadeClient(portal.origin);
  await client.signIn(ours.slug, person);
  const signedIn = new HandMadeClient(portal.origin);
  await signedIn.signIn(theirs.slug, other, new Phone(other.secret));
  const victim = new HandMadeClient(portal.origin);
  await victim.enterPassword(theirs.slug, other.email, other.password);
  const [session] = await database<{ id: string }[]>`select id from sessions where account_id = ${other.id}`;
  const [attempt] = await database<{ id: string }[]>`
    select id from sign_in_attempts where account_id = ${other.id} and consumed_at is null`;

  const ended = await client.call(actionOfBuild('endOne', /account/).id, `/${ours.slug}/account`, {
    session: session!.id,
  });
  expect(ended.body).toContain('"code":"not-found"');
  const missing = await client.call(actionOfBuild('endOne', /account/).id, `/${ours.slug}/account`, {
    session: '00000000-0000-4000-8000-000000000000',
  });
  const sentence = (body: string) => /"code":"[^"]*","message":"[^"]*"/.exec(body)?.[0];
  expect(sentence(ended.body)).toBe(sentence(missing.body));

  // The very browser of the other one, but the attempt of one organisation named in the other.
  for (const [who, slug] of [
    [victim, ours.slug],
    [client, theirs.slug],
    [client, ours.slug],
  ] as const) {
    for (const { id, name } of actionsOfBuild().filter(({ name }) => name in TYPED)) {
      const answer = await who.call(id, `/${slug}/sign-in`, {
        organisation: slug,
        attempt: attempt!.id,
        ...TYPED[name],
      });
      expect([name, /"code":"([\w.-]+)"/.exec(answer.body)?.[1]]).toEqual([name, 'sign-in.expired']);
    }
  }
  expect(await database`select 1 from sessions where account_id = ${other.id}`).toHaveLength(1);
  expect((await signedIn.get(`/${theirs.slug}`)).status).toBe(200);
});

test('ACC-6 a picture is shown to its owner alone', async ({ portal, database }) => {
  const [ours, theirs] = [await makeOrganisation(), await makeOrganisation()];
  const [person, other] = [await makePerson(ours), await makePerson(theirs)];
  await database`
    insert into pictures (account_id, organisation_id, media_type, bytes)
    values (${other.id}, ${theirs.id}, 'image/webp', ${Buffer.from('RIFF')})`;
  const [client, owner] = [new HandMadeClient(portal.origin), new HandMadeClient(portal.origin)];
  await client.signIn(ours.slug, person);
  await owner.signIn(theirs.slug, other);
  expect((await owner.get(`/${theirs.slug}/account/picture`)).status).toBe(200);
  for (const slug of [ours.slug, theirs.slug]) {
    expect([slug, (await client.get(`/${slug}/account/picture`)).status]).toEqual([slug, 404]);
  }
});
