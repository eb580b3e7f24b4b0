import type { Page } from '@playwright/test';
import fr from '@/messages/fr.json';
import { openSessionOf } from './fixtures/actors';
import { makeEnrolledPerson, makeOrganisation, makePerson } from './fixtures/people';
import { Phone } from './fixtures/phone';
import { expect, test } from './fixtures/test';
import { AccountScreen } from './screens/account';
import { EnrolmentScreen } from './screens/enrolment';
import { IdentifyScreen } from './screens/identify';
import { look } from './screens/look';
import { PasswordScreen } from './screens/password';
import { VerifyScreen } from './screens/verify';
import type { Visit } from './screens/visit';

for (const language of ['fr', 'en'] as const) {
  test(`LOOK-2 axe finds nothing on any page, light and dark, and none scrolls sideways, ${language}`, async ({
    arrive,
    trouble,
  }) => {
    test.setTimeout(180_000);
    trouble.expect(/console: Failed to load resource.* 404/);
    const organisation = await makeOrganisation({
      internalMFA: 'mandatory',
      mfaGraceDays: '7',
      mfaRememberDeviceDays: '7',
    });
    const { slug } = organisation;
    const [newcomer, enrolled, parent] = [
      await makePerson(organisation),
      await makeEnrolledPerson(organisation),
      await makePerson(organisation, { kind: 'parent' }),
    ];
    const visit = await arrive({ language });
    const { page, words } = visit;
    const seen = (name: string) => look(page, words.language, name);
    const identify = new IdentifyScreen(visit, slug);
    const password = new PasswordScreen(visit);
    const account = new AccountScreen(visit, slug);

    await page.goto('/');
    await seen('the front');
    await page.getByLabel(words.slug).fill('no-such-place');
    await page.getByRole('button', { name: words.continue }).click();
    await expect(page.locator('#slug-error')).toBeVisible();
    await seen('the front, refused');
    await identify.open();
    await seen('the identifier');
    await identify.send('');
    await expect(page.locator('#identifier-error')).toBeVisible();
    await seen('the identifier, missing');
    await identify.enter(newcomer.email);
    await seen('the password');
    await password.enter('pas le bon');
    await expect(password.error).toBeVisible();
    await seen('the password, wrong');
    await password.enter(newcomer.password);

    const enrolment = EnrolmentScreen.whileSigningIn(visit, slug);
    await enrolment.at('');
    await seen('enrolment: the first page');
    await enrolment.begin();
    await seen('enrolment: the method');
    await enrolment.chooseMethod();
    await seen('enrolment: the phone');
    await enrolment.choosePhone();
    await seen('enrolment: the app');
    await enrolment.chooseApp();
    await seen('enrolment: the square');
    const phone = new Phone((await enrolment.scan()).searchParams.get('secret')!);
    await enrolment.enter(await phone.codeOffBy(-4));
    await expect(enrolment.error).toBeVisible();
    await seen('enrolment: a clock that is wrong');
    await enrolment.showKey();
    await seen('enrolment: the key');
    await enrolment.enter(await phone.nextCode());
    await enrolment.at('/codes');
    await seen('enrolment: the recovery codes');
    await enrolment.finish();
    await account.arriveHome('Mireille');
    await seen('home');
    await page.getByRole('button', { name: words.menu }).click();
    await seen('the menu');
    await page.keyboard.press('Escape');
    await account.open();
    await seen('My account');
    await page.goto(`/${slug}/account?done=saved`);
    await seen('My account, saved');
    await page.goto(`/${slug}/account/recovery-codes`);
    await seen('new recovery codes');
    await page.goto(`/${slug}/nowhere`);
    await seen('a page that is missing');
    await account.open();
    await account.signOut();

    await identify.enter(enrolled.email);
    await password.enter(enrolled.password);
    const verify = new VerifyScreen(visit);
    await verify.arrive();
    await seen('the code');
    await verify.enter('1');
    await expect(verify.error).toBeVisible();
    await seen('the code, wrong');
    await page.goto(`/${slug}/sign-in/verify/recovery`);
    await seen('a recovery code');

    await identify.open();
    await identify.enter(parent.email);
    await password.enter(parent.password);
    await account.arriveHome('Mireille');
    await seen('home, with the offer');
    await page.goto(`/${slug}/account/enrol`);
    await seen('enrolment in My account');
    const inAccount = EnrolmentScreen.inAccount(visit, slug);
    await inAccount.walkToSquare();
    await seen('enrolment in My account: the square');
    await inAccount.enter(await new Phone((await inAccount.scan()).searchParams.get('secret')!).nextCode());
    await inAccount.at('/codes');
    await inAccount.finish();
    await account.arrive();
    await page.goto(`/${slug}/account/switch-off`);
    await seen('switching off');
  });
}

test('LOOK-1 the other language is one press away on every page, and keeps the place', async ({ arrive }) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const { slug } = organisation;
  const [newcomer, enrolled] = [await makePerson(organisation), await makeEnrolledPerson(organisation)];
  const visit = await arrive();
  const { page } = visit;
  const identify = new IdentifyScreen(visit, slug);
  const switchBoth = async (target: Page) => {
    const place = target.url();
    for (const [press, lang] of [
      ['English', 'en-CA'],
      ['Français', 'fr-CA'],
    ] as const) {
      await target.getByRole('button', { name: press, exact: true }).first().click();
      await expect.soft(target.locator('html'), place).toHaveAttribute('lang', lang);
      await expect.soft(target, place).toHaveURL(place);
    }
  };
  await page.goto('/');
  await switchBoth(page);
  await identify.open();
  await switchBoth(page);
  await identify.open(`/${slug}/account`);
  await switchBoth(page);
  await identify.enter(newcomer.email);
  await switchBoth(page);
  await new PasswordScreen(visit).enter(newcomer.password);
  const enrolment = EnrolmentScreen.whileSigningIn(visit, slug);
  await enrolment.at('');
  await switchBoth(page);
  await enrolment.walkToSquare();
  for (const step of ['method', 'phone', 'app', 'key', 'scan']) {
    await page.goto(`/${slug}/sign-in/enrol/${step}`);
    await switchBoth(page);
  }
  const secret = (await enrolment.scan()).searchParams.get('secret')!;
  await enrolment.enter(await new Phone(secret).nextCode());
  const codes = await enrolment.recoveryCodes();
  await switchBoth(page);
  expect(await enrolment.recoveryCodes()).toEqual(codes);
  await enrolment.finish();
  const account = new AccountScreen(visit, slug);
  // Where one wanted to go is kept as well.
  await account.arrive();
  for (const place of ['', '/account', '/account/recovery-codes', '/account?done=saved']) {
    await page.goto(`/${slug}${place}`);
    await switchBoth(page);
  }
  await account.signOut();
  await identify.enter(enrolled.email);
  await new PasswordScreen(visit).enter(enrolled.password);
  await new VerifyScreen(visit).arrive();
  await switchBoth(page);
  await page.goto(`/${slug}/sign-in/verify/recovery`);
  await switchBoth(page);
});

test('LOOK-1 the language is the person’s choice, else the browser’s, else French', async ({
  arrive,
  portal,
  browser,
}) => {
  const german = await browser.newContext({ baseURL: portal.origin, locale: 'de-DE' });
  const page = await german.newPage();
  await page.goto('/petits-pas/sign-in');
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr-CA');
  await page.goto('/boreal/sign-in');
  await expect(page.locator('html'), 'an English house').toHaveAttribute('lang', 'en-CA');
  await german.close();

  const visit = await arrive({ language: 'en' });
  await visit.page.goto('/petits-pas/sign-in');
  await expect(visit.page.locator('html')).toHaveAttribute('lang', 'en-CA');
  await visit.page.getByRole('button', { name: 'Français' }).click();
  await expect(visit.page.locator('html')).toHaveAttribute('lang', 'fr-CA');
  await visit.page.goto('/petits-pas/sign-in/password');
  await expect(visit.page.locator('html')).toHaveAttribute('lang', 'fr-CA');
});

test('LOOK-1 a form is answered in the language of its page: the person’s own, whatever the browser’s', async ({
  arrive,
  portal,
  database,
}) => {
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const person = await makePerson(organisation);
  await database`update accounts set locale = 'fr' where id = ${person.id}`;
  const { page } = await arrive({ language: 'en' });
  const session = await openSessionOf(organisation, person.id);
  await page.context().addCookies([{ name: 'vestibule.session', value: session, url: portal.origin }]);
  await page.goto(`/${organisation.slug}/account`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr-CA');
  await page.locator('#lastName').fill('');
  await page.getByRole('button', { name: fr.account.saveProfile, exact: true }).click();
  await expect(page.locator('#lastName-error')).toContainText(fr.fields.text_required);
});

test('LOOK-3 what is missing says so with an honest status, in the reader’s language', async ({ arrive, trouble }) => {
  trouble.expect(/console: Failed to load resource.* 404/);
  const organisation = await makeOrganisation();
  const person = await makePerson(organisation);
  for (const script of [true, false]) {
    const visit: Visit = await arrive({ script });
    const identify = new IdentifyScreen(visit, organisation.slug);
    await identify.open();
    await identify.enter(person.email);
    await new PasswordScreen(visit).enter(person.password);
    await new AccountScreen(visit, organisation.slug).arriveHome('Mireille');
    for (const path of [
      `/${organisation.slug}/nowhere`,
      `/${organisation.slug}/account/enrol/nowhere`,
      '/no-such-place',
      '/no-such-place/sign-in',
      '/api/nowhere',
    ]) {
      const answer = await visit.page.goto(path);
      expect.soft([path, answer!.status()]).toEqual([path, 404]);
      await expect.soft(visit.page.getByRole('heading', { name: visit.words.notFound }), path).toBeVisible();
      await expect.soft(visit.page.locator('html'), path).toHaveAttribute('lang', 'fr-CA');
    }
  }
});
