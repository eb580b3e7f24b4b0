import type { Page } from '@playwright/test';
import type { Sql } from 'postgres';
import { openSessionOf, signedInPerson } from './fixtures/actors';
import { makeOrganisation, makePerson } from './fixtures/people';
import { expect, test } from './fixtures/test';
import { remember } from './fixtures/typed';
import { AccountScreen } from './screens/account';
import { IdentifyScreen } from './screens/identify';
import { look } from './screens/look';
import { PasswordScreen } from './screens/password';

const WORDS = {
  demand: 'Exiger un nouveau mot de passe',
  demanded: 'Un nouveau mot de passe est exigé.',
  choose: 'Choisissez un mot de passe',
  expired: 'Your password has expired',
  enter: 'Enregistrer et entrer',
  enterEnglish: 'Save and go in',
  show: 'Montrer le nouveau mot de passe',
  allMet: 'Toutes les règles sont remplies.',
  someMet: '2 règles remplies sur 4.',
  contains: 'Il contient «\u00a0Bérubé\u00a0».',
  common: 'Ce mot de passe est de ceux que tout le monde choisit.',
};

const states = async (page: Page) =>
  Object.fromEntries(
    await page
      .locator('[data-rule]')
      .evaluateAll((items) =>
        items.map((item) => [item.getAttribute('data-rule'), item.getAttribute('data-state')] as const),
      ),
  );

const ask = async (database: Sql, organisationId: string, password: object, expiryDays: number | null) =>
  database`update authenticators set settings = ${database.json({ password } as never)}, password_expiry_days = ${expiryDays}
    where organisation_id = ${organisationId}`;

test('AUTH-2 demanded by an administrator, chosen at the next sign-in: the rules tick as one types', async ({
  arrive,
  database,
  portal,
}) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  await ask(database, organisation.id, { complexity: 'three-classes', history: 2 }, null);
  const person = await makePerson(organisation);
  const { token } = await signedInPerson(organisation, 'administrator');
  const administrator = await arrive();
  await administrator.context.addCookies([{ name: 'vestibule.session', value: token, url: portal.origin }]);
  const earlier = await arrive();
  const session = await openSessionOf(organisation, person.id);
  await earlier.context.addCookies([{ name: 'vestibule.session', value: session, url: portal.origin }]);
  await earlier.page.goto(`/${slug}`);
  await expect(earlier.page).toHaveURL(new RegExp(`/${slug}$`));
  await administrator.page.goto(`/${slug}/settings/accounts/${person.id}`);
  await administrator.page.getByRole('button', { name: WORDS.demand, exact: true }).click();
  await expect(administrator.page.getByText(WORDS.demanded)).toBeVisible();
  // At once: the session that was open is over.
  await earlier.page.goto(`/${slug}`);
  await expect(earlier.page).toHaveURL(new RegExp(`/${slug}/sign-in`));

  const visit = await arrive();
  const { page, words } = visit;
  await visit.page.goto(`/${slug}/sign-in`);
  await new IdentifyScreen(visit, slug).enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  await expect(page.getByRole('heading', { name: WORDS.choose })).toBeVisible();
  const field = page.getByLabel(words.newPassword, { exact: true });
  await expect(field).toHaveAttribute('autocomplete', 'new-password');
  await expect(field).toHaveAttribute('passwordrules', /minlength: 15; maxlength: 256; required: upper/);
  await expect.poll(() => states(page)).toEqual({ length: 'open', classes: 'open', words: 'open', pattern: 'open' });
  await look(page, words.language, 'a new password, before anything is typed');

  await field.pressSequentially('Bérubé');
  expect(await states(page)).toEqual({ length: 'open', classes: 'open', words: 'wrong', pattern: 'met' });
  await expect(page.getByText(WORDS.contains).first()).toBeVisible();
  await page.getByRole('button', { name: WORDS.show }).click();
  await expect(field).toHaveAttribute('type', 'text');
  await field.fill('jetaimepourlavie');
  expect(await states(page)).toEqual({ length: 'met', classes: 'open', words: 'met', pattern: 'met' });
  await field.fill('Brume');
  await expect(page.getByRole('status').filter({ hasText: WORDS.someMet })).toBeAttached();
  await look(page, words.language, 'a new password, half typed');

  // What only the server can know is said beside the field, and the rules begin anew.
  await field.fill('Je t’aime pour la vie');
  await expect(page.getByRole('status').filter({ hasText: WORDS.allMet })).toBeAttached();
  await page.getByRole('button', { name: WORDS.enter }).click();
  await expect(page.locator('#password-error')).toContainText(WORDS.common);
  await expect(field).toBeFocused();
  expect(await states(page)).toEqual({ length: 'open', classes: 'open', words: 'open', pattern: 'open' });
  const chosen = 'Brume au quai, 7 hiboux';
  remember(chosen);
  await field.fill(chosen);
  await page.getByRole('button', { name: WORDS.enter }).click();
  await new AccountScreen(visit, slug).arriveHome('Mireille');
});

test('AUTH-2 an expired password is changed without JavaScript: the rules stand there, and the server judges alone', async ({
  arrive,
  database,
}) => {
  const organisation = await makeOrganisation();
  const { slug } = organisation;
  await ask(database, organisation.id, {}, 90);
  const person = await makePerson(organisation);
  await database`update passwords set changed_at = now() - interval '91 days' where account_id = ${person.id}`;
  const visit = await arrive({ language: 'en', script: false });
  const { page, words, hand } = visit;
  await visit.page.goto(`/${slug}/sign-in`);
  await new IdentifyScreen(visit, slug).enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  await expect(page.getByRole('heading', { name: WORDS.expired })).toBeVisible();
  expect(await states(page)).toEqual({ length: null, words: null, pattern: null });
  await expect(page.locator('[data-rule=length]')).toHaveText('At least 15 characters');
  const field = page.getByLabel(words.newPassword, { exact: true });
  for (const [typed, said] of [
    ['too short', 'At least 15'],
    ['one two three Mireille', 'Mireille'],
    [person.password, 'current password'],
  ] as const) {
    await hand.type(field, typed);
    await hand.press(page.getByRole('button', { name: WORDS.enterEnglish }));
    await expect(page.locator('#password-error')).toContainText(said);
  }
  const chosen = 'seven owls under the barn';
  remember(chosen);
  await hand.type(field, chosen);
  await hand.press(page.getByRole('button', { name: WORDS.enterEnglish }));
  await new AccountScreen(visit, slug).arriveHome('Mireille');
});
