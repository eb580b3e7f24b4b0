import { actionOfBuild, HandMadeClient } from './fixtures/hand-made';
import { makeEnrolledPerson, makeOrganisation, makePerson } from './fixtures/people';
import { startInstance } from './fixtures/instances';
import { Phone } from './fixtures/phone';
import { expect, test } from './fixtures/test';
import { AccountScreen } from './screens/account';
import { IdentifyScreen } from './screens/identify';
import { PasswordScreen } from './screens/password';

test('SAFE-3 cookies are out of reach of scripts, and of other sites', async ({ arrive }) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const visit = await arrive();
  const identify = new IdentifyScreen(visit, slug);
  await identify.open();
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  await new AccountScreen(visit, slug).arriveHome('Mireille');
  const cookies = await visit.context.cookies();
  expect(cookies.map(({ name }) => name).sort()).toEqual([
    'vestibule.browser',
    'vestibule.device',
    'vestibule.session',
  ]);
  for (const { name, httpOnly, sameSite, path, value, domain, secure } of cookies) {
    expect([name, httpOnly, sameSite, path, domain, secure]).toEqual([name, true, 'Lax', '/', 'localhost', false]);
    expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/);
  }
  expect(await visit.page.evaluate(() => document.cookie)).toBe('');
  expect(await visit.page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
});

test('SAFE-3 behind https every cookie is __Host- and Secure, and the browser is told to stay on https', async ({
  portal,
  logs,
}) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const instance = await startInstance({ ...portal.settings, APP_ORIGIN: 'https://portal.example.test' });
  logs.add(instance.log);
  try {
    const client = new HandMadeClient('https://portal.example.test', { at: instance.address });
    const seen: string[] = [];
    const start = await client.formWith(`/${slug}/sign-in`, 'identifier');
    for (const answer of [
      await client.submit(start, { identifier: person.email }),
      await client.submit(await client.formWith(`/${slug}/sign-in/password`, 'password'), {
        password: person.password,
      }),
    ]) {
      seen.push(...(answer.headers['set-cookie'] ?? []));
      expect(answer.headers.location).toMatch(/^\/[^/]/);
    }
    // The browser gets a new name once the password is right.
    expect(seen).toHaveLength(4);
    for (const line of seen) {
      expect(line).toMatch(/^__Host-vestibule\.(browser|device|session)=/);
      for (const word of ['Path=/', 'Secure', 'HttpOnly', 'SameSite=lax'])
        expect(line.toLowerCase()).toContain(word.toLowerCase());
      expect(line).not.toMatch(/domain=/i);
    }
    expect((await client.get(`/${slug}`)).headers['strict-transport-security']).toContain('max-age=63072000');
  } finally {
    await instance.stop();
  }
});

test('SAFE-3 a session has a new token after each change of privilege, and the old one is worth nothing', async ({
  portal,
}) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makeEnrolledPerson(organisation);
  const phone = new Phone(person.secret);
  const client = new HandMadeClient(portal.origin);
  await client.signIn(slug, person, phone);
  const before = client.cookies.get('vestibule.session')!;
  await client.call(actionOfBuild('switchOff', /account/).id, `/${slug}/account/switch-off`, {
    password: person.password,
    code: await phone.nextCode(),
  });
  const after = client.cookies.get('vestibule.session')!;
  expect(after).not.toBe(before);
  const old = new HandMadeClient(portal.origin, { at: portal.second });
  old.cookies.set('vestibule.session', before);
  expect((await old.get(`/${slug}`)).headers.location).toBe(`/${slug}/sign-in`);
  expect((await client.at(portal.second).get(`/${slug}`)).status).toBe(200);
});

test('SAFE-3 SELF-2 a session that is ended elsewhere is dead at its next request, page and action alike', async ({
  arrive,
  portal,
}) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const others = [new HandMadeClient(portal.origin), new HandMadeClient(portal.origin, { at: portal.second })];
  for (const other of others) await other.signIn(slug, person);

  const visit = await arrive();
  const identify = new IdentifyScreen(visit, slug);
  const account = new AccountScreen(visit, slug);
  await identify.open();
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  await account.arriveHome('Mireille');
  await account.open();
  await expect(account.sessions).toHaveCount(3);
  await expect(account.sessions.getByText('Cette session')).toHaveCount(1);
  await account.sessions.getByRole('button').first().click();
  await expect(account.sessions).toHaveCount(2);
  const dead = await Promise.all(others.map(async (other) => (await other.get(`/${slug}`)).status !== 200));
  expect(dead.filter(Boolean)).toHaveLength(1);

  await visit.page.getByRole('button', { name: visit.words.endOthers }).click();
  await expect(account.sessions).toHaveCount(1);
  for (const other of others) {
    expect((await other.get(`/${slug}/account`)).headers.location).toMatch(new RegExp(`^/${slug}/sign-in`));
    const answer = await other.call(actionOfBuild('changeProfile', /account/).id, `/${slug}/account`, {
      firstName: 'Eve',
      lastName: 'Autre',
      language: '',
      timeZone: '',
    });
    expect(answer.body).toContain('session.missing');
    expect((await other.get(`/${slug}/account/picture`)).status).toBe(404);
  }
  await account.open();
  await expect(visit.page.getByLabel(visit.words.firstName)).toHaveValue('Mireille');

  // A form that stands open when the session ends: the sentence, and what was typed is still there.
  await visit.page.getByLabel(visit.words.firstName).fill('Mireille-Anne');
  await visit.context.clearCookies({ name: 'vestibule.session' });
  await visit.page.getByRole('button', { name: visit.words.saveProfile, exact: true }).click();
  await expect(visit.page.getByText('Votre session est terminée. Connectez-vous de nouveau.')).toBeVisible();
  await expect(visit.page.getByLabel(visit.words.firstName)).toHaveValue('Mireille-Anne');
});

test('SAFE-3 signing out ends the session itself, and the way back shows nothing of it', async ({ arrive, portal }) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const visit = await arrive();
  const identify = new IdentifyScreen(visit, slug);
  const account = new AccountScreen(visit, slug);
  await identify.open();
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  await account.arriveHome('Mireille');
  await account.open();
  const stolen = (await visit.context.cookies()).find(({ name }) => name === 'vestibule.session')!.value;
  await account.signOut();
  expect((await visit.context.cookies()).map(({ name }) => name)).not.toContain('vestibule.session');
  const thief = new HandMadeClient(portal.origin, { at: portal.second });
  thief.cookies.set('vestibule.session', stolen);
  expect((await thief.get(`/${slug}/account`)).headers.location).toMatch(/\/sign-in/);
  await visit.page.goBack();
  await visit.page.reload();
  await expect(visit.page).toHaveURL(/\/sign-in/);
  await expect(visit.page.getByText(person.email)).toBeHidden();
});

test('SAFE-3 /api/auth answers csrf, session and sign-out, and nothing else', async ({ portal, database }) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const client = new HandMadeClient(portal.origin);
  await client.signIn(slug, person);
  for (const [method, path] of [
    ['GET', 'signin'],
    ['GET', 'signin/credentials'],
    ['GET', 'providers'],
    ['GET', 'callback/credentials'],
    ['GET', 'callback/email?token=1&email=a@b.test'],
    ['GET', 'error'],
    ['GET', 'verify-request'],
    ['GET', 'signout'],
    ['GET', '_log'],
    ['GET', 'session/x'],
    ['POST', 'session'],
    ['POST', 'csrf'],
    ['POST', 'signin/credentials'],
    ['POST', 'callback/credentials'],
    ['POST', '_log'],
  ] as const) {
    const answer = await client.request(method, `/api/auth/${path}`, {
      headers: { 'content-type': 'application/json' },
      body: method === 'POST' ? '{"data":{"user":{"id":"1"}}}' : undefined,
    });
    // Under callback/ providers answer, by GET alone (OIDC-1).
    const status = method === 'POST' && path.startsWith('callback/') ? 405 : 404;
    expect([method, path, answer.status]).toEqual([method, path, status]);
  }
  for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD']) {
    const { status, headers } = await client.request(method, '/api/auth/session', {
      headers: { 'content-length': '0' },
    });
    expect(status, method).toBeLessThan(500);
    expect(headers['set-cookie']?.join() ?? '', method).not.toMatch(/vestibule\.session=[^;]/);
  }
  const session = await client.get('/api/auth/session');
  expect(Object.keys(JSON.parse(session.body))).toEqual(['expires']);
  const { csrfToken } = JSON.parse((await client.get('/api/auth/csrf')).body) as { csrfToken: string };
  const body = `csrfToken=${csrfToken}&json=true`;
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  // From another site, or with another token, nothing ends.
  for (const headers of [
    { ...form, origin: 'https://evil.test' },
    { ...form, origin: undefined },
  ]) {
    expect((await client.request('POST', '/api/auth/signout', { headers, body })).status).toBe(403);
  }
  // Wherever it is asked to lead on, it stays within the site, and nothing that is no address is a failure of ours.
  for (const way of [
    'https://evil.test',
    '//evil.test',
    '/\\evil.test',
    `${portal.origin}.evil.test/`,
    '\0',
    'x',
    '/\r\nA: b',
  ]) {
    const asked = `callbackUrl=${encodeURIComponent(way)}`;
    const wrong = { headers: form, body: `csrfToken=wrong&${asked}` };
    const cookie = { cookie: `vestibule.callback=${encodeURIComponent(way)}` };
    for (const answer of [
      await client.get(`/api/auth/session?${asked}`),
      await new HandMadeClient(portal.origin).get(`/api/auth/csrf?${asked}`, cookie),
      await client.request('POST', '/api/auth/signout', wrong),
    ]) {
      expect([200, 302, 400], way).toContain(answer.status);
      const { location = '/' } = answer.headers;
      expect(new URL(location, portal.origin).origin).toBe(portal.origin);
      expect(new URL(location, portal.origin).pathname).not.toMatch(/^\/[/\\]/);
    }
  }
  await client.request('POST', '/api/auth/signout', { headers: form, body: 'csrfToken=wrong' });
  expect(await database`select 1 from sessions where account_id = ${person.id}`).toHaveLength(1);
  await client.request('POST', '/api/auth/signout', { headers: form, body });
  expect(await database`select 1 from sessions where account_id = ${person.id}`).toHaveLength(0);
});
