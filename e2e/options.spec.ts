import type { Page } from '@playwright/test';
import { setOption } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';
import { openSessionOf } from './fixtures/actors';
import { demoAccount } from './fixtures/demo';
import { makeEnrolledPerson, makeOrganisation, makePerson, operatorOf, type Person } from './fixtures/people';
import type { Portal } from './fixtures/portal';
import { expect, test } from './fixtures/test';
import { flaws } from './screens/axe';
import { IdentifyScreen } from './screens/identify';
import { PasswordScreen } from './screens/password';
import type { Visit } from './screens/visit';

/** The words of this room, as people see them. */
const WORDS = {
  fr: {
    search: 'Rechercher une option',
    find: 'Rechercher',
    mandatory: 'Activé (Obligatoire)',
    save: 'Enregistrer',
    cancel: 'Annuler',
    title: 'Modifier les options de configuration',
    confirm: 'Confirmer',
    one: '1 modification',
    employees: 'Authentification multifacteur des employés',
  },
  en: {
    search: 'Search the options',
    find: 'Search',
    mandatory: 'On (Mandatory)',
    save: 'Save',
    cancel: 'Cancel',
    title: 'Change the configuration options',
    confirm: 'Confirm',
    one: '1 change',
    employees: 'Multi-factor authentication of employees',
  },
} as const;

/** A browser in which somebody has just signed in. */
async function signedIn(visit: Visit, portal: Portal, organisation: Organisation, person: Person): Promise<Page> {
  const value = await openSessionOf(organisation, person.id);
  await visit.context.addCookies([{ name: 'vestibule.session', value, url: portal.origin }]);
  return visit.page;
}

const gridOf = ({ slug }: Organisation) => `/${slug}/settings/options`;

async function house(): Promise<{ organisation: Organisation; odile: Person; marc: Person }> {
  const organisation = await makeOrganisation();
  const odile = await makeEnrolledPerson(organisation, {
    firstName: 'Odile',
    lastName: 'Tremblay',
    role: 'administrator',
  });
  const marc = await makeEnrolledPerson(organisation, { firstName: 'Marc', lastName: 'Gagnon', role: 'administrator' });
  return { organisation, odile, marc };
}

test('OPT-1 MFA-8 MFA-9 Odile finds internalMFA, sees whom it touches, confirms; Léa meets enrolment on the other instance and loses nothing', async ({
  arrive,
  portal,
}) => {
  const { organisation, odile } = await house();
  const lea = await makePerson(organisation, { firstName: 'Léa', lastName: 'Roy' });
  const words = WORDS.fr;
  const hers = await signedIn(await arrive(), portal, organisation, lea);
  await hers.goto(`/${organisation.slug}/account`);
  await hers.locator('[name=firstName]').fill('Léa-Maude');

  const page = await signedIn(await arrive(), portal, organisation, odile);
  await page.goto(gridOf(organisation));
  await page.getByRole('searchbox', { name: words.search }).fill('MFA');
  await expect(page.getByText('5 options')).toBeVisible();
  for (const key of ['internalMFA', 'portalMFA', 'externalMFA']) await expect(page.getByText(key)).toBeVisible();
  await expect(page.getByText('sessionHours', { exact: true })).toBeHidden();
  await page.getByRole('combobox', { name: words.employees }).selectOption(words.mandatory);
  await expect(page.getByText(words.one)).toBeVisible();
  await page.getByRole('button', { name: words.save }).click();

  const dialog = page.getByRole('dialog', { name: words.title });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByText('Sur demande')).toBeVisible();
  await expect(dialog.getByText(words.mandatory)).toBeVisible();
  const touched = dialog.getByRole('region', { name: 'Les employés touchés' });
  await expect(touched.getByRole('listitem').filter({ hasText: 'ont déjà un second facteur' })).toContainText(
    'Marc Gagnon',
  );
  await expect(touched.getByRole('listitem').filter({ hasText: 'en configurer un' })).toContainText('Léa Roy');
  await expect(dialog.getByText('Il faudrait deux administrateurs')).toBeHidden();
  await dialog.getByRole('button', { name: words.confirm }).click();
  await expect(page.getByText('C’est enregistré, et en vigueur.')).toBeVisible();
  await expect(page.getByRole('combobox', { name: words.employees })).toHaveValue('mandatory');
  await expect(page.getByRole('row').filter({ hasText: 'internalMFA' })).toContainText('Odile Tremblay');

  // What she was typing when it happened stays, with the way to enrol in another tab.
  await hers.locator('form:has([name=firstName]) button[type=submit]').click();
  const way = hers.getByRole('link', { name: 'Configurer dans un nouvel onglet' });
  await expect(way).toHaveAttribute('href', new RegExp(`/${organisation.slug}/sign-in/enrol\\?next=`));
  await expect(hers.locator('[name=firstName]')).toHaveValue('Léa-Maude');
  await hers.goto(`${portal.second}/${organisation.slug}/account`);
  await expect(hers).toHaveURL(new RegExp(`/${organisation.slug}/sign-in/enrol`));
});

test('GUARD-2 mandatory MFA waits for « Garder »: taken back on the home of another, put back by itself, kept', async ({
  arrive,
  portal,
  database,
}) => {
  const { organisation, odile, marc } = await house();
  const words = WORDS.fr;
  const page = await signedIn(await arrive(), portal, organisation, odile);
  const makeMandatory = async () => {
    await page.goto(gridOf(organisation));
    await page.getByRole('combobox', { name: words.employees }).selectOption(words.mandatory);
    await page.getByRole('button', { name: words.save }).click();
    await page.getByRole('button', { name: words.confirm }).click();
    await expect(
      page.getByText(/plus stricte depuis que Odile Tremblay l’a changée\. Sans confirmation avant/),
    ).toBeVisible();
  };
  const inForce = page.getByRole('combobox', { name: words.employees });

  await makeMandatory();
  const his = await signedIn(await arrive({ language: 'en', script: false }), portal, organisation, marc);
  await his.goto(`/${organisation.slug}`);
  await expect(his.getByText('Keep this change?')).toBeVisible();
  await his.getByRole('button', { name: 'Undo the change' }).click();
  await expect(his.getByText('What was before is in force again.')).toBeVisible();
  await page.goto(gridOf(organisation));
  await expect(inForce).toHaveValue('on-demand');

  await makeMandatory();
  await page.locator('[name=mfaGraceDays]').fill('2');
  await page.getByRole('button', { name: words.save }).click();
  await page.getByRole('button', { name: words.confirm }).click();
  await expect(page.getByText('Un changement attend d’être confirmé.')).toBeVisible();
  await database`update pending_changes set confirm_until = now() where organisation_id = ${organisation.id}`;
  await expect(async () => {
    await page.goto(gridOf(organisation));
    await expect(inForce).toHaveValue('on-demand', { timeout: 500 });
  }).toPass({ timeout: 15_000 });

  await makeMandatory();
  await page.getByRole('button', { name: 'Garder' }).click();
  await expect(page.getByText('Le changement est gardé.')).toBeVisible();
  await expect(inForce).toHaveValue('mandatory');
  await page.goto(`/${organisation.slug}`);
  await expect(page.getByText('Garder ce changement')).toBeHidden();
});

test('OPT-2 two administrators at once: the second sees what changed, and decides again', async ({
  arrive,
  portal,
}) => {
  const { organisation, odile, marc } = await house();
  const words = WORDS.fr;
  const [hers, his] = [
    await signedIn(await arrive(), portal, organisation, odile),
    await signedIn(await arrive(), portal, organisation, marc),
  ];
  const days = (page: Page) => page.locator('[name=mfaGraceDays]');
  for (const [page, value] of [
    [hers, '3'],
    [his, '9'],
  ] as const) {
    await page.goto(gridOf(organisation));
    await days(page).fill(value);
    await page.getByRole('button', { name: words.save }).click();
    await expect(page.getByRole('dialog', { name: words.title })).toBeVisible();
  }
  await his.getByRole('button', { name: words.confirm }).click();
  await expect(his.getByText('C’est enregistré')).toBeVisible();

  await hers.getByRole('button', { name: words.confirm }).click();
  const dialog = hers.getByRole('dialog', { name: words.title });
  await expect(dialog.getByText('Quelqu’un a changé ces options entre-temps')).toBeVisible();
  await expect(dialog.getByText(/Marc Gagnon, .*: 0 jour → 9 jours/)).toBeVisible();
  await his.reload();
  await expect(days(his), 'nothing was overwritten').toHaveValue('9');

  await dialog.getByRole('button', { name: words.confirm }).click();
  await expect(hers.getByText('C’est enregistré')).toBeVisible();
  await expect(days(hers)).toHaveValue('3');
});

test('OPT-1 SIGN-7 without script: the search is a request, what is wrong stands beside its field, the confirmation is a page', async ({
  arrive,
  portal,
}) => {
  const { organisation, odile } = await house();
  const words = WORDS.en;
  const page = await signedIn(await arrive({ language: 'en', script: false, width: 360 }), portal, organisation, odile);
  await page.goto(gridOf(organisation));
  await page.getByRole('searchbox', { name: words.search }).fill('grace');
  await page.getByRole('button', { name: words.find }).click();
  await expect(page.getByText('1 option')).toBeVisible();
  await expect(page.locator('[name=internalMFA]')).toBeHidden();

  await page.goto(gridOf(organisation));
  await page.locator('[name=mfaGraceDays]').fill('31');
  await page.locator('[name="helpContact.telephone"]').fill('514 555-0100');
  await page.getByRole('button', { name: words.save }).click();
  await expect(page.locator('[name=mfaGraceDays]')).toHaveAccessibleDescription(/Enter a whole number/);
  await expect(page.locator('[name="helpContact.telephone"]'), 'nothing is lost').toHaveValue('514 555-0100');

  await page.locator('[name=mfaGraceDays]').fill('5');
  await page.getByRole('button', { name: words.save }).click();
  const dialog = page.getByRole('dialog', { name: words.title });
  await expect(dialog.getByText('5 days')).toBeVisible();
  await expect(page.getByRole('searchbox')).toBeHidden();
  await dialog.getByRole('link', { name: words.cancel }).click();
  await expect(page.locator('[name=mfaGraceDays]'), 'the draft is still there').toHaveValue('5');
  await page.getByRole('button', { name: words.save }).click();
  await page.getByRole('button', { name: words.confirm }).click();
  await expect(page.getByText('Saved, and in force.')).toBeVisible();
  await expect(page.locator('[name=mfaGraceDays]')).toHaveValue('5');
});

test('OPT-1 LOOK-2 by keyboard alone: edit, save, Escape keeps the draft, confirm', async ({ arrive, portal }) => {
  const { organisation, odile } = await house();
  const words = WORDS.en;
  const page = await signedIn(await arrive({ language: 'en' }), portal, organisation, odile);
  await page.goto(gridOf(organisation));
  const reach = async (selector: string) => {
    for (let presses = 0; presses < 60; presses += 1) {
      if (await page.locator(selector).evaluateAll((found) => found.some((one) => one === document.activeElement)))
        return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`The keyboard doesn't reach ${selector}`);
  };
  await reach('[name=mfaGraceDays]');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('4');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: words.title });
  await expect(dialog).toBeVisible();
  await expect(page.getByRole('heading', { name: words.title })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.locator('[name=mfaGraceDays]')).toHaveValue('4');
  await expect(page.locator('[name=mfaGraceDays]')).toBeFocused();
  await expect(page.getByText(words.one)).toBeVisible();
  await reach('[name=mfaGraceDays]');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  await reach('dialog button[type=submit]');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Saved, and in force.')).toBeVisible();
});

test('MFA-9 Ada of Boréal sees whom it would touch, and that nobody could help her; she cancels', async ({
  arrive,
}) => {
  const ada = demoAccount('boreal', 'awinter');
  const visit = await arrive({ language: 'en' });
  const identify = new IdentifyScreen(visit, 'boreal');
  await identify.open();
  await identify.enter(ada.email);
  await new PasswordScreen(visit).enter(ada.password);
  const { page } = visit;
  await expect(page).toHaveURL(/\/boreal$/);
  await page.goto('/boreal/settings/options?q=internalmfa');
  await page.getByRole('combobox', { name: WORDS.en.employees }).selectOption(WORDS.en.mandatory);
  await page.getByRole('button', { name: WORDS.en.save }).click();
  const dialog = page.getByRole('dialog', { name: WORDS.en.title });
  await expect(dialog.getByText('Tom Okafor')).toBeVisible();
  await expect(dialog.getByText(/nobody can reset .*Ada Winter/)).toBeVisible();
  await dialog.getByRole('link', { name: WORDS.en.cancel }).click();
  await expect(dialog).toBeHidden();
});

test('MFA-9 RESET-4 the board reminds once a day; helpContact stands on the code page and on a refusal', async ({
  arrive,
  portal,
  database,
  trouble,
}) => {
  trouble.expect(/console: Failed to load resource.* 403/);
  const { organisation, odile } = await house();
  await setOption(operatorOf(organisation), 'internalMFA', 'mandatory');
  await setOption(operatorOf(organisation), 'helpContact', {
    name: 'Odile Tremblay',
    telephone: '514 555-0100 poste 12',
    email: 'aide@petits-pas.test',
    hours: '8 h à 17 h',
  });
  const lea = await makePerson(organisation, { firstName: 'Léa', lastName: 'Roy' });
  const page = await signedIn(await arrive(), portal, organisation, odile);
  await page.goto(`/${organisation.slug}/settings/enrolment`);
  await expect(page.getByText('1 personne doit encore en configurer un.')).toBeVisible();
  await page.getByRole('button', { name: 'Rappeler à Léa Roy de configurer un second facteur' }).click();
  await expect(page.getByText('1 rappel est parti.')).toBeVisible();
  await expect(page.getByText(/Rappel envoyé le/)).toBeVisible();
  await expect(page.getByRole('button', { name: /Rappeler/ })).toHaveCount(0);
  const letters = await database`select template from mails where account_id = ${lea.id}`;
  expect(letters.map(({ template }) => template)).toEqual(['enrolment-reminder']);

  const visit = await arrive();
  const identify = new IdentifyScreen(visit, organisation.slug);
  await identify.open();
  await identify.enter(odile.email);
  await new PasswordScreen(visit).enter(odile.password);
  const help = visit.page.getByRole('region', { name: 'Besoin d’aide' });
  await expect(help.getByRole('link', { name: '514 555-0100 poste 12' })).toHaveAttribute('href', 'tel:5145550100');

  const karim = await makeEnrolledPerson(organisation);
  const refused = await signedIn(await arrive(), portal, organisation, karim);
  expect((await refused.goto(gridOf(organisation)))?.status()).toBe(403);
  await expect(refused.getByText('aide@petits-pas.test')).toBeVisible();
});

for (const language of ['fr', 'en'] as const) {
  test(`LOOK-2 axe finds nothing in the grid, its confirmation and the board, and none scrolls sideways, ${language}`, async ({
    arrive,
    portal,
  }) => {
    const { organisation, odile } = await house();
    await makePerson(organisation);
    await setOption(operatorOf(organisation), 'internalMFA', 'mandatory');
    const page = await signedIn(await arrive({ language }), portal, organisation, odile);
    const draft = 'v=0&internalMFA=off&was.internalMFA=on-demand&portalMFA=mandatory&was.portalMFA=on-demand';
    for (const path of ['options', `options?${draft}&review=1`, 'options?q=zzz', 'enrolment']) {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(`/${organisation.slug}/settings/${path}`);
      if (path.includes('review')) await expect(page.getByRole('dialog')).toBeVisible();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        expect.soft(await flaws(page), `${path}, ${colorScheme}`).toEqual([]);
      }
      await page.setViewportSize({ width: 320, height: 740 });
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect.soft(wider, `${path}: wider than 320 px`).toBe(0);
    }
  });
}
