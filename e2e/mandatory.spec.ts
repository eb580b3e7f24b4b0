import { actionsOfBuild, HandMadeClient, pathsOfBuild } from './fixtures/hand-made';
import { environmentOf } from './fixtures/instances';
import { makeEnrolledPerson, makeOrganisation, makePerson } from './fixtures/people';
import { Phone } from './fixtures/phone';
import { runProgram } from './fixtures/programs';
import { expect, test } from './fixtures/test';
import { AccountScreen } from './screens/account';
import { EnrolmentScreen } from './screens/enrolment';
import { IdentifyScreen } from './screens/identify';
import { PasswordScreen } from './screens/password';

/** `npm run vestibule -- …`, in a process of its own. */
async function operator(settings: Record<string, string>, ...words: string[]): Promise<void> {
  const { code, errors } = await runProgram('operator/vestibule.ts', words, { environment: environmentOf(settings) });
  expect(code, errors).toBe(0);
}

/** What somebody may open who has not signed in: it says nothing about them, nor of them. */
const OPEN_TO_ALL = /^\/(signup|healthz|readyz|metrics|icon\.svg)?$|^\/api\/auth/;
const SIGNING_IN = /^\/\[org\]\/(sign-in|invitation)/;

test('MFA-4 before enrolment is done no page, route or action answers anything but enrolment', async ({
  portal,
  database,
}) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const { slug } = organisation;
  const lea = await makePerson(organisation);
  const client = new HandMadeClient(portal.origin);
  const answer = await client.enterPassword(slug, lea.email, lea.password);
  expect(answer.headers.location).toBe(`/${slug}/sign-in/enrol`);
  expect([...client.cookies.keys()]).not.toContain('vestibule.session');
  expect(await database`select 1 from sessions where account_id = ${lea.id}`).toHaveLength(0);

  const enrol = `/${slug}/sign-in/enrol`;
  const paths = pathsOfBuild(slug);
  expect(paths.length).toBeGreaterThan(15);
  for (const { pattern, target } of paths) {
    if (OPEN_TO_ALL.test(pattern)) continue;
    // As a browser, as the client runtime, and as its prefetch.
    for (const headers of [{}, { rsc: '1' }, { rsc: '1', 'next-router-prefetch': '1', purpose: 'prefetch' }]) {
      let { status, headers: given, body } = await client.get(target, headers);
      // The client runtime is led to the same address with a mark of its own.
      if (given.location?.startsWith(`${target}?_rsc`))
        ({ status, headers: given, body } = await client.get(given.location, headers));
      const seen = `${pattern} ${JSON.stringify(headers)}: ${status} ${given.location ?? ''}`;
      const location = given.location?.split('?')[0] ?? /NEXT_REDIRECT;\w+;([^;?]+)/.exec(body)?.[1];
      if (SIGNING_IN.test(pattern)) {
        expect(body, seen).not.toContain('account-card');
        continue;
      }
      // Not a page of hers yet: the way to sign-in leads on to enrolment.
      // What is fetched ahead names the parts of the address, and nothing of anybody.
      const treeAlone =
        'next-router-prefetch' in headers && status === 200 && !/"(children|h1|form|main)",null/.test(body);
      const missing = [404, 405].includes(status) || body.includes('NEXT_HTTP_ERROR_FALLBACK;404');
      const away = missing || location === `/${slug}/sign-in` || location === enrol || treeAlone;
      expect(away, seen).toBe(true);
      expect(body, seen).not.toContain(lea.email);
    }
  }
  // Whatever sign-in page is opened, it leads to where she stands.
  for (const page of ['password', 'verify', 'verify/recovery', 'new-password']) {
    expect([page, (await client.get(`/${slug}/sign-in/${page}`)).headers.location]).toEqual([page, enrol]);
  }
});

test('MFA-4 before enrolment is done every action of the build refuses, by hand too', async ({ portal, database }) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const client = new HandMadeClient(portal.origin);
  await client.enterPassword(slug, person.email, person.password);
  const [attempt] = await database<{ id: string }[]>`select id from sign_in_attempts where account_id = ${person.id}`;
  const plausible: Record<string, string> = {
    organisation: slug,
    attempt: attempt!.id,
    code: '123456',
    password: person.password,
    current: person.password,
    next: 'Un mot de passe bien long 42',
    identifier: person.email,
    session: attempt!.id,
    to: 'off',
    answer: 'later',
    firstName: 'Eve',
    lastName: 'Autre',
    language: 'en',
    timeZone: '',
    path: `/${slug}`,
    slug,
    method: 'app',
    phone: 'iphone',
    app: 'google',
  };
  const fieldsOf: Record<string, string[]> = {
    goToOrganisation: ['slug'],
    chooseLanguage: ['language', 'path'],
    answerOffer: ['answer'],
    switchOff: ['password', 'code'],
    endOne: ['session'],
    choosePhone: ['organisation', 'phone'],
    chooseMethod: ['organisation', 'method'],
    chooseApp: ['organisation', 'app'],
    renewCodes: ['code'],
    changePassword: ['current', 'next', 'code'],
    changeProfile: ['firstName', 'lastName', 'language', 'timeZone'],
    switchMfa: ['to'],
    confirm: ['organisation', 'code'],
    begin: ['organisation'],
    finish: ['organisation'],
    enterCode: ['organisation', 'attempt', 'code'],
    enterRecoveryCode: ['organisation', 'attempt', 'code'],
    enterPassword: ['organisation', 'attempt', 'password'],
    postpone: ['organisation', 'attempt'],
    identify: ['organisation', 'identifier'],
  };
  const actions = actionsOfBuild();
  expect(actions.length).toBeGreaterThan(25);
  for (const { id, name, file } of actions) {
    const fields = Object.fromEntries((fieldsOf[name] ?? []).map((field) => [field, plausible[field]!]));
    // From a page of hers, from a page of everybody's, and from one that she may not open.
    for (const target of [`/${slug}/sign-in/enrol`, '/', `/${slug}/account`]) {
      const { status, body, headers } = await client.call(id, target, fields);
      const seen = `${file} ${name} at ${target}: ${status} ${String(headers['x-action-redirect'] ?? '')} ${body.slice(0, 300)}`;
      expect(status, seen).toBeLessThan(500);
      expect(client.cookies.has('vestibule.session'), seen).toBe(false);
      expect(body, seen).not.toContain('account-card');
      if (/portal/.test(file)) expect(body, seen).toMatch(/session\.missing|"status":"invalid"/);
    }
  }
  expect(await database`select 1 from sessions where account_id = ${person.id}`).toHaveLength(0);
  expect(await database`select 1 from factors where account_id = ${person.id}`).toHaveLength(0);
  const [unchanged] = await database`select first_name from accounts where id = ${person.id}`;
  expect(unchanged).toEqual({ first_name: 'Mireille' });
});

test('MFA-6 for Léa the switch is on, locked, and says why; the action refuses too', async ({ arrive, portal }) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const { slug } = organisation;
  const person = await makeEnrolledPerson(organisation);
  const phone = new Phone(person.secret);
  const client = new HandMadeClient(portal.origin);
  await client.signIn(slug, person, phone);
  const visit = await arrive();
  await visit.context.addCookies([
    { name: 'vestibule.session', value: client.cookies.get('vestibule.session')!, url: portal.origin },
  ]);
  const account = new AccountScreen(visit, slug);
  await account.open();
  await expect(account.mfaSwitch).toBeChecked();
  await expect(account.mfaSwitch).toHaveAttribute('aria-disabled', 'true');
  await expect(account.mfaSwitch).toHaveAccessibleDescription(new RegExp(visit.words.locked));
  await account.mfaSwitch.press('Enter');
  await expect(visit.page).toHaveURL(new RegExp(`/${slug}/account$`));
  await visit.page.goto(`/${slug}/account/switch-off`);
  await expect(visit.page).toHaveURL(new RegExp(`/${slug}/account$`));

  for (const [name, fields] of [
    ['switchMfa', { to: 'off' }],
    ['switchOff', { password: person.password, code: await phone.nextCode() }],
  ] as const) {
    const { id } = actionsOfBuild().find((action) => action.name === name)!;
    const answer = await client.call(id, `/${slug}/account`, fields);
    expect(answer.body, name).toContain('mfa.mandatory');
  }
});

test('MFA-8 the operator makes MFA mandatory: an open session leads to enrolment at its next page, on the other instance', async ({
  arrive,
  portal,
}) => {
  const organisation = await makeOrganisation({ internalMFA: 'on-demand' });
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const visit = await arrive();
  const identify = new IdentifyScreen(visit, slug);
  await identify.open();
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  const account = new AccountScreen(visit, slug);
  await account.arriveHome('Mireille');
  // The second instance knows the settings of before.
  await visit.page.goto(`${portal.second}/${slug}/account`);
  await account.arrive();

  await operator(portal.settings, 'option', 'set', '--org', slug, 'internalMFA', 'mandatory');
  await visit.page.goto(`${portal.second}/${slug}/account`);
  const enrolment = EnrolmentScreen.whileSigningIn(visit, slug);
  await expect(visit.page).toHaveURL(new RegExp(`/${slug}/sign-in/enrol(\\?next=.*)?$`));
  await visit.page.goto(`/${slug}/sign-in/enrol`);
  await enrolment.walkToSquare();
  await visit.page.goto(`/${slug}`);
  await expect(visit.page, 'nothing else before it is done').toHaveURL(new RegExp('/sign-in/enrol'));
  await visit.page.goto(`/${slug}/sign-in/enrol/scan`);
  await enrolment.enter(await new Phone((await enrolment.scan()).searchParams.get('secret')!).nextCode());
  await enrolment.at('/codes');
  await enrolment.finish();
  await account.arriveHome('Mireille');
});

test('RUN-7 the operator resets a lost factor: sessions end at once, and enrolment comes at the next sign-in', async ({
  arrive,
  portal,
}) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const { slug } = organisation;
  const person = await makeEnrolledPerson(organisation);
  const client = new HandMadeClient(portal.origin);
  await client.signIn(slug, person, new Phone(person.secret));
  const other = client.at(portal.second);
  expect((await other.get(`/${slug}`)).status).toBe(200);

  await operator(portal.settings, 'mfa', 'reset', '--org', slug, '--reason', 'Téléphone perdu', person.email);
  expect((await client.get(`/${slug}`)).headers.location).toBe(`/${slug}/sign-in`);
  expect((await other.get(`/${slug}/account`)).headers.location).toMatch(new RegExp(`^/${slug}/sign-in`));

  const visit = await arrive();
  const identify = new IdentifyScreen(visit, slug);
  await identify.open();
  await identify.enter(person.username);
  await new PasswordScreen(visit).enter(person.password);
  await EnrolmentScreen.whileSigningIn(visit, slug).at('');
});
