import type { Page } from '@playwright/test';
import { createAuthenticator } from '@/lib/authenticators/service';
import { urlsOf } from '@/lib/authenticators/urls';
import type { Person as Known } from '@/scripts/idp/login-page';
import { startOidcProvider, type OidcProvider } from '@/scripts/idp/oidc';
import { signedInPerson } from './fixtures/actors';
import { assign } from './fixtures/external';
import { makeOrganisation, makePerson, type Person } from './fixtures/people';
import { expect, test } from './fixtures/test';
import { look } from './screens/look';
import type { Visit } from './screens/visit';
import { WORDS } from './screens/words';

let provider: OidcProvider;
test.beforeAll(async () => {
  provider = await startOidcProvider({ clients: [], people: [] });
});
test.afterAll(() => provider.stop());

test.beforeEach(({ trouble }) => {
  // The provider is another site, as in life.
  trouble.expect(new RegExp(`^third party: ${provider.issuer}`));
});

const SECRET = 'un-secret-de-client';

function known(person: Person): Known {
  const there = {
    sub: `op|${person.id}`,
    email: person.email,
    password: 'chez-le-fournisseur',
    firstName: 'Léa',
    lastName: 'Roy',
  };
  provider.register({ person: there });
  return there;
}

/** Types an identifier that leads to the provider. */
async function identify({ page }: Visit, slug: string, { email }: Person): Promise<void> {
  await page.goto(`/${slug}/sign-in`);
  await page.getByRole('textbox').fill(email);
  await page.getByRole('textbox').press('Enter');
}

async function enterAt(page: Page, { email, password }: Known, second = false): Promise<void> {
  await expect(page).toHaveURL((url) => url.origin === provider.issuer);
  await page.getByLabel('Courriel').fill(email);
  await page.getByLabel('Mot de passe').fill(password);
  if (second) await page.getByLabel('Deuxième facteur vérifié').check();
  await page.getByRole('button', { name: 'Entrer' }).click();
}

test('OIDC-1 OIDC-4 from the settings page to a signed-in employee, and out at the provider too', async ({
  arrive,
  anotherTab,
  portal,
  database,
}) => {
  test.setTimeout(180_000);
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const { slug } = organisation;
  const { actor, token } = await signedInPerson(organisation, 'administrator');
  const id = await createAuthenticator(actor, { name: 'Keycloak', type: 'oidc' });
  const lea = await makePerson(organisation, { firstName: 'Léa', lastName: 'Roy' });
  const there = known(lea);
  const { redirect, postLogout } = urlsOf(portal.origin, slug, { id, type: 'oidc' }).oidc!;
  provider.register({
    client: {
      client_id: slug,
      client_secret: SECRET,
      redirect_uris: [redirect],
      post_logout_redirect_uris: [postLogout],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  });

  // The administrator: addresses first, then what the provider says of itself, then the secret, twice.
  const office = await arrive();
  await office.context.addCookies([{ name: 'vestibule.session', value: token, url: portal.origin }]);
  const { page } = office;
  await page.goto(`/${slug}/settings/authenticators/${id}`);
  await expect(page.getByText(redirect)).toBeVisible();
  await expect(page.getByText(postLogout)).toBeVisible();
  await page.getByLabel('Émetteur, ou adresse de son document').fill('https://login.microsoftonline.com/common/v2.0');
  await page.getByRole('button', { name: 'Découvrir' }).click();
  await expect(page.getByText('Cette adresse sert à tous les locataires de Microsoft')).toBeVisible();
  await page.getByLabel('Émetteur, ou adresse de son document').fill(provider.issuer);
  await page.getByRole('button', { name: 'Découvrir' }).click();
  await expect(page.getByText(`Les champs sont remplis d’après ${provider.issuer}`)).toBeVisible();
  await expect(page.getByLabel('Extrémité JsonWebKeySet')).toHaveValue(`${provider.issuer}/jwks`);
  await page.getByLabel('Identifiant du client').fill(slug);
  await page.getByLabel('Secret du client', { exact: true }).fill(SECRET);
  await page.getByLabel('Confirmer le secret du client').fill('un-autre');
  await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
  await expect(page.locator('[aria-invalid="true"][name="clientSecretAgain"]')).toBeVisible();
  await page.getByLabel('Secret du client', { exact: true }).fill('pas-le-bon');
  await page.getByLabel('Confirmer le secret du client').fill('pas-le-bon');
  await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
  await expect(page).toHaveURL(/done=saved/);
  await look(page, WORDS.fr.language, 'oidc editor');

  // « Tester », first with a secret that is wrong: the exact fault, and what to mend.
  const tried = async () => {
    const [popup] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'Tester dans un nouvel onglet' }).click(),
    ]);
    await popup.waitForLoadState();
    return popup;
  };
  let trial = await tried();
  await enterAt(trial, there, true);
  await expect(trial.getByText('Le fournisseur n’a pas reconnu notre identifiant')).toBeVisible();
  await expect(trial.getByText('oidc.client')).toBeVisible();
  await look(trial, WORDS.fr.language, 'oidc fault');
  await trial.close();
  await page.getByLabel('Secret du client', { exact: true }).fill(SECRET);
  await page.getByLabel('Confirmer le secret du client').fill(SECRET);
  await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
  await expect(page).toHaveURL(/done=saved/);
  trial = await tried();
  await expect(trial.getByText('Tout ce qui a été reçu')).toBeVisible();
  await expect(trial.getByText(there.sub).first()).toBeVisible();
  await expect(trial.getByText(`${lea.email}, vérifié`)).toBeVisible();
  await look(trial, WORDS.fr.language, 'oidc try');
  await trial.close();
  expect(await database`select subject from external_identities where account_id = ${lea.id}`).toEqual([]);
  await page.getByRole('button', { name: 'Enregistrer et activer' }).click();
  await expect(page).toHaveURL(/done=activated/);
  await assign(database, organisation, lea.id, id, `claim(email):${lea.email}`);

  // The employee, in French with script: two tabs, each with a way of its own.
  const home = await arrive();
  await identify(home, slug, lea);
  await expect(home.page).toHaveURL((url) => url.origin === provider.issuer);
  const other = await anotherTab(home);
  await identify(other, slug, lea);
  await enterAt(other.page, there);
  await expect(other.page).toHaveURL(new RegExp(`/${slug}$`));
  await enterAt(home.page, there);
  await expect(home.page).toHaveURL(new RegExp(`/${slug}$`));

  // Out: here first, then at the provider, and back.
  // Her password is the provider's: no door leads to one here.
  await expect(home.page.getByRole('link', { name: 'Mot de passe' })).toHaveCount(0);
  await home.page.getByRole('button', { name: 'Menu' }).click();
  await home.page.getByRole('button', { name: 'Se déconnecter' }).click();
  await expect(home.page).toHaveURL((url) => url.origin === provider.issuer);
  await home.page.getByRole('button', { name: 'Se déconnecter partout' }).click();
  await expect(home.page.getByText('Chez Keycloak aussi.')).toBeVisible();
  await look(home.page, WORDS.fr.language, 'signed out');
  await expect
    .poll(() => provider.seen.filter(({ path }) => path === '/token/revocation').length, { timeout: 15_000 })
    .toBeGreaterThan(0);
  // The provider asks again: its session has ended. Its keys have changed meanwhile, and nothing was started anew.
  provider.rotateKeys();
  await identify(home, slug, lea);
  await enterAt(home.page, there);
  await expect(home.page).toHaveURL(new RegExp(`/${slug}$`));
});

test('SIGN-1 OIDC-3 in English without script; cancelled, somebody without an account, and a provider that lies', async ({
  arrive,
  portal,
  database,
}) => {
  test.setTimeout(120_000);
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const { slug } = organisation;
  const { actor } = await signedInPerson(organisation, 'administrator');
  const id = await createAuthenticator(actor, { name: 'Okta', type: 'oidc' });
  const { redirect } = urlsOf(portal.origin, slug, { id, type: 'oidc' }).oidc!;
  const { issuer } = provider;
  const client = { client_id: slug, redirect_uris: [redirect], token_endpoint_auth_method: 'none' as const };
  provider.register({ client });
  const settings = {
    ...{ issuer, authorizationEndpoint: `${issuer}/auth`, tokenEndpoint: `${issuer}/token`, jwksUri: `${issuer}/jwks` },
    ...{ userinfoEndpoint: `${issuer}/me`, clientId: slug, clientAuthentication: 'none', issuerInResponse: true },
  };
  await database`
    update authenticators set settings = ${JSON.stringify(settings)}::text::jsonb, active = true, activated_at = now()
    where id = ${id}`;
  const lea = await makePerson(organisation, { firstName: 'Léa', lastName: 'Roy' });
  await assign(database, organisation, lea.id, id, `claim(email):${lea.email}`);
  const there = known(lea);

  const visit = await arrive({ language: 'en', script: false });
  const { page } = visit;
  await identify(visit, slug, lea);
  await expect(page).toHaveURL((url) => url.origin === issuer);
  await page.getByRole('button', { name: 'Annuler' }).click();
  await expect(page.getByRole('heading', { name: 'The sign-in was cancelled' })).toBeVisible();
  // Whoever was there already is not sent away again by the page itself.
  await page.getByRole('link', { name: 'Try again' }).click();
  await expect(page.getByRole('link', { name: 'Continue to Okta' })).toBeVisible();
  await page.getByRole('link', { name: 'Continue to Okta' }).click();
  await enterAt(page, there);
  await expect(page).toHaveURL(new RegExp(`/${slug}$`));

  const stranger = await makePerson(organisation);
  const cold = await arrive();
  await identify(cold, slug, lea);
  await cold.page.getByRole('button', { name: 'Annuler' }).click();
  await look(cold.page, WORDS.fr.language, 'cancelled');
  await cold.page.getByRole('link', { name: 'Réessayer' }).click();
  await look(cold.page, WORDS.fr.language, 'on the way');
  await identify(cold, slug, lea);
  await enterAt(cold.page, known(stranger));
  await expect(cold.page.getByRole('heading', { name: 'Aucun compte ne vous attend ici' })).toBeVisible();
  await look(cold.page, WORDS.fr.language, 'no account');

  provider.lie = 'other-key';
  const liar = await arrive();
  await identify(liar, slug, lea);
  await enterAt(liar.page, there);
  provider.lie = null;
  await expect(liar.page.getByRole('heading', { name: 'Une réponse n’a pas pu être acceptée' })).toBeVisible();
  const code = (await liar.page.locator('.font-mono').textContent())!;
  const [event] = await database`
    select reason from audit_events where request_id like ${`${code}%`} and action = 'external.refuse'`;
  expect(event).toEqual({ reason: 'oidc.signature' });
});
