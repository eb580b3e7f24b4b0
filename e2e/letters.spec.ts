import { randomBytes } from 'node:crypto';
import type { Sql } from 'postgres';
import { inOrganisation } from '@/lib/db/in-organisation';
import { inviteWithin } from '@/lib/invitations/service';
import { setOption } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import { HandMadeClient } from './fixtures/hand-made';
import type { Mailbox } from './fixtures/mailbox';
import { startInstance } from './fixtures/instances';
import { makeEnrolledPerson, makeOrganisation, makePerson, operatorOf, reread, type Person } from './fixtures/people';
import { Phone } from './fixtures/phone';
import { expect, test, type Arrival } from './fixtures/test';
import { remember } from './fixtures/typed';
import { AccountScreen } from './screens/account';
import { flaws } from './screens/axe';
import { EnrolmentScreen } from './screens/enrolment';
import { IdentifyScreen } from './screens/identify';
import { PasswordScreen } from './screens/password';
import { VerifyScreen } from './screens/verify';
import type { Visit } from './screens/visit';

const CHOSEN = 'Une longue phrase à soi';

const WAYS: readonly Arrival[] = [
  { language: 'fr', script: true },
  { language: 'en', script: false },
];
const nameOf = ({ language, script }: Arrival) => `${language}, ${script ? 'with' : 'without'} JavaScript`;

/** Where the link of the newest letter leads, as a path: the letters of this process name another port. */
async function linkTo(mailbox: Mailbox, address: string, after = 0): Promise<string> {
  const letter = await mailbox.waitFor(address, '', { after });
  const link = letter.links.map((one) => new URL(one)).find(({ searchParams }) => searchParams.has('ticket'));
  if (!link) throw new Error(`« ${letter.subject} » has no link`);
  return `${link.pathname}${link.search}`;
}

/** Somebody whom an administrator has just written into the list. */
async function invite(organisation: Organisation, database: Sql): Promise<Person> {
  const person = await makePerson(organisation, { kind: 'parent', firstName: 'Nadia' });
  await database`delete from passwords where account_id = ${person.id}`;
  await database`update accounts set status = 'invited' where id = ${person.id}`;
  const operator = operatorOf(organisation);
  await inOrganisation(operator, (transaction) =>
    inviteWithin(transaction, operator, { id: person.id, email: person.email, locale: 'fr' }),
  );
  return person;
}

async function choosePassword({ page, hand, words }: Visit, password: string, submit: string): Promise<void> {
  remember(password);
  await hand.type(page.getByLabel(words.newPassword, { exact: true }), password);
  await hand.press(page.getByRole('button', { name: submit, exact: true }));
}

for (const how of WAYS) {
  test(`ACC-1 from nothing to the first parent signed in, ${nameOf(how)}`, async ({ arrive, mailbox, database }) => {
    const word = randomBytes(3).toString('hex');
    const slug = `ecole-des-tilleuls-${word}`;
    const email = `direction-${word}@tilleuls.test`;
    const founder = await arrive(how);
    const { page, hand, words } = founder;
    await page.goto('/');
    await hand.press(page.getByRole('link', { name: words.createOrganisation }));
    await hand.type(page.locator('[name=name]'), `École des Tilleuls ${word}`);
    if (how.script) await expect(page.locator('[name=slug]')).toHaveValue(slug);
    await hand.type(page.locator('[name=firstName]'), 'Aïcha');
    await hand.type(page.locator('[name=lastName]'), 'Diallo');
    await hand.press(page.getByRole('button', { name: words.create }));
    // Nothing that was typed is lost over a field that was left empty.
    await expect(page.locator('#email-error')).toHaveText(words.required);
    await expect(page.locator('[name=name]')).toHaveValue(`École des Tilleuls ${word}`);
    remember(email);
    await hand.type(page.locator('[name=email]'), email);
    await hand.press(page.getByRole('button', { name: words.create }));
    await expect(page.getByRole('heading', { name: words.checkMail })).toBeVisible();

    const organisation = await reread(slug);
    if (how.script) await setOption(operatorOf(organisation), 'internalMFA', 'mandatory');
    await page.goto(await linkTo(mailbox, email));
    await expect(page.getByRole('heading', { name: words.welcome('Aïcha') })).toBeVisible();
    await choosePassword(founder, CHOSEN, words.openAccount);
    if (how.script) {
      const enrolment = EnrolmentScreen.whileSigningIn(founder, slug);
      await enrolment.walkToSquare();
      const phone = new Phone((await enrolment.scan()).searchParams.get('secret')!);
      await enrolment.enter(await phone.nextCode());
      await enrolment.recoveryCodes();
      await enrolment.finish();
    }
    await new AccountScreen(founder, slug).arriveHome('Aïcha');

    const parent = await invite(await reread(slug), database);
    const link = await linkTo(mailbox, parent.email);
    const home = await arrive(how);
    await home.page.goto(link);
    await expect(home.page.getByRole('heading', { name: home.words.welcome('Nadia') })).toBeVisible();
    await choosePassword(home, CHOSEN, home.words.openAccount);
    const account = new AccountScreen(home, slug);
    await account.arriveHome('Nadia');
    await account.signOut();
    await new IdentifyScreen(home, slug).enter(parent.email);
    await new PasswordScreen(home).enter(CHOSEN);
    await account.arriveHome('Nadia');
    // The link has done its work, and says so.
    await home.page.goto(link);
    await expect(home.page.getByRole('heading', { name: home.words.linkUsed })).toBeVisible();
  });

  test(`SIGN-6 a forgotten password, ${nameOf(how)}`, async ({ arrive, mailbox }) => {
    const organisation = await makeOrganisation();
    const { slug } = organisation;
    const person = await makeEnrolledPerson(organisation);
    const visit = await arrive(how);
    const { page, hand, words } = visit;
    // Where the person was going is not forgotten with the password.
    const identify = new IdentifyScreen(visit, slug);
    await identify.open(`/${slug}/account`);
    await identify.enter(person.email);
    await hand.press(page.getByRole('link', { name: words.forgotten }));
    await expect(identify.field).toHaveValue(person.email);
    await hand.press(page.getByRole('button', { name: words.sendLink }));
    await expect(page.getByRole('heading', { name: words.checkMail })).toBeVisible();
    await page.goto(await linkTo(mailbox, person.email));
    await choosePassword(visit, person.password, words.savePassword);
    await expect(page.locator('#password-error')).toBeVisible();
    await choosePassword(visit, CHOSEN, words.savePassword);
    await new VerifyScreen(visit).enter(await new Phone(person.secret).nextCode());
    await new AccountScreen(visit, slug).arrive();
    // And the owner is told.
    expect((await mailbox.waitFor(person.email, '', { after: 1 })).subject).not.toBe('');
  });

  test(`SELF-1 a new address, ${nameOf(how)}`, async ({ arrive, mailbox }) => {
    const organisation = await makeOrganisation();
    const { slug } = organisation;
    const person = await makePerson(organisation);
    const address = `neuve-${randomBytes(4).toString('hex')}@erables.test`;
    remember(address);
    const visit = await arrive(how);
    const { page, hand, words } = visit;
    const account = new AccountScreen(visit, slug);
    const identify = new IdentifyScreen(visit, slug);
    await identify.open();
    await identify.enter(person.email);
    await new PasswordScreen(visit).enter(person.password);
    await account.arriveHome('Mireille');
    await account.open();
    await hand.type(page.locator('#profile-email'), address);
    await hand.press(page.getByRole('button', { name: words.changeEmail }));
    await expect(page.getByText(words.pendingEmail(address))).toBeVisible();
    await expect(page.locator('#profile-email')).toHaveValue(person.email);
    await account.signOut();
    // The link is opened signed out: sign-in first, and back to it.
    await page.goto(await linkTo(mailbox, address));
    await identify.enter(person.email);
    await new PasswordScreen(visit).enter(person.password);
    await hand.press(page.getByRole('button', { name: words.confirmEmail }));
    await expect(page.getByText(words.emailConfirmed)).toBeVisible();
    await expect(page.locator('#profile-email')).toHaveValue(address);
    const told = await mailbox.waitFor(person.email);
    expect(told.text).not.toBe('');
  });
}

test('ACC-3 a link is opened fifty times and posted twenty times at once, over two instances: one account opens', async ({
  portal,
  mailbox,
  database,
}) => {
  const organisation = await makeOrganisation();
  const person = await invite(organisation, database);
  const link = await linkTo(mailbox, person.email);
  const client = () => new HandMadeClient(portal.origin);
  const scanner = client();
  const looks = await Promise.all(
    Array.from({ length: 50 }, (_, index) => (index % 2 ? scanner.at(portal.second) : scanner).get(link)),
  );
  expect(new Set(looks.map(({ status }) => status))).toEqual(new Set([200]));
  for (const { headers } of looks) expect(headers['referrer-policy']).toBe('same-origin');
  const form = await scanner.formWith(link, 'ticket');
  const browsers = Array.from({ length: 20 }, (_, index) => (index % 2 ? client().at(portal.second) : client()));
  remember(CHOSEN);
  await Promise.all(browsers.map((browser) => browser.submit(form, { password: CHOSEN })));
  expect(browsers.filter(({ cookies }) => cookies.has('vestibule.session'))).toHaveLength(1);
  expect(await database`select 1 from sessions where account_id = ${person.id}`).toHaveLength(1);
});

test('ACC-1 where signup is off the page says so, the front hides the way, and the action refuses', async ({
  portal,
  logs,
  database,
}) => {
  const filled = await new HandMadeClient(portal.origin).formWith('/signup', 'firstName');
  const closed = await startInstance({ ...portal.settings, SIGNUP: 'off' });
  logs.add(closed.log);
  try {
    const client = new HandMadeClient(portal.origin, { at: closed.address });
    expect((await client.get('/')).body).not.toContain('/signup');
    const page = await client.get('/signup');
    expect(page.body).toContain('La création est fermée');
    expect(page.body).not.toContain('name="firstName"');
    const typed = { name: 'École fermée', slug: 'ecole-fermee', firstName: 'Ève', lastName: 'Roy', timeZone: 'UTC' };
    const answer = await client.submit(filled, { ...typed, locale: 'fr', email: 'eve@ferme.test' });
    expect(answer.status).toBe(200);
    expect(await database`select 1 from organisations where slug = 'ecole-fermee'`).toHaveLength(0);
  } finally {
    await closed.stop();
  }
});

test('SIGN-5 the list of one’s organisations comes by letter, and where one was survives an enrolment', async ({
  arrive,
  mailbox,
}) => {
  const organisation = await makeOrganisation({}, { name: 'Garderie du Ruisseau' });
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const visit = await arrive();
  const { page, hand, words } = visit;
  await page.goto('/');
  remember(person.email);
  await hand.type(page.locator('[name=email]'), person.email);
  await hand.press(page.getByRole('button', { name: words.sendList }));
  await expect(page).toHaveURL(/\?sent=1$/);
  const letter = await mailbox.waitFor(person.email);
  expect(letter.text).toContain('Garderie du Ruisseau');
  expect(letter.links.map((link) => new URL(link).pathname)).toContain(`/${slug}/sign-in`);

  const identify = new IdentifyScreen(visit, slug);
  await identify.open();
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  await new AccountScreen(visit, slug).arriveHome('Mireille');
  await setOption(operatorOf(await reread(slug)), 'internalMFA', 'mandatory');
  await page.goto(`/${slug}/account`);
  await expect(page).toHaveURL(new RegExp(`/${slug}/sign-in/enrol\\?next=`));
  await hand.press(page.getByRole('button', { name: words.next, exact: true }));
  const enrolment = EnrolmentScreen.whileSigningIn(visit, slug);
  await enrolment.chooseMethod();
  await enrolment.choosePhone();
  await enrolment.chooseApp();
  const phone = new Phone((await enrolment.scan()).searchParams.get('secret')!);
  await enrolment.enter(await phone.nextCode());
  await enrolment.recoveryCodes();
  await enrolment.finish();
  await new AccountScreen(visit, slug).arrive();
});

for (const language of ['fr', 'en'] as const) {
  test(`LOOK-2 axe finds nothing on the pages behind letters, and none scrolls sideways, ${language}`, async ({
    arrive,
    mailbox,
    database,
  }) => {
    const organisation = await makeOrganisation();
    const { slug } = organisation;
    const open = await linkTo(mailbox, (await invite(organisation, database)).email);
    const late = await invite(organisation, database);
    const expired = await linkTo(mailbox, late.email);
    await database`update tickets set expires_at = now() where account_id = ${late.id}`;
    const visit = await arrive({ language });
    const { page } = visit;
    const pages = ['/signup', open];
    // The other pages differ from these by their words alone: seen in one language.
    const others = [
      '/',
      '/?sent=1',
      '/signup?sent=1',
      expired,
      `/${slug}/invitation?sent=1`,
      `/${slug}/invitation?ticket=x`,
      `/${slug}/sign-in/forgotten`,
      `/${slug}/sign-in/forgotten?sent=1`,
      `/${slug}/sign-in/reset?ticket=x`,
    ];
    for (const address of language === 'fr' ? [...pages, ...others] : pages) {
      await page.goto(address);
      await expect.soft(page.locator('html')).toHaveAttribute('lang', visit.words.language);
      expect.soft(await page.getByRole('heading', { level: 1 }).count(), address).toBe(1);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        expect.soft(await flaws(page), `${address}, ${colorScheme}`).toEqual([]);
      }
      await page.setViewportSize({ width: 320, height: 740 });
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect.soft(wider, `${address} at 320 px`).toBe(0);
      await page.setViewportSize({ width: 1280, height: 800 });
    }
  });
}
