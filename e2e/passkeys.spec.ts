import { inOrganisation } from '@/lib/db/in-organisation';
import { resetMfaWithin } from '@/lib/factors/reset';
import type { Organisation } from '@/lib/organisations/model';
import { plugIn } from './fixtures/authenticators';
import { makeOrganisation, makePerson, operatorOf, type Person } from './fixtures/people';
import { expect, test } from './fixtures/test';
import { AccountScreen } from './screens/account';
import { EnrolmentScreen } from './screens/enrolment';
import { IdentifyScreen } from './screens/identify';
import { PasskeyScreen } from './screens/passkey';
import { PasswordScreen } from './screens/password';
import { VerifyScreen } from './screens/verify';
import type { Visit } from './screens/visit';

async function enterPassword(visit: Visit, { slug }: Organisation, person: Person): Promise<void> {
  const identify = new IdentifyScreen(visit, slug);
  await identify.open();
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
}

/** A mandatory sign-in that makes a passkey, up to its recovery codes. */
async function enrol(visit: Visit, organisation: Organisation, person: Person): Promise<string[]> {
  await enterPassword(visit, organisation, person);
  const enrolment = EnrolmentScreen.whileSigningIn(visit, organisation.slug);
  await enrolment.begin();
  const passkey = new PasskeyScreen(visit);
  await passkey.choose(enrolment);
  await passkey.create();
  const codes = await enrolment.recoveryCodes();
  await enrolment.finish();
  await new AccountScreen(visit, organisation.slug).arriveHome('Mireille');
  return codes;
}

for (const [language, where, knows, byKeyboard, name] of [
  ['fr', 'here', true, false, 'Chrome sur Linux'],
  ['en', 'key', false, true, 'Security key'],
] as const) {
  test(`ENROL-9 MFA-4 a mandatory sign-in makes a passkey, and the next one uses it: ${language}, ${name}`, async ({
    arrive,
    database,
  }) => {
    const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
    const person = await makePerson(organisation);
    const visit = await arrive({ language, byKeyboard });
    const authenticator = await plugIn(visit.page, { where, knows });
    await enrol(visit, organisation, person);
    expect(await authenticator.count()).toBe(1);
    const account = new AccountScreen(visit, organisation.slug);
    await account.open();
    const methods = visit.page.getByRole('list', {
      name: language === 'fr' ? 'Vos méthodes de connexion' : 'Your sign-in methods',
    });
    await expect(methods.getByText(name, { exact: true })).toBeVisible();
    await account.signOut();
    await enterPassword(visit, organisation, person);
    await new PasskeyScreen(visit).use();
    await account.arriveHome('Mireille');
    const [kept] = await database`
      select user_verified as knows, sign_count::int as count from passkeys where account_id = ${person.id}`;
    expect(kept!['knows']).toBe(knows);
    expect(kept!['count']).toBeGreaterThan(0);
    const events = await database`
      select outcome from audit_events where subject_id = ${person.id} and action = 'sign-in.passkey'`;
    expect(events.map(({ outcome }) => outcome)).toEqual(['success']);
  });
}

test('ENROL-9 a window that is closed costs no try, and another way is at hand', async ({ arrive, database }) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const person = await makePerson(organisation);
  const visit = await arrive({ width: 360 });
  const authenticator = await plugIn(visit.page);
  const codes = await enrol(visit, organisation, person);
  const account = new AccountScreen(visit, organisation.slug);
  await account.signOut();
  await authenticator.forget();
  await enterPassword(visit, organisation, person);
  const passkey = new PasskeyScreen(visit);
  for (let times = 0; times < 7; times++) {
    await passkey.use();
    await expect(passkey.trouble).toContainText(visit.words.passkeyCancelled);
  }
  expect(
    await database`
    select from audit_events where subject_id = ${person.id} and action = 'sign-in.passkey'`,
  ).toHaveLength(0);
  await passkey.anotherWay();
  await visit.page.getByRole('link', { name: visit.words.useRecovery }).click();
  await new VerifyScreen(visit).useRecoveryCode(codes[0]!);
  await account.arriveHome('Mireille');
});

test('ENROL-9 a browser that knows no passkeys says so, and the other methods stay', async ({ arrive }) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const visit = await arrive();
  await visit.page.addInitScript(() => Reflect.deleteProperty(window, 'PublicKeyCredential'));
  await enterPassword(visit, organisation, await makePerson(organisation));
  const enrolment = EnrolmentScreen.whileSigningIn(visit, organisation.slug);
  await enrolment.begin();
  const passkey = new PasskeyScreen(visit);
  await passkey.choose(enrolment);
  await passkey.create();
  await expect(passkey.trouble).toContainText(visit.words.passkeyUnsupported);
  await visit.page.getByRole('link', { name: visit.words.back, exact: true }).click();
  await enrolment.at('/method');
  await enrolment.chooseMethod();
});

test('ENROL-9 without script the page says that it needs one, before and after it is asked', async ({ arrive }) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const visit = await arrive({ script: false });
  await enterPassword(visit, organisation, await makePerson(organisation));
  const enrolment = EnrolmentScreen.whileSigningIn(visit, organisation.slug);
  await enrolment.begin();
  const passkey = new PasskeyScreen(visit);
  await passkey.choose(enrolment);
  await expect(passkey.trouble).toContainText([visit.words.passkeyNeedsScript]);
  await passkey.create();
  await expect(passkey.trouble).toContainText([visit.words.passkeyNeedsScript, visit.words.passkeyNeedsScript]);
  await enrolment.at('/passkey');
});

test('ENROL-9 SELF-1 in My account: switched on with a passkey, proved by it, once an authenticator, switched off', async ({
  arrive,
  database,
}) => {
  const organisation = await makeOrganisation();
  const person = await makePerson(organisation, { kind: 'parent' });
  const visit = await arrive();
  const { page, words } = visit;
  await plugIn(page);
  await enterPassword(visit, organisation, person);
  const account = new AccountScreen(visit, organisation.slug);
  await expect(page).toHaveURL(new RegExp(`/${organisation.slug}$`));
  await account.open();
  await account.moveSwitch();
  const enrolment = EnrolmentScreen.inAccount(visit, organisation.slug);
  await enrolment.begin();
  const passkey = new PasskeyScreen(visit);
  await passkey.choose(enrolment);
  await passkey.create();
  await enrolment.recoveryCodes();
  await enrolment.finish();
  await account.arrive();

  // The same authenticator holds one for the account already.
  await page.goto(`/${organisation.slug}/account/enrol`);
  await enrolment.begin();
  await passkey.choose(enrolment);
  await passkey.create();
  await expect(passkey.trouble).toContainText(words.passkeyThere);

  // Left empty, the field of a code means the passkey.
  await page.goto(`/${organisation.slug}/account/recovery-codes`);
  await page.getByRole('button', { name: words.renewCodes }).click();
  await enrolment.recoveryCodes();
  await enrolment.finish();
  await account.arrive();
  await account.moveSwitch();
  await expect(page).toHaveURL(/\/account\/switch-off$/);
  await page.getByLabel(words.password, { exact: true }).fill(person.password);
  await page.getByRole('button', { name: words.switchOff, exact: true }).click();
  await expect(page.getByText(words.mfaOffDone)).toBeVisible();
  expect(await database`select from passkeys where account_id = ${person.id}`).toHaveLength(0);
});

test('RESET-1 a reset clears a passkey: the next sign-in sets a factor up anew', async ({ arrive }) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const person = await makePerson(organisation);
  const visit = await arrive();
  await plugIn(visit.page);
  await enrol(visit, organisation, person);
  await inOrganisation({ organisation }, (transaction) =>
    resetMfaWithin(transaction, operatorOf(organisation), person.id, 'Clé perdue'),
  );
  await enterPassword(visit, organisation, person);
  await EnrolmentScreen.whileSigningIn(visit, organisation.slug).at('');
});
