import { randomBytes } from 'node:crypto';
import { makeEnrolledPerson, makeOrganisation, makePerson } from './fixtures/people';
import { Phone } from './fixtures/phone';
import { expect, test } from './fixtures/test';
import { hotpOf } from './fixtures/tokens';
import { remember } from './fixtures/typed';
import { AccountScreen } from './screens/account';
import { EnrolmentScreen } from './screens/enrolment';
import { IdentifyScreen } from './screens/identify';
import { PasswordScreen } from './screens/password';
import { VerifyScreen } from './screens/verify';
import type { Visit } from './screens/visit';

const signInAs = async (visit: Visit, slug: string, person: { email: string; password: string }) => {
  const identify = new IdentifyScreen(visit, slug);
  await identify.open();
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
};

for (const { language, script } of [
  { language: 'fr', script: false },
  { language: 'en', script: true },
] as const) {
  const how = `${language}, ${script ? 'with' : 'without'} JavaScript`;

  test(`ENROL-8 a token: registered, set up by its number, used, found again after many presses (${how})`, async ({
    arrive,
  }) => {
    const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
    const { slug } = organisation;
    const [marc, lea] = [
      await makeEnrolledPerson(organisation, { role: 'administrator' }),
      await makePerson(organisation, { firstName: 'Léa' }),
    ];
    const seed = randomBytes(20);
    remember(seed.toString('hex'));

    const office = await arrive({ language, script });
    await signInAs(office, slug, marc);
    await new VerifyScreen(office).enter(await new Phone(marc.secret).nextCode());
    await new AccountScreen(office, slug).arriveHome('Mireille');
    await office.page.goto(`/${slug}/settings/tokens/new`);
    await office.page.locator('[name=serial]').fill('FT-4711');
    await office.page.locator('[name=seed]').fill('pas une graine');
    await office.page.locator('[name=kind]').selectOption('hotp');
    const register = office.page.locator('form', { has: office.page.locator('[name=seed]') }).locator('[type=submit]');
    await office.hand.press(register);
    await expect(office.page.locator('#seed-error')).toBeVisible();
    await expect(office.page.locator('[name=serial]')).toHaveValue('FT-4711');
    await expect(office.page.locator('[name=seed]')).toHaveValue('');
    await office.page.locator('[name=seed]').fill(seed.toString('hex'));
    await office.hand.press(register);
    await expect(office.page.getByRole('link', { name: 'FT-4711' })).toBeVisible();
    expect(await office.page.content()).not.toContain(seed.toString('hex'));

    const visit = await arrive({ language, script });
    const { page, words, hand } = visit;
    await signInAs(visit, slug, lea);
    const enrolment = EnrolmentScreen.whileSigningIn(visit, slug);
    await enrolment.begin();
    await enrolment.chooseMethod(words.tokenMethod);
    await enrolment.at('/token');
    await page.locator('[name=serial]').fill('ft 4711');
    await page.locator('[name=code]').fill(hotpOf(seed, 20));
    await hand.press(enrolment.confirmButton);
    await expect(enrolment.error).toBeVisible();
    // Pressed too often: two codes in a row find it again.
    await expect(page.locator('[name=serial]')).toHaveValue('ft 4711');
    await page.locator('[name=code]').fill(hotpOf(seed, 21));
    await page.locator('[name=following]').fill(hotpOf(seed, 22));
    await hand.press(enrolment.confirmButton);
    expect(await enrolment.recoveryCodes()).toHaveLength(10);
    await enrolment.finish();
    const account = new AccountScreen(visit, slug);
    await account.arriveHome('Léa');
    await account.signOut();

    await signInAs(visit, slug, lea);
    const verify = new VerifyScreen(visit);
    await verify.enter(hotpOf(seed, 22));
    await expect(verify.error).toBeVisible();
    await verify.enter(hotpOf(seed, 25));
    await account.arriveHome('Léa');
  });

  test(`ENROL-1 a card for those without a phone: no square on the way, printed, used (${how})`, async ({ arrive }) => {
    const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
    const { slug } = organisation;
    const person = await makePerson(organisation);
    const visit = await arrive({ language, script });
    const { page, words, hand } = visit;
    await signInAs(visit, slug, person);
    const enrolment = EnrolmentScreen.whileSigningIn(visit, slug);
    await enrolment.begin();
    await enrolment.chooseMethod();
    await hand.choose(page.getByRole('radio', { name: words.noPhoneChoice }));
    await hand.press(page.getByRole('button', { name: words.next, exact: true }));
    await enrolment.at('/other');
    await enrolment.chooseMethod(words.cardMethod);
    await enrolment.at('/card');
    const codes = (await page.locator('ol[translate=no] li').allInnerTexts()).map((code) => code.trim());
    expect(codes).toHaveLength(20);
    remember(...codes);
    await page.emulateMedia({ media: 'print' });
    await expect(page.getByText(codes[0]!).locator('visible=true')).toHaveCount(1);
    expect(await page.locator('body').innerText(), 'who finds it knows not whose it is').not.toContain(person.email);
    await page.emulateMedia({ media: 'screen' });
    await page.locator('[name=code]').fill('AAAA-BBBB-CCCC-DDDD');
    await hand.press(enrolment.confirmButton);
    await expect(enrolment.error).toBeVisible();
    await page.locator('[name=code]').fill(codes[7]!);
    await hand.press(enrolment.confirmButton);
    await enrolment.at('/done');
    await enrolment.finish();
    const account = new AccountScreen(visit, slug);
    await account.arriveHome('Mireille');
    await account.signOut();

    await signInAs(visit, slug, person);
    await expect(page).toHaveURL(/\/verify\/recovery$/);
    for (const [code, works] of [
      [codes[7]!, false],
      [codes[0]!, true],
    ] as const) {
      await page.locator('[name=code]').fill(code);
      await hand.press(page.getByRole('button', { name: words.connect, exact: true }));
      if (!works) await expect(page.locator('#code-error')).toBeVisible();
    }
    await account.arriveHome('Mireille');
  });

  test(`AUTH-3 her app is allowed no more: taken once more, then replaced by a card, which opens from then on (${how})`, async ({
    arrive,
    database,
  }) => {
    const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
    const { slug } = organisation;
    const person = await makeEnrolledPerson(organisation);
    await database`update authenticators set factor_kinds = '{card}' where organisation_id = ${organisation.id}`;
    const visit = await arrive({ language, script });
    const { page, words, hand } = visit;
    await signInAs(visit, slug, person);
    await new VerifyScreen(visit).enter(await new Phone(person.secret).nextCode());
    const enrolment = EnrolmentScreen.whileSigningIn(visit, slug);
    await enrolment.at('');
    await expect(page.getByRole('heading', { level: 1, name: words.replaceMethod })).toBeVisible();
    await hand.press(page.getByRole('button', { name: words.next, exact: true }));
    await enrolment.at('/method');
    await expect(page.getByRole('button', { name: new RegExp(`^${words.choose} `) })).toHaveCount(1);
    await enrolment.chooseMethod(words.cardMethod);
    await enrolment.at('/card');
    const codes = (await page.locator('ol[translate=no] li').allInnerTexts()).map((code) => code.trim());
    remember(...codes);
    await page.locator('[name=code]').fill(codes[0]!);
    await hand.press(enrolment.confirmButton);
    await enrolment.at('/done');
    await enrolment.finish();
    const account = new AccountScreen(visit, slug);
    await account.arriveHome('Mireille');
    await account.signOut();
    await signInAs(visit, slug, person);
    await expect(page).toHaveURL(/\/verify\/recovery$/);
  });

  test(`SELF-1 another app: added after a code, renamed, the first one removed, the last one kept (${how})`, async ({
    arrive,
  }) => {
    const organisation = await makeOrganisation({ internalMFA: 'mandatory', mfaRememberDeviceDays: '30' });
    const { slug } = organisation;
    const person = await makeEnrolledPerson(organisation);
    const visit = await arrive({ language, script });
    const { page, words, hand } = visit;
    await signInAs(visit, slug, person);
    const verify = new VerifyScreen(visit);
    await page.getByRole('checkbox').check();
    await verify.enter(await new Phone(person.secret).nextCode());
    const account = new AccountScreen(visit, slug);
    await account.arriveHome('Mireille');
    await account.open();
    await hand.press(page.getByRole('link', { name: words.addMethod }));
    const enrolment = EnrolmentScreen.inAccount(visit, slug);
    await enrolment.walkToSquare();
    const phone = new Phone((await enrolment.scan()).searchParams.get('secret')!);
    await enrolment.enter(await phone.nextCode());
    await enrolment.at('/done');
    // Back and forth: another method, or « Terminer ».
    await hand.press(page.getByRole('link', { name: words.another }));
    await enrolment.at('/method');
    await hand.press(page.getByRole('link', { name: words.back, exact: true }));
    await enrolment.at('/done');
    await enrolment.finish();
    await account.arrive();

    const list = page.getByRole('list', { name: words.methods });
    await expect(list.getByRole('listitem')).toHaveCount(2);
    const second = list.getByRole('listitem').nth(1);
    await hand.press(second.locator('summary'));
    await second.locator('[name=name]').fill('La tablette de Noé');
    await hand.press(second.locator('[type=submit]'));
    await expect(list.getByText('La tablette de Noé', { exact: true })).toBeVisible();

    const removal = (await second.getByRole('link').getAttribute('href'))!;
    await hand.press(list.getByRole('listitem').nth(0).getByRole('link'));
    await hand.press(page.locator('main [type=submit]'));
    await account.arrive();
    await expect(list.getByRole('listitem')).toHaveCount(1);
    // Locked with its reason, in the list and at its address.
    const locked = list.getByRole('button', { name: 'La tablette de Noé' });
    await expect(locked).toHaveAccessibleDescription(words.lastMethod);
    await expect(locked).toHaveAttribute('aria-disabled', 'true');
    await expect(list.getByRole('link')).toHaveCount(0);
    await page.goto(removal);
    await expect(page.getByText(words.lastMethod)).toBeVisible();
    await expect(page.locator('main [type=submit]')).toHaveCount(0);

    // MFA-5: the browser that was trusted asks again, and only the app that is left opens.
    await account.open();
    await account.signOut();
    await signInAs(visit, slug, person);
    await verify.enter(await new Phone(person.secret).nextCode());
    await expect(verify.error).toBeVisible();
    await verify.enter(await phone.nextCode());
    await account.arriveHome('Mireille');
  });
}
