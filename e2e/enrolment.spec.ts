import { makeOrganisation, makePerson, type Person } from './fixtures/people';
import { Phone, readQrCode } from './fixtures/phone';
import { expect, test } from './fixtures/test';
import { AccountScreen } from './screens/account';
import { answered } from './screens/answered';
import { EnrolmentScreen } from './screens/enrolment';
import { IdentifyScreen } from './screens/identify';
import { PasswordScreen } from './screens/password';
import { VerifyScreen } from './screens/verify';
import type { Visit } from './screens/visit';

const makeMandatory = async (name = 'Garderie des Érables') => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' }, { name });
  return { organisation, slug: organisation.slug, person: await makePerson(organisation) };
};

/** To the first page of enrolment. */
async function reachEnrolment(visit: Visit, slug: string, person: Person): Promise<EnrolmentScreen> {
  const identify = new IdentifyScreen(visit, slug);
  await identify.open();
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  const enrolment = EnrolmentScreen.whileSigningIn(visit, slug);
  await enrolment.at('');
  return enrolment;
}

async function reachSquare(visit: Visit, slug: string, person: Person): Promise<EnrolmentScreen> {
  const enrolment = await reachEnrolment(visit, slug, person);
  await enrolment.walkToSquare();
  return enrolment;
}

for (const theme of ['light', 'dark'] as const) {
  for (const width of [360, 1280]) {
    test(`ENROL-2 a real reader reads the square, ${theme}, ${width} px wide`, async ({ arrive }) => {
      const { slug, person } = await makeMandatory('CPE : Les Érables');
      const visit = await arrive({ theme, width });
      const enrolment = await reachSquare(visit, slug, person);
      const read = await enrolment.scan();
      expect(read.protocol + '//' + read.host).toBe('otpauth://totp');
      // A colon of the name would end it in the label.
      expect(decodeURIComponent(read.pathname)).toBe(`/CPE Les Érables:${person.email}`);
      expect([...read.searchParams.keys()].sort()).toEqual(['issuer', 'secret']);
      expect(read.searchParams.get('secret')).toMatch(/^[A-Z2-7]{32}$/);
      const box = (await enrolment.square.boundingBox())!;
      expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(200);
      // A camera held close sees the square and its quiet zone alone.
      expect(readQrCode(await enrolment.square.screenshot())).toBe(read.href);
      // Drawn by the server: in the page, and from no address of its own.
      expect(await visit.page.locator('img, canvas, object, iframe').count()).toBe(0);
      expect(visit.page.url()).not.toContain(read.searchParams.get('secret')!);
    });
  }
}

test('ENROL-2 a long name makes a denser square, which is read as well', async ({ arrive }) => {
  const name = 'CPE Les Petits Explorateurs de la Rivière-des-Prairies';
  const { slug, person } = await makeMandatory(name);
  for (const width of [360, 1280]) {
    const enrolment = await reachSquare(await arrive({ width }), slug, person);
    expect(decodeURIComponent((await enrolment.scan()).pathname)).toBe(`/${name}:${person.email}`);
  }
});

test('ENROL-3 « Difficulté à capturer » shows the key of the square, to copy, and « Retour » the square', async ({
  arrive,
}) => {
  const { slug, person } = await makeMandatory();
  const visit = await arrive({ clipboard: true });
  const { page, words, hand } = visit;
  const enrolment = await reachSquare(visit, slug, person);
  const secret = (await enrolment.scan()).searchParams.get('secret')!;
  const key = await enrolment.showKey();
  expect(key.trim().split(/\s+/)).toEqual(secret.match(/.{4}/g));
  await hand.press(page.getByRole('button', { name: words.copy }));
  await expect(page.getByText(words.copied, { exact: true })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
  await enrolment.backToSquare();
  expect((await enrolment.scan()).searchParams.get('secret')).toBe(secret);
  // A code can be typed beside the key as well.
  await enrolment.showKey();
  await enrolment.enter(await new Phone(secret).nextCode());
  await enrolment.at('/codes');
  await page.reload();
  await enrolment.at('/codes');
  expect((await page.content()).includes(secret), 'the key is on no page once it was confirmed (ENROL-2)').toBe(false);
});

test('ENROL-3 on a phone « Ouvrir dans mon application » hands the same key over, three taps from signed in', async ({
  arrive,
}) => {
  const { slug, person } = await makeMandatory();
  const visit = await arrive({
    width: 390,
    userAgent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1',
  });
  const enrolment = await reachEnrolment(visit, slug, person);
  await enrolment.begin();
  await enrolment.chooseMethod();
  await expect(visit.page.getByRole('radio', { name: 'iPhone' }), 'the phone is recognised').toBeChecked();
  await enrolment.choosePhone();
  await enrolment.chooseApp();
  await expect(visit.page.getByRole('heading', { level: 1 })).toHaveText('Ajoutez ce compte à votre application');
  await expect(visit.page).toHaveTitle(/^Ajoutez ce compte/);
  const read = await enrolment.scan();
  // One: the app opens with the key.
  const link = visit.page.getByRole('link', { name: visit.words.openApp });
  await expect(link).toBeVisible();
  expect(new URL((await link.getAttribute('href'))!).href).toBe(read.href);
  // Two: the code is sent. Three: « Terminer ».
  await enrolment.enter(await new Phone(read.searchParams.get('secret')!).nextCode());
  await enrolment.at('/codes');
  await enrolment.finish();
  await new AccountScreen(visit, slug).arriveHome('Mireille');
});

test('ENROL-1 the taps beside the square are those of the app that was chosen', async ({ arrive }) => {
  const { slug, person } = await makeMandatory();
  const visit = await arrive();
  const { page } = visit;
  const enrolment = await reachEnrolment(visit, slug, person);
  await enrolment.begin();
  await enrolment.chooseMethod();
  await enrolment.choosePhone('Android');
  await expect(page.getByRole('radio', { name: /Microsoft Authenticator.*Recommandée/ })).toBeChecked();
  for (const app of ['Google Authenticator', 'Duo Mobile', 'Okta Verify', 'Authy', '1Password']) {
    await expect(page.getByRole('radio', { name: app })).toBeVisible();
  }
  await expect(page.getByRole('link', { name: /Play Store/ }).first()).toHaveAttribute(
    'href',
    /^https:\/\/play\.google\.com\//,
  );
  await enrolment.chooseApp();
  for (const label of ['Autre compte', 'Scanner un code QR']) await expect(page.getByText(label)).toBeVisible();
  await page.getByRole('link', { name: visit.words.back, exact: true }).click();
  await enrolment.at('/app');
  await enrolment.chooseApp('Google Authenticator');
  await expect(page.getByText('Lire un code QR')).toBeVisible();
  await expect(page.getByText('Autre compte')).toBeHidden();
});

test('ENROL-5 a phone whose clock is wrong is told by how much, and refused; the square stays', async ({ arrive }) => {
  const { slug, person } = await makeMandatory();
  const visit = await arrive();
  const { page, words } = visit;
  const enrolment = await reachSquare(visit, slug, person);
  const secret = (await enrolment.scan()).searchParams.get('secret')!;
  const phone = new Phone(secret);
  for (const [minutes, sentence] of [
    [-4, words.late(4)],
    [4, words.ahead(4)],
  ] as const) {
    await enrolment.enter(await phone.codeOffBy(minutes));
    await expect(enrolment.error).toContainText(sentence);
    await expect(page.getByText(words.clockHelp)).toBeVisible();
    await enrolment.at('/scan');
    expect((await enrolment.scan()).searchParams.get('secret')).toBe(secret);
  }
  await enrolment.enter(await phone.wrongCode());
  await expect(enrolment.error).toHaveText(words.wrongCode);
  await expect(page.getByText(words.clockHelp)).toBeHidden();
  await expect(enrolment.field).toBeFocused();
  await enrolment.enter(await phone.nextCode());
  await enrolment.at('/codes');
});

test('ENROL-6 abandoning leaves nothing, and reloading shows the same key', async ({ arrive, database }) => {
  const { slug, person } = await makeMandatory();
  const visit = await arrive();
  const enrolment = await reachSquare(visit, slug, person);
  const secret = (await enrolment.scan()).searchParams.get('secret')!;
  await visit.page.reload();
  expect((await enrolment.scan()).searchParams.get('secret')).toBe(secret);
  await visit.page.goto(`/${slug}/sign-in/enrol/method`);
  await enrolment.chooseMethod();
  await enrolment.choosePhone();
  await enrolment.chooseApp();
  expect((await enrolment.scan()).searchParams.get('secret')).toBe(secret);
  expect(await visit.context.cookies().then((all) => all.map(({ name }) => name))).not.toContain('vestibule.session');

  // The same person, on another device: another key, for nothing was kept.
  const elsewhere = await arrive();
  const again = await reachSquare(elsewhere, slug, person);
  expect((await again.scan()).searchParams.get('secret')).not.toBe(secret);
  expect(await database`select 1 from factors where account_id = ${person.id}`).toHaveLength(0);
  expect(await database`select 1 from recovery_codes where account_id = ${person.id}`).toHaveLength(0);
  expect(
    await database`select 1 from audit_events where subject_id = ${person.id} and action = 'mfa.enrolment-begin'`,
  ).toHaveLength(2);
});

test('ENROL-4 spaces, dashes and digits of any script are forgiven', async ({ arrive }) => {
  const { slug, person } = await makeMandatory();
  const visit = await arrive();
  const { words } = visit;
  const enrolment = await reachSquare(visit, slug, person);
  await expect(enrolment.field).toHaveAttribute('inputmode', 'numeric');
  await expect(enrolment.field).toHaveAttribute('autocomplete', 'one-time-code');
  const phone = new Phone((await enrolment.scan()).searchParams.get('secret')!);
  const first = await phone.nextCode();
  await enrolment.enter(`${first.slice(0, 3)} ${first.slice(3)}`);
  await enrolment.at('/codes');
  await enrolment.finish();
  const account = new AccountScreen(visit, slug);
  const identify = new IdentifyScreen(visit, slug);
  const verify = new VerifyScreen(visit);
  const toCode = async () => {
    await account.arriveHome('Mireille');
    await account.signOut();
    await identify.enter(person.email);
    await new PasswordScreen(visit).enter(person.password);
  };
  await toCode();
  await expect(verify.field).toHaveAttribute('autocomplete', 'one-time-code');
  for (const typed of ['12345', '1234567', 'abcdef', '12345O']) {
    await answered(visit.page, () => verify.enter(typed));
    await expect(verify.error).toHaveText(words.wrongCode);
  }
  const second = await phone.nextCode();
  await verify.enter(`${second.slice(0, 3)}-${second.slice(3)}`);
  await toCode();
  const arabic = (await phone.nextCode()).replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)));
  await verify.enter(`\u00A0${arabic} `);
  await account.arriveHome('Mireille');
});

test('ENROL-7 a recovery code works once, and new ones end the old', async ({ arrive }) => {
  const { slug, person } = await makeMandatory();
  const visit = await arrive();
  const { page, words } = visit;
  const enrolment = await reachSquare(visit, slug, person);
  const phone = new Phone((await enrolment.scan()).searchParams.get('secret')!);
  await enrolment.enter(await phone.nextCode());
  const codes = await enrolment.recoveryCodes();
  // 64 bits are sixteen characters of a base of 32, or thirteen at least.
  for (const code of codes) expect(code.replaceAll('-', '')).toMatch(/^[0-9A-Z]{16}$/);
  await enrolment.finish();
  const account = new AccountScreen(visit, slug);
  await account.arriveHome('Mireille');

  await page.goto(`/${slug}/account/recovery-codes`);
  await page.getByLabel(words.code).fill(await phone.nextCode());
  await page.getByRole('button', { name: words.renewCodes }).click();
  await expect(page).toHaveURL(new RegExp(`/${slug}/account/enrol/codes$`));
  const inAccount = EnrolmentScreen.inAccount(visit, slug);
  const renewed = await inAccount.recoveryCodes();
  expect(new Set([...codes, ...renewed]).size).toBe(20);
  await inAccount.finish();
  await account.arrive();
  await page.goto(`/${slug}/account/enrol/codes`);
  await expect(page, 'they are shown until « Terminer » and no longer').toHaveURL(new RegExp(`/${slug}/account$`));
  await account.signOut();

  const identify = new IdentifyScreen(visit, slug);
  const verify = new VerifyScreen(visit);
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  await verify.arrive();
  await verify.useRecoveryCode(codes[0]!);
  await expect(verify.error).toBeVisible();
  await verify.useRecoveryCode(renewed[0]!);
  await account.arriveHome('Mireille');
  await account.signOut();
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  await verify.arrive();
  await verify.useRecoveryCode(renewed[0]!);
  await expect(verify.error).toBeVisible();
});
