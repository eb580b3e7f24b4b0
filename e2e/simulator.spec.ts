import { locationInput, ruleInput, saveLocation, saveRule } from '@/lib/locations/service';
import { openSessionOf, signedInPerson } from './fixtures/actors';
import { makeOrganisation, makePerson } from './fixtures/people';
import { expect, test } from './fixtures/test';
import { flaws } from './screens/axe';

async function house() {
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const { actor } = await signedInPerson(organisation, 'administrator');
  const nowhere = { country: '', latitude: '', longitude: '', timeZone: '' };
  const office = await saveLocation(actor, null, locationInput.parse({ ...nowhere, name: 'Bureau de Laval' }));
  const definition = '127.0.0.1, 203.0.113.7';
  await saveRule(actor, office, null, ruleInput.parse({ name: 'Porte', type: 'list', definition }));
  const lea = await makePerson(organisation, { firstName: 'Léa', lastName: 'Roy' });
  const auditor = await makePerson(organisation, { role: 'auditor' });
  return { organisation, lea, token: await openSessionOf(organisation, auditor.id) };
}

test('GUARD-3 without script, in English: an account, an address, a draft, and the decision with its reasons', async ({
  portal,
  arrive,
}) => {
  const { organisation, lea, token } = await house();
  const { page, context } = await arrive({ language: 'en', script: false, width: 360 });
  await context.addCookies([{ name: 'vestibule.session', value: token, url: portal.origin }]);
  await page.goto(`/${organisation.slug}/settings/simulator`);
  await expect(page.getByLabel('IP address')).toHaveValue(/^(127\.0\.0\.1|::1)$/);
  await page.getByLabel('Email or username').fill('nobody-at-all');
  await page.getByRole('button', { name: 'See the answer' }).click();
  await expect(page.getByLabel('Email or username')).toHaveAccessibleDescription('Nobody has this email or username.');
  await expect(page.getByLabel('Email or username')).toBeFocused();

  await page.getByLabel('Email or username').fill(lea.email);
  await page.getByLabel('IP address').fill('198.51.100.20');
  await page.getByRole('button', { name: 'See the answer' }).click();
  await expect(page.getByText('Léa Roy will get in.')).toBeVisible();
  await expect(page).toHaveTitle(/^Léa Roy will get in\./);
  await expect(page.getByText('198.51.100.20 is in none of your locations.')).toBeVisible();

  await page.getByText('Try another filter').click();
  await page.getByLabel('Filter of their profile').selectOption('block');
  await page.getByLabel('Bureau de Laval').check();
  await page.getByRole('button', { name: 'See the answer' }).click();
  await expect(page.getByText('Léa Roy will not get in.')).toBeVisible();
  await expect(page.getByText('The address is outside the permitted locations, and the filter blocks.')).toBeVisible();
  await expect(page.getByLabel('Bureau de Laval'), 'the draft stays').toBeChecked();
  await page.getByLabel('IP address').fill('203.0.113.7');
  await page.getByRole('button', { name: 'See the answer' }).click();
  await expect(page.getByText('Léa Roy will get in.')).toBeVisible();
  await expect(page.getByText('203.0.113.7 is in: Bureau de Laval.')).toBeVisible();
});

test('GUARD-3 LOOK-2 axe finds nothing in the simulator, and it does not scroll sideways', async ({
  portal,
  arrive,
}) => {
  const { organisation, lea, token } = await house();
  const { page, context } = await arrive({ language: 'fr' });
  await context.addCookies([{ name: 'vestibule.session', value: token, url: portal.origin }]);
  const draft = `person=${lea.username}&address=2001:db8::20&filter=block`;
  for (const query of ['', `?${draft}`, '?person=&address=x']) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(`/${organisation.slug}/settings/simulator${query}`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect.soft(await flaws(page), `${query}, ${colorScheme}`).toEqual([]);
      if (process.env['PICTURES']) {
        await page.screenshot({
          path: `${process.env['PICTURES']}/simulator-${query.length}-${colorScheme}.png`,
          fullPage: true,
        });
      }
    }
    await page.setViewportSize({ width: 320, height: 740 });
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect.soft(wider, `${query}: wider than 320 px`).toBe(0);
  }
});
