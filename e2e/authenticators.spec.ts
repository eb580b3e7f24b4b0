import { listAuthenticators } from '@/lib/authenticators/service';
import { signedInPerson } from './fixtures/actors';
import { makeOrganisation, makePerson } from './fixtures/people';
import { expect, test } from './fixtures/test';
import { answered } from './screens/answered';
import { IdentifyScreen } from './screens/identify';
import { look } from './screens/look';
import { PasswordScreen } from './screens/password';
import { WORDS } from './screens/words';

/** Somebody signed in, in a browser of their own. */
const cookie = (token: string, url: string) => [{ name: 'vestibule.session', value: token, url }];

test('AUTH-1 AUTH-4 AUTH-6 from a draft to a deactivation and back, in French with script', async ({
  arrive,
  portal,
  database,
  mailbox,
}) => {
  test.setTimeout(240_000);
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const { slug } = organisation;
  const { token } = await signedInPerson(organisation, 'administrator');
  const lea = await makePerson(organisation, { firstName: 'Léa', lastName: 'Roy' });
  const office = await arrive({ clipboard: true });
  await office.context.addCookies(cookie(token, portal.origin));
  const { page } = office;
  const room = `/${slug}/settings/authenticators`;
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  // A name that is taken is said beside the field; the draft has its addresses before anything is typed.
  await page.goto(`${room}/new`);
  await look(page, WORDS.fr.language, 'new authenticator');
  const [standard] = await database<{ name: string }[]>`
    select name from authenticators where organisation_id = ${organisation.id}`;
  await page.getByLabel('Nom').fill(standard!.name.toUpperCase());
  await page.getByLabel('Nom').press('Enter');
  await expect(page.getByText('Un autre authentificateur porte déjà ce nom.')).toBeVisible();
  await page.getByLabel('Nom').fill('Équipe');
  await page.getByLabel('Nom').press('Enter');
  await expect(page).toHaveURL(/done=created/);
  const [, id] = /authenticators\/([0-9a-f-]{36})/.exec(page.url())!;
  await page
    .getByRole('button', { name: /^Copier/ })
    .first()
    .click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`/${slug}/sign-in`);

  // Bad input: what is wrong stands beside its field, and all that was typed stays.
  await page.getByLabel('Longueur minimale').fill('4');
  await page.getByLabel('Expire après, en jours').fill('mars');
  await page.getByLabel('Description').fill('Pour l’équipe de jour');
  await button('Enregistrer').click();
  await expect(page.locator('[name="lengthMin"][aria-invalid="true"]')).toBeVisible();
  await expect(page.locator('[name="passwordExpiryDays"][aria-invalid="true"]')).toHaveValue('mars');
  await expect(page.getByLabel('Description')).toHaveValue('Pour l’équipe de jour');
  await page.getByLabel('Longueur minimale').fill('16');
  await page.getByLabel('Expire après, en jours').fill('');
  await button('Enregistrer et activer').click();
  await expect(page).toHaveURL(/done=activated/);
  await look(page, WORDS.fr.language, 'system editor');

  // « Utilisateurs affectés »: her open session ends, she is found there, and signs in by it.
  const home = await arrive();
  const door = new IdentifyScreen(home, slug);
  const signIn = async () => {
    await door.open();
    await door.enter(lea.email);
    await new PasswordScreen(home).enter(lea.password);
  };
  await signIn();
  await expect(home.page).toHaveURL(new RegExp(`/${slug}$`));
  await page.getByRole('link', { name: 'Utilisateurs affectés (0)' }).click();
  await page.getByLabel('Courriel ou nom d’utilisateur').fill('personne');
  await button('Affecter').click();
  await expect(page.getByText('Aucun compte n’a ce courriel ou ce nom d’utilisateur.')).toBeVisible();
  await page.getByLabel('Courriel ou nom d’utilisateur').fill(lea.username);
  await button('Affecter').click();
  await expect(page.getByRole('heading', { name: '1 personne' })).toBeVisible();
  await page.getByLabel('Chercher un compte').fill('lea roy');
  await page.getByLabel('Chercher un compte').press('Enter');
  await expect(page).toHaveURL(/q=lea/);
  await expect(page.getByRole('link', { name: 'Léa Roy' })).toBeVisible();
  await look(page, WORDS.fr.language, 'assigned people');
  await home.page.reload();
  await expect(home.page).toHaveURL(new RegExp(`/${slug}/sign-in`));
  await signIn();
  await expect(home.page).toHaveURL(new RegExp(`/${slug}$`));

  // Switched off: how many and who, before; without a letter only for a reason.
  await page.goto(`${room}/${id}/deactivate`);
  await expect(page.getByRole('heading', { name: '1 personne perd l’accès' })).toBeVisible();
  await expect(page.getByText('Léa Roy')).toBeVisible();
  await expect(page.getByText('1 session ouverte se termine tout de suite.')).toBeVisible();
  await look(page, WORDS.fr.language, 'deactivation');
  await page.getByLabel('Prévenir ces personnes par courriel').uncheck();
  await answered(page, () => button('Désactiver « Équipe »').click());
  await expect(page.locator('[name="reason"][aria-invalid="true"]')).toBeVisible();
  await page.getByLabel('Raison de ne pas les prévenir').fill('Elles le savent déjà');
  await button('Désactiver « Équipe »').click();
  await expect(page).toHaveURL(/done=deactivated/);
  await home.page.reload();
  await expect(home.page).toHaveURL(new RegExp(`/${slug}/sign-in`));
  await signIn();
  await expect(new PasswordScreen(home).error).toHaveText('L’identifiant ou le mot de passe ne convient pas.');
  expect(await database`select 1 from authenticator_notices where account_id = ${lea.id}`).toHaveLength(0);
  expect(await mailbox.lettersTo(lea.email)).toEqual([]);

  // Back in force, she gets in again; nobody switches the default one off, nor their own.
  await page.goto(`${room}/${id}`);
  await button('Réactiver').click();
  await expect(page).toHaveURL(/done=activated/);
  await signIn();
  await expect(home.page).toHaveURL(new RegExp(`/${slug}$`));
  await button('Mettre par défaut').click();
  await expect(page).toHaveURL(/done=default/);
  await expect(page.getByText('Garder ce changement ?')).toBeVisible();
  await button('Garder').click();
  await expect(page).toHaveURL(/done=kept/);
  const [own] = (await database<{ id: string }[]>`
    select id from authenticators where organisation_id = ${organisation.id} and id <> ${id!}`) as { id: string }[];
  await page.goto(`${room}/move?${new URLSearchParams({ whom: `from:${id!}`, to: own!.id })}`);
  await expect(page.getByRole('heading', { name: /^1 personne passerait à/ })).toBeVisible();
  await look(page, WORDS.fr.language, 'move');
  await page.goto(`${room}/${own!.id}/deactivate`);
  await expect(page.getByText('Vous entrez par cet authentificateur')).toBeVisible();
  await expect(page.getByRole('button', { name: /^Désactiver/ })).toHaveCount(0);
});

test('AUTH-9 AUTH-1 moves several to a provider’s draft that lacks nothing, and back, in English without script', async ({
  arrive,
  portal,
  database,
}) => {
  test.setTimeout(90_000);
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const { slug } = organisation;
  const { actor, token } = await signedInPerson(organisation, 'administrator');
  const parents = [];
  for (const firstName of ['Anna', 'Ben', 'Chloe']) {
    parents.push(await makePerson(organisation, { kind: 'parent', firstName, lastName: 'Hill' }));
  }
  const office = await arrive({ language: 'en', script: false });
  await office.context.addCookies(cookie(token, portal.origin));
  const { page } = office;
  const room = `/${slug}/settings/authenticators`;
  const button = (name: string | RegExp) => page.getByRole('button', { name });

  // A draft with a provider: what it lacks is named field by field, and what was typed is kept.
  await page.goto(`${room}/new`);
  await page.getByLabel('Name').fill('Entra');
  await page.getByRole('radio', { name: /^OIDC/ }).check();
  await button('Create the draft').click();
  await expect(page).toHaveURL(/done=created/);
  const [, id] = /authenticators\/([0-9a-f-]{36})/.exec(page.url())!;
  await expect(page.getByText(`${portal.origin}/api/auth/callback/${id}`)).toBeVisible();
  await page.getByLabel('Client identifier').fill('vestibule');
  await page.locator('[name="tokenEndpoint"]').fill('not an address');
  await button(/^Save$/).click();
  await expect(page.locator('[name="tokenEndpoint"][aria-invalid="true"]')).toHaveValue('not an address');
  await expect(page.getByLabel('Client identifier')).toHaveValue('vestibule');
  await page.locator('[name="tokenEndpoint"]').fill('');
  await button('Save and activate').click();
  await expect(page.getByText('It is not active yet')).toBeVisible();
  for (const field of ['issuer', 'authorizationEndpoint', 'tokenEndpoint', 'jwksUri']) {
    await expect(page.locator(`[name="${field}"][aria-invalid="true"]`)).toBeVisible();
  }
  await expect(page.getByLabel('Client identifier')).toHaveValue('vestibule');
  await database`update authenticators set active = true, activated_at = now() where id = ${id!}`;

  // The dry run: who lacks an identity. Then all of them, and all of them back.
  await page.goto(`${room}/move`);
  await page.getByRole('combobox', { name: 'Who' }).selectOption({ value: 'kind:parent' });
  await page.getByRole('combobox', { name: 'To', exact: true }).selectOption({ label: 'Entra' });
  await button('See the effect').click();
  await expect(page.getByRole('heading', { name: '3 people would move to “Entra”' })).toBeVisible();
  await expect(page.getByText('3 people have no external identity')).toBeVisible();
  await expect(page.getByText('Anna Hill, Ben Hill, and Chloe Hill')).toBeVisible();
  await button('Move 3 accounts').click();
  await expect(page.getByRole('alert')).toContainText('3');
  const served = async () => (await listAuthenticators(actor)).find((one) => one.id === id)!.served;
  expect(await served()).toBe(0);
  await page.getByRole('radio', { name: /^Write it from their email/ }).check();
  await button('Move 3 accounts').click();
  await expect(page.getByText('3 accounts have moved.')).toBeVisible();
  expect(await served()).toBe(3);
  const [row] = await database`select expected from external_identities where account_id = ${parents[0]!.id}`;
  expect(row).toEqual({ expected: `claim(email):${parents[0]!.email}` });
  await button('Undo this move').click();
  await expect(page.getByText('3 accounts are back where they were.')).toBeVisible();
  expect(await served()).toBe(0);
});
