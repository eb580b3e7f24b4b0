import { demoAccount } from './fixtures/demo';
import { makeOrganisation, makePerson } from './fixtures/people';
import { Phone } from './fixtures/phone';
import { expect, test, type Arrival } from './fixtures/test';
import { AccountScreen } from './screens/account';
import { EnrolmentScreen } from './screens/enrolment';
import { expectHeard } from './screens/heard';
import { IdentifyScreen } from './screens/identify';
import { PasswordScreen } from './screens/password';
import { VerifyScreen } from './screens/verify';

/** The two people of the issue, each in every way that a page can be used. */
const WAYS: { name: string; how: Arrival }[] = [
  { name: 'in French', how: {} },
  { name: 'in English', how: { language: 'en' } },
  { name: 'with JavaScript off', how: { script: false } },
  { name: 'by keyboard alone', how: { byKeyboard: true } },
];

const LEA = demoAccount('petits-pas', 'lroy');
const SOPHIE = demoAccount('petits-pas', 'slavoie');
/** The organisation as the demo has it, made anew for each story: what the people of one did is not the next one's. */
const makePetitsPas = () =>
  makeOrganisation({ internalMFA: 'mandatory', portalMFA: 'on-demand' }, { name: 'À petits pas' });

for (const { name, how } of WAYS) {
  test(`MFA-4 ENROL-1 ENROL-7 ENROL-10 Léa must enrol, arrives, and is asked from then on, ${name}`, async ({
    arrive,
  }) => {
    const organisation = await makePetitsPas();
    const { slug } = organisation;
    await makePerson(organisation, { ...LEA, kind: 'employee' });
    const visit = await arrive({ ...how, clipboard: true });
    const { page, words } = visit;
    const identify = new IdentifyScreen(visit, slug);
    const password = new PasswordScreen(visit);
    const enrolment = EnrolmentScreen.whileSigningIn(visit, slug);
    const account = new AccountScreen(visit, slug);
    const verify = new VerifyScreen(visit);

    await identify.open();
    await identify.enter(LEA.email);
    await password.enter(LEA.password);
    await enrolment.walkToSquare();
    const read = await enrolment.scan();
    expect(read.protocol).toBe('otpauth:');
    const phone = new Phone(read.searchParams.get('secret')!);
    await enrolment.enter(await phone.nextCode());

    const codes = await enrolment.recoveryCodes();
    expect(new Set(codes).size).toBe(10);
    await page.reload();
    expect(await enrolment.recoveryCodes()).toEqual(codes);
    const file = await enrolment.download();
    expect(file.method).toBe('POST');
    for (const code of codes) expect(file.text).toContain(code);
    if (visit.script) {
      const copy = page.getByRole('button', { name: words.copy });
      await visit.hand.press(copy);
      await expect(page.getByText(words.copied, { exact: true })).toBeVisible();
      await expectHeard(page, words.copied);
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(codes.join('\n'));
    } else {
      await expect(page.getByRole('button', { name: words.copy })).toBeHidden();
    }
    await enrolment.finish();
    await account.arriveHome(LEA.firstName);
    await account.signOut();

    await identify.enter(LEA.email);
    await password.enter(LEA.password);
    const code = await phone.nextCode();
    await verify.enter(code);
    await account.arriveHome(LEA.firstName);
    await account.signOut();

    await identify.enter(LEA.email);
    await password.enter(LEA.password);
    await verify.enter(code);
    await expect(verify.error).toHaveText(words.usedCode);
    await verify.useRecoveryCode(codes[0]!.toLowerCase());
    await account.arriveHome(LEA.firstName);
  });

  test(`MFA-6 ENROL-4 Sophie switches it on and off in My account, ${name}`, async ({ arrive }) => {
    const organisation = await makePetitsPas();
    const { slug } = organisation;
    await makePerson(organisation, { ...SOPHIE, kind: 'parent' });
    const visit = await arrive(how);
    const { page, hand, words } = visit;
    const identify = new IdentifyScreen(visit, slug);
    const password = new PasswordScreen(visit);
    const enrolment = EnrolmentScreen.inAccount(visit, slug);
    const account = new AccountScreen(visit, slug);

    await identify.open();
    await identify.enter(SOPHIE.username);
    await password.enter(SOPHIE.password);
    await account.arriveHome(SOPHIE.firstName);
    await account.openByName(`${SOPHIE.firstName} ${SOPHIE.lastName}`);
    await expect(account.mfaSwitch).not.toBeChecked();

    await account.moveSwitch();
    await enrolment.walkToSquare();
    await hand.press(page.getByRole('link', { name: words.cancel, exact: true }));
    await account.arrive();
    await expect(account.mfaSwitch).not.toBeChecked();

    await account.moveSwitch();
    await enrolment.walkToSquare();
    const phone = new Phone((await enrolment.scan()).searchParams.get('secret')!);
    await enrolment.enter(await phone.nextCode());
    expect(await enrolment.recoveryCodes()).toHaveLength(10);
    await enrolment.finish();
    await expect(page.getByText(words.mfaOnDone)).toBeVisible();
    if (visit.script) await expectHeard(page, words.mfaOnDone);
    await expect(account.mfaSwitch).toBeChecked();
    await account.signOut();

    await identify.enter(SOPHIE.email);
    await password.enter(SOPHIE.password);
    await new VerifyScreen(visit).enter(await phone.nextCode());
    await account.arriveHome(SOPHIE.firstName);

    await account.openByName(`${SOPHIE.firstName} ${SOPHIE.lastName}`);
    await account.moveSwitch();
    await account.switchOff(SOPHIE.password, await phone.nextCode());
    await expect(page.getByText(words.mfaOffDone)).toBeVisible();
    await expect(account.mfaSwitch).not.toBeChecked();
    await account.signOut();
    await identify.enter(SOPHIE.email);
    await password.enter(SOPHIE.password);
    await account.arriveHome(SOPHIE.firstName);
  });
}
