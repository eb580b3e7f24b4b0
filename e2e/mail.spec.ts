import type { Browser, Page } from '@playwright/test';
import { demoAccount } from './fixtures/demo';
import { startDemo } from './fixtures/demo-instance';
import { HandMadeClient } from './fixtures/hand-made';
import type { Instance } from './fixtures/instances';
import { makeOrganisation, makePerson } from './fixtures/people';
import { expect, test } from './fixtures/test';
import { flaws } from './screens/axe';

const SOPHIE = demoAccount('petits-pas', 'slavoie');

test('SELF-3 SAFE-6 a new device and a new password are told of by letters that arrive', async ({
  portal,
  mailbox,
}) => {
  const organisation = await makeOrganisation({}, { name: 'École du Ruisseau, « les petits »' });
  const { slug } = organisation;
  const person = await makePerson(organisation);
  const first = new HandMadeClient(portal.origin);
  await first.signIn(slug, person);
  const second = new HandMadeClient(portal.origin, {
    headers: { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Safari/605' },
  });
  await second.signIn(slug, person);

  const device = await mailbox.waitFor(person.email, 'nouvel appareil');
  expect(device.text).toContain('Safari sur iPhone');
  expect(device.links).toEqual([`${portal.origin}/${slug}/account`]);
  expect(device.email.from).toMatchObject({ name: organisation.name, address: 'no-reply@localhost' });
  expect(await mailbox.lettersTo(person.email)).toHaveLength(1);

  const next = 'Verger-Tranquille-Lanterne-9';
  const form = await second.formWith(`/${slug}/account`, 'next');
  await second.submit(form, { current: person.password, next });
  const changed = await mailbox.waitFor(person.email, 'mot de passe');
  expect(changed.text).toContain('Si ce n’est pas vous');
  expect(changed.html).toContain('lang="fr-CA"');
  // The link of the first letter leads where it says, for whoever is signed in.
  const opened = await second.get(new URL(device.links[0]!).pathname);
  expect(opened.status).toBe(200);
});

test('SAFE-6 there is no outbox page but in the demo', async ({ portal }) => {
  const client = new HandMadeClient(portal.origin);
  const id = '00000000-0000-4000-8000-000000000000';
  for (const path of ['/outbox', `/outbox/${id}`, `/outbox/${id}/html`, '/outbox/x/html']) {
    const answer = await client.get(path);
    expect([path, answer.status]).toEqual([path, 404]);
    expect(answer.headers['content-security-policy']).not.toContain('unsafe-inline');
  }
});

test.describe('the outbox of the demo', () => {
  let demo: Instance;
  test.beforeAll(async () => {
    demo = await startDemo();
    // A parent who signs in, and again elsewhere.
    for (let browser = 0; browser < 2; browser++) await new HandMadeClient(demo.address).signIn('petits-pas', SOPHIE);
  });
  test.afterAll(() => demo.stop());

  async function open(
    browser: Browser,
    locale: string,
    how: { script?: boolean; width?: number; dark?: boolean } = {},
  ): Promise<Page> {
    const context = await browser.newContext({
      baseURL: demo.address,
      locale,
      javaScriptEnabled: how.script ?? true,
      colorScheme: how.dark ? 'dark' : 'light',
      viewport: { width: how.width ?? 1280, height: 800 },
    });
    return context.newPage();
  }

  test('SAFE-6 shows what was sent, as e-mail and as text, without JavaScript', async ({ browser }) => {
    const page = await open(browser, 'fr-CA', { script: false });
    await page.goto('/outbox');
    await page.getByRole('link', { name: 'Connexion depuis un nouvel appareil' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Connexion depuis un nouvel appareil');
    await expect(page.getByText(SOPHIE.email)).toBeVisible();
    const letter = page.frameLocator('iframe');
    await expect(letter.getByRole('heading', { name: 'Un nouvel appareil' })).toBeVisible();
    await expect(letter.getByRole('link', { name: 'Ouvrir Mon compte' })).toHaveCSS(
      'background-color',
      'rgb(167, 79, 33)',
    );
    // The way on works in the e-mail, in a tab of its own, and in the text.
    const [tab] = await Promise.all([
      page.waitForEvent('popup'),
      letter.getByRole('link', { name: 'Ouvrir Mon compte' }).click(),
    ]);
    await expect(tab).toHaveURL(`${demo.address}/petits-pas/sign-in?next=%2Fpetits-pas%2Faccount`);
    await page.getByRole('link', { name: `${demo.address}/petits-pas/account` }).click();
    await expect(page).toHaveURL(/sign-in\?next=/);
    await page.context().close();
  });

  for (const { locale, title, width, dark } of [
    { locale: 'fr-CA', title: 'Courrier de la démo', width: 320, dark: false },
    { locale: 'en-CA', title: 'Mail of the demo', width: 1280, dark: true },
  ]) {
    test(`LOOK-2 LOOK-4 is sound in ${locale} at ${width} px`, async ({ browser }) => {
      const page = await open(browser, locale, { width, dark });
      const sound = async () => {
        // The frame's letter is looked at alone, below: in its sandbox not even axe runs.
        expect(await flaws(page, { without: 'iframe' })).toEqual([]);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(wider).toBeLessThanOrEqual(0);
      };
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto('/outbox');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
      await sound();
      await page.getByRole('link', { name: 'nouvel appareil' }).click();
      await expect(page.frameLocator('iframe').getByRole('heading', { level: 1 })).toBeVisible();
      await sound();
      // The letter alone, as a phone's mail app has it.
      const source = await page.locator('iframe').getAttribute('src');
      const { body } = await new HandMadeClient(demo.address).get(source!);
      await page.goto('about:blank');
      await page.setContent(body);
      await sound();
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  }

  test('SAFE-4 a letter runs nothing, and stands in no frame but its own page’s', async () => {
    const client = new HandMadeClient(demo.address);
    const list = await client.get('/outbox');
    const path = /\/outbox\/[0-9a-f-]{36}/.exec(list.body)![0];
    expect(list.headers['content-security-policy']).not.toContain('frame-src');
    expect((await client.get(path)).headers['content-security-policy']).toMatch(
      /frame-ancestors 'none'; frame-src 'self'$/,
    );
    const letter = await client.get(`${path}/html`);
    expect(letter.headers['content-security-policy']).toMatch(
      /^default-src 'none'; .*frame-ancestors 'self'; sandbox allow-popups/,
    );
    expect(letter.headers['content-security-policy']).not.toMatch(/script-src|allow-scripts|allow-same-origin/);
    expect(letter.headers['x-frame-options']).toBe('SAMEORIGIN');
  });
});
