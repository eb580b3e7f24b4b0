/**
 * `npm run screens`: makes the README's pictures of the real screens, in docs/screens/, by walking through a running demo
 * in a real Chromium.
 */
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';
import sharp from 'sharp';
import { TOTP } from 'totp-generator';
import { findChromium } from './chromium.mjs';
import { Failure, report, repository } from './steps.mjs';

const help = `Makes the pictures of docs/screens/ from the screens of a running demo.

  npm run demo -- --reset      a fresh demo, in another terminal
  npm run screens              walks through it and writes the pictures

The walk enrols two accounts of the demo, so each run needs a fresh one.

  BASE_URL        where the demo answers (http://localhost:3000)
  CHROMIUM_PATH   the browser, where it is not in a usual place`;

const baseUrl = (process.env.BASE_URL || 'http://localhost:3000').replace(/\/$/, '');
const folder = path.join(repository, 'docs/screens');
/** GitHub shows a page of many pictures quickly only where each is small. */
const bytesMax = 150_000;

const readJson = (/** @type {string} */ file) => JSON.parse(fs.readFileSync(path.join(repository, file), 'utf8'));
const organisation = readJson('drizzle/demo-accounts.json').organisations[0];
/** @typedef {{ email: string, password: string, firstName: string, lastName: string }} Person */
/** @returns {Person} */
const personCalled = (/** @type {string} */ firstName) =>
  organisation.accounts.find((/** @type {Person} */ account) => account.firstName === firstName);
/** An employee, so that her organisation demands a second factor. */
const employee = personCalled('Léa');
/** An employee too, who may enter every room of the settings. */
const administrator = personCalled('Odile');

async function chromiumForPictures() {
  const found = await findChromium();
  if (!found) throw new Failure('There is no Chromium to take pictures with. Set CHROMIUM_PATH.');
  return found;
}

const desktop = { viewport: { width: 1280, height: 800 } };
const phone = {
  ...{ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  // By its word the app of this very phone comes first.
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1',
};

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} name
 * @param {import('@playwright/test').PageScreenshotOptions} [options]
 */
async function picture(page, name, options) {
  // What is under the pointer looks pressed; and the fonts of a new page come a moment after it.
  await page.mouse.move(0, 0);
  await page.waitForLoadState('networkidle');
  const taken = await page.screenshot({ animations: 'disabled', caret: 'hide', ...options });
  const file = path.join(folder, `${name}.png`);
  const { size } = await sharp(taken).png({ palette: true, colours: 128, effort: 10 }).toFile(file);
  if (size > bytesMax) throw new Failure(`${name}.png takes ${size} bytes: ${bytesMax} at most.`);
  console.log(`  ${path.relative(repository, file)}  ${Math.round(size / 1000)} kB`);
}

/**
 * One person's screens in one language, by the words that stand on them.
 *
 * @param {import('@playwright/test').Page} page
 * @param {'fr' | 'en'} locale
 * @param {Person} person
 */
function walk(page, locale, person) {
  const words = readJson(`messages/${locale}.json`);
  const press = (/** @type {string} */ name) => page.getByRole('button', { name, exact: true }).click();
  const reach = (/** @type {string} */ address) => page.waitForURL(`**/${organisation.slug}${address}`);
  return {
    words,
    press,
    reach,
    /** « Choisir » names its method to those who only hear it; the first one is an app. */
    async chooseApp() {
      await page.getByRole('button', { name: words.enrol.choose }).first().click();
      await reach('/sign-in/enrol/phone');
    },
    /** From the page with the key to the codes, as an app would that was given the key by hand. */
    async typeFirstCode() {
      await page.getByRole('link', { name: words.enrol.trouble }).click();
      await reach('/sign-in/enrol/key');
      const secret = (await page.locator('[aria-labelledby="key-label"]').innerText()).replace(/\s/g, '');
      const { otp } = await TOTP.generate(secret);
      await page.getByLabel(words.enrol.code).fill(otp);
      await press(words.enrol.submit);
      await reach('/sign-in/enrol/codes');
    },
    async signIn() {
      await page.goto(`${baseUrl}/${organisation.slug}/sign-in`);
      await page.getByLabel(words.signIn.identifier).fill(person.email);
      await press(words.signIn.continue);
      await reach('/sign-in/password');
      await page.getByLabel(words.signIn.password, { exact: true }).fill(person.password);
      await press(words.signIn.submit);
      await page.waitForURL(/sign-in\/(enrol|verify)$/);
    },
  };
}

/** @param {import('@playwright/test').Browser} browser */
async function takePictures(browser) {
  const context = await browser.newContext({ ...desktop, locale: 'fr-CA', colorScheme: 'light' });
  const page = await context.newPage();
  const { words, press, reach, chooseApp, signIn, typeFirstCode } = walk(page, 'fr', employee);

  await page.goto(`${baseUrl}/${organisation.slug}/sign-in`).catch(() => {
    throw new Failure(`Nothing answers at ${baseUrl}. Start a demo with: npm run demo -- --reset`);
  });
  await picture(page, 'sign-in');
  await signIn();
  if (page.url().endsWith('/verify')) {
    throw new Failure(`${employee.email} is enrolled already. Start afresh with: npm run demo -- --reset`);
  }
  await press(words.enrol.next);
  await reach('/sign-in/enrol/method');
  await picture(page, 'methods', { fullPage: true });
  await chooseApp();
  await press(words.enrol.next);
  await reach('/sign-in/enrol/app');
  await press(words.enrol.next);
  await reach('/sign-in/enrol/scan');
  await picture(page, 'scan', { fullPage: true });

  // The same attempt on a phone, by night: it belongs to whoever has the cookies.
  const pocket = await browser.newContext({
    ...phone,
    locale: 'fr-CA',
    colorScheme: 'dark',
    storageState: await context.storageState(),
  });
  const small = await pocket.newPage();
  await small.goto(page.url());
  await picture(small, 'scan-phone-dark');
  await pocket.close();

  await typeFirstCode();
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture(page, 'recovery-codes-dark', { fullPage: true });
  await page.emulateMedia({ colorScheme: 'light' });
  await press(words.enrol.finish);
  await reach('');
  await picture(page, 'home');
  await page.goto(`${baseUrl}/${organisation.slug}/account`);
  await picture(page, 'account');
  await context.close();

  const english = await browser.newContext({ ...desktop, locale: 'en-CA', colorScheme: 'dark' });
  const other = await english.newPage();
  await walk(other, 'en', employee).signIn();
  await picture(other, 'verify-english-dark');
  await english.close();

  await takeSettings(browser);
}

/** The rooms of the settings, as the administrator finds them. @param {import('@playwright/test').Browser} browser */
async function takeSettings(browser) {
  const context = await browser.newContext({ ...desktop, locale: 'fr-CA', colorScheme: 'light' });
  const page = await context.newPage();
  const { words, press, reach, chooseApp, signIn, typeFirstCode } = walk(page, 'fr', administrator);
  await signIn();
  await press(words.enrol.next);
  await reach('/sign-in/enrol/method');
  await chooseApp();
  for (const step of ['/app', '/scan']) {
    await press(words.enrol.next);
    await reach(`/sign-in/enrol${step}`);
  }
  await typeFirstCode();
  await press(words.enrol.finish);
  await reach('');
  const settings = `${baseUrl}/${organisation.slug}/settings`;

  await page.goto(`${settings}/options`);
  await picture(page, 'options');
  await page.locator('[name="portalMFA"]').selectOption('mandatory');
  await press(words.site.save);
  await page.getByRole('dialog').waitFor();
  await picture(page, 'options-confirm');

  await page.goto(`${settings}/accounts`);
  await picture(page, 'accounts');
  await page.getByRole('link', { name: `${employee.firstName} ${employee.lastName}` }).click();
  await page.getByRole('link', { name: words.accounts.reset }).click();
  await page.waitForURL('**/reset');
  await picture(page, 'reset');

  await page.goto(`${settings}/roles`);
  await picture(page, 'roles');

  await page.goto(`${settings}/locations/new`);
  await page.locator('[name="name"]').fill('Garderie');
  await press(words.places.save);
  await page.waitForURL(/locations\/[0-9a-f-]{36}/);
  await press(words.places.allowHere);
  await page.getByText(words.places.noRules).waitFor({ state: 'hidden' });
  await page.goto(`${settings}/locations`);
  await picture(page, 'locations');

  await page.goto(`${settings}/authenticators/new`);
  await page.locator('[name="name"]').fill('Microsoft 365 du personnel');
  await page.locator('[name="type"][value="oidc"]').check();
  await page.locator('[name="name"]').press('Enter');
  await page.waitForURL(/authenticators\/[0-9a-f-]{36}/);
  await page.goto(page.url().split('?')[0] ?? '');
  await picture(page, 'authenticator');

  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(`${settings}/audit`);
  await picture(page, 'audit-dark');

  const pocket = await browser.newContext({
    ...phone,
    viewport: { width: 360, height: 780 },
    locale: 'fr-CA',
    colorScheme: 'light',
    storageState: await context.storageState(),
  });
  const small = await pocket.newPage();
  await small.goto(`${settings}/accounts`);
  await picture(small, 'accounts-phone');
  await pocket.close();
  await context.close();
}

if (process.argv.includes('--help')) {
  console.log(help);
} else {
  try {
    fs.mkdirSync(folder, { recursive: true });
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const browser = await chromium.launch({
      executablePath: await chromiumForPictures(),
      args: ['--disable-gpu', ...args],
    });
    try {
      await takePictures(browser);
    } finally {
      await browser.close();
    }
  } catch (error) {
    report(error);
    process.exitCode = 1;
  }
}
