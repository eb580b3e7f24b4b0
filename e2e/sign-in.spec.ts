import { HandMadeClient } from './fixtures/hand-made';
import { makeEnrolledPerson, makeOrganisation, makePerson } from './fixtures/people';
import { Phone } from './fixtures/phone';
import { expect, test } from './fixtures/test';
import { AccountScreen } from './screens/account';
import { answered } from './screens/answered';
import { EnrolmentScreen } from './screens/enrolment';
import { expectHeard } from './screens/heard';
import { IdentifyScreen } from './screens/identify';
import { PasswordScreen } from './screens/password';
import { VerifyScreen } from './screens/verify';
import { WORDS } from './screens/words';

/** A page without what differs between any two of them. */
function normalise(html: string, identifier: string): string {
  return html
    .replaceAll(identifier, 'IDENTIFIER')
    .replace(/nonce(\\?)="[^"]*"/g, 'nonce')
    .replace(/\\"nonce\\":\\"[^"\\]*\\"/g, 'nonce')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(/Attendez \d+ (secondes?|minutes?)/g, 'Attendez')
    .replace(/\bk?[0-9a-f]{32,}\b/g, 'KEY');
}

/** What a header tells, for the same reason. */
function shape(headers: Record<string, unknown>): string {
  return JSON.stringify(
    Object.entries(headers)
      .filter(([name]) => !['date', 'x-request-id', 'content-security-policy', 'etag', 'content-length'].includes(name))
      .map(([name, value]) => [
        name,
        String(value)
          .replace(/=[A-Za-z0-9_-]{43}/g, '=TOKEN')
          .replace(/nonce="[^"]*"/g, 'nonce'),
      ])
      .sort(),
  );
}

test('SIGN-1 SIGN-4 unknown, suspended and known people look the same at every step, throttled too', async ({
  portal,
  database,
}) => {
  const { slug, ...organisation } = await makeOrganisation();
  const known = await makePerson({ slug, ...organisation });
  const suspended = await makePerson({ slug, ...organisation });
  await database`update accounts set status = 'suspended' where id = ${suspended.id}`;
  const seen = new Map<string, string[]>();
  for (const [who, identifier, password] of [
    ['known', known.email, 'un mot de passe faux'],
    ['unknown', 'p0000000000@erables.test', 'un mot de passe faux'],
    ['suspended', suspended.email, suspended.password],
    ['known by username', known.username, 'un mot de passe faux'],
    ['unknown username', 'p0000000001', 'un mot de passe faux'],
  ] as const) {
    // A small office behind one address: its budget is not what is compared here.
    await database`delete from throttles where organisation_id = ${organisation.id}`;
    const client = new HandMadeClient(portal.origin);
    const pages: string[] = [];
    const keep = ({ status, headers, body }: Awaited<ReturnType<HandMadeClient['get']>>) =>
      pages.push(`${status} ${shape(headers)}\n${normalise(body, identifier)}`);
    keep(await client.submit(await client.formWith(`/${slug}/sign-in`, 'identifier'), { identifier }));
    keep(await client.get(`/${slug}/sign-in/password`));
    const form = await client.formWith(`/${slug}/sign-in/password`, 'password');
    let last = '';
    for (let tries = 1; tries <= 12; tries++) {
      const answer = await client.submit(form, { password });
      expect(answer.body, `${who}, try ${tries}`).toContain(WORDS.fr.wrongPassword);
      last = answer.body;
      if (tries === 1 || tries === 12) keep(answer);
    }
    expect(last, who).toMatch(WORDS.fr.wait);
    seen.set(who, pages);
  }
  const byEmail = ['unknown', 'suspended'];
  for (const who of byEmail) {
    seen
      .get('known')!
      .forEach((page, step) => expect(seen.get(who)![step] === page, `${who}, answer ${step}`).toBe(true));
  }
  seen
    .get('known by username')!
    .forEach((page, step) =>
      expect(seen.get('unknown username')![step] === page, `username, answer ${step}`).toBe(true),
    );
});

test('SIGN-4 a browser that is known still gets in after thirty wrong passwords from another', async ({
  arrive,
  portal,
}) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const owner = await arrive();
  const identify = new IdentifyScreen(owner, slug);
  const account = new AccountScreen(owner, slug);
  await identify.open();
  await identify.enter(person.email);
  await new PasswordScreen(owner).enter(person.password);
  await account.arriveHome('Mireille');
  await account.signOut();

  const attacker = new HandMadeClient(portal.origin);
  await attacker.identify(slug, person.email);
  const form = await attacker.formWith(`/${slug}/sign-in/password`, 'password');
  let last = '';
  for (let tries = 0; tries < 30; tries++)
    last = (await attacker.submit(form, { password: `devine ${tries} encore` })).body;
  expect(last).toMatch(WORDS.fr.wait);
  // Even the right password waits there.
  expect((await attacker.submit(form, { password: person.password })).body).toMatch(WORDS.fr.wait);

  await identify.enter(person.email);
  await new PasswordScreen(owner).enter(person.password);
  await account.arriveHome('Mireille');
});

test('SIGN-4 the sentence tells how long to wait, beside the field, and nothing typed before it is lost', async ({
  arrive,
}) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const visit = await arrive();
  const identify = new IdentifyScreen(visit, slug);
  const password = new PasswordScreen(visit);
  await identify.open();
  await identify.enter(person.email);
  for (let tries = 1; tries <= 11; tries++) await answered(visit.page, () => password.enter('pas le bon mot de passe'));
  await expect(password.error).toContainText(WORDS.fr.wrongPassword);
  await expect(password.error).toContainText(WORDS.fr.wait);
  await expect(password.field).toBeFocused();
  await expect(visit.page.getByText(person.email)).toBeVisible();
  // Sent from the field itself, which keeps the focus: only what is said tells of it.
  await answered(visit.page, () => password.field.press('Enter'));
  await expectHeard(visit.page, WORDS.fr.required);
});

test('SIGN-3 going back, reloading and two tabs with two people behave', async ({ arrive, anotherTab }) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory', portalMFA: 'off' });
  const { slug } = organisation;
  const enrolled = await makeEnrolledPerson(organisation, { firstName: 'Ariane' });
  const parent = await makePerson(organisation, { kind: 'parent', firstName: 'Bastien' });
  const visit = await arrive();
  const { page } = visit;
  const identify = new IdentifyScreen(visit, slug);
  const password = new PasswordScreen(visit);

  // Back from the password, another identifier, forward, reload: always the newest.
  await identify.open();
  await identify.enter('faute.de.frappe@erables.test');
  await page.goBack();
  await identify.enter(enrolled.email);
  await expect(page.getByText(enrolled.email)).toBeVisible();
  await page.reload();
  await expect(page.getByText(enrolled.email)).toBeVisible();
  await password.enter(enrolled.password);
  const verify = new VerifyScreen(visit);
  await verify.arrive();
  // The password is behind her: going back leads forward again.
  await page.goBack();
  await page.reload();
  await verify.arrive();

  // A second tab of the same browser, somebody else.
  const second = await anotherTab(visit);
  const identifySecond = new IdentifyScreen(second, slug);
  await identifySecond.open();
  await identifySecond.enter(parent.email);

  // The first tab still stands at its own person's code, and its form knows whose it is.
  await verify.enter(await new Phone(enrolled.secret).nextCode());
  await new AccountScreen(visit, slug).arriveHome('Ariane');

  // The second tab goes on too: one browser, one session, the newest.
  await new PasswordScreen(second).enter(parent.password);
  await new AccountScreen(second, slug).arriveHome('Bastien');
  await page.reload();
  await new AccountScreen(visit, slug).arriveHome('Bastien');

  // Back to the pages of signing in: one is in already.
  await page.goto(`/${slug}/sign-in`);
  await new AccountScreen(visit, slug).arriveHome('Bastien');
});

test('SIGN-3 a second device goes its own way; an attempt belongs to its browser and is used once', async ({
  arrive,
  portal,
}) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const { slug } = organisation;
  const person = await makeEnrolledPerson(organisation);
  const phone = new Phone(person.secret);
  const computer = new HandMadeClient(portal.origin);
  await computer.enterPassword(slug, person.email, person.password);
  const form = await computer.formWith(`/${slug}/sign-in/verify`, 'code');

  // Somebody who has seen the attempt's id has nothing: neither without a cookie nor with the cookie of another browser.
  const stranger = new HandMadeClient(portal.origin);
  const stolen = await phone.nextCode();
  expect((await stranger.submit(form, { code: stolen })).body).toContain(WORDS.fr.expired);
  await stranger.identify(slug, person.email);
  expect((await stranger.submit(form, { code: stolen })).body).toContain(WORDS.fr.expired);
  expect(stranger.cookies.has('vestibule.session')).toBe(false);

  // Meanwhile she signs in on her phone; her computer is not disturbed.
  const visit = await arrive({ width: 390 });
  const identify = new IdentifyScreen(visit, slug);
  await identify.open();
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  await new VerifyScreen(visit).enter(stolen);
  await new AccountScreen(visit, slug).arriveHome('Mireille');
  expect((await computer.submit(form, { code: await phone.nextCode() })).headers.location).toBe(`/${slug}`);
  expect((await computer.submit(form, { code: stolen })).body, 'used up').toContain(WORDS.fr.expired);
});

test('SIGN-3 a password step that ran out leads to the start, and the sentence says so', async ({
  arrive,
  database,
}) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const visit = await arrive();
  const identify = new IdentifyScreen(visit, slug);
  const runOut = () =>
    database`update sign_in_attempts set expires_at = now() - interval '1 second' where account_id = ${person.id}`;
  await identify.open();
  await identify.enter(person.email);
  await runOut();
  await new PasswordScreen(visit).enter(person.password);
  await expect(visit.page.getByText(WORDS.fr.expired)).toBeVisible();
  await visit.page.reload();
  await expect(visit.page).toHaveURL(new RegExp(`/${slug}/sign-in$`));

  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  await EnrolmentScreen.whileSigningIn(visit, slug).walkToSquare();
  const [row] = await database<{ minutes: string }[]>`
    select extract(epoch from max(expires_at) - now()) / 60 as minutes from sign_in_attempts where account_id = ${person.id}`;
  expect(Number(row!.minutes)).toBeGreaterThan(55);
  await runOut();
  await visit.page.reload();
  await expect(visit.page).toHaveURL(new RegExp(`/${slug}/sign-in$`));
});

test('SIGN-5 one returns to where one was, within the site only', async ({ arrive }) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const visit = await arrive();
  const { page } = visit;
  const identify = new IdentifyScreen(visit, slug);
  const account = new AccountScreen(visit, slug);
  await page.goto(`/${slug}/account`);
  await expect(page).toHaveURL(new RegExp(`/${slug}/sign-in\\?next=`));
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  await account.arrive();
  for (const next of [
    '//evil.test',
    '/\\evil.test',
    'https://evil.test/',
    'javascript:alert(1)',
    '/boreal/account',
    '/%2f%2fevil.test',
  ]) {
    await account.signOut();
    await identify.open(next);
    await identify.enter(person.email);
    await new PasswordScreen(visit).enter(person.password);
    await account.arriveHome('Mireille');
  }
});
