import { createAuthenticator } from '@/lib/authenticators/service';
import { urlsOf } from '@/lib/authenticators/urls';
import { startSamlProvider, type SamlPerson, type SamlProvider } from '@/scripts/idp/saml';
import { signedInPerson } from './fixtures/actors';
import { assign, keepAnswer, makeExternal } from './fixtures/external';
import { HandMadeClient } from './fixtures/hand-made';
import { makeOrganisation, makePerson, type Person } from './fixtures/people';
import { bombs } from './fixtures/saml-bombs';
import { expect, test } from './fixtures/test';
import { look } from './screens/look';
import type { Visit } from './screens/visit';
import { WORDS } from './screens/words';

const people: SamlPerson[] = [];
let provider: SamlProvider;
test.beforeAll(async () => {
  provider = await startSamlProvider({ people });
});
test.afterAll(() => provider.stop());

function known({ email }: Person): SamlPerson {
  const person = { email, password: 'fournisseur', firstName: 'Léa', lastName: 'Roy' };
  people.push(person);
  return person;
}

/** Types an identifier that leads to the provider. */
async function identify({ page }: Visit, slug: string, { email }: Person): Promise<void> {
  await page.goto(`/${slug}/sign-in`);
  await page.getByRole('textbox').fill(email);
  await page.getByRole('textbox').press('Enter');
  await expect(page).toHaveURL((url) => url.origin === provider.origin);
}

async function enterAt(visit: Visit, { email, password }: SamlPerson): Promise<void> {
  // Whoever has no session there is asked.
  await visit.page.getByLabel('Courriel').fill(email);
  await visit.page.getByLabel('Mot de passe').fill(password);
  await visit.page.getByRole('button', { name: 'Entrer' }).click();
  // Without script a person presses what a script would have.
  if (!visit.script) await visit.page.getByRole('button', { name: 'Continuer' }).click();
}

test.beforeEach(({ trouble }) => {
  // The provider is another site, as in life.
  trouble.expect(new RegExp(`^third party: ${provider.origin}`));
});

test('SAML-1 SAML-3 from the settings page to a signed-in employee; a second key during a rollover', async ({
  arrive,
  portal,
  database,
}) => {
  test.setTimeout(120_000);
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const { slug } = organisation;
  const { actor, token } = await signedInPerson(organisation, 'administrator');
  const id = await createAuthenticator(actor, { name: 'Google Workspace', type: 'saml' });
  const lea = await makePerson(organisation, { firstName: 'Léa', lastName: 'Roy' });
  const there = known(lea);

  const office = await arrive();
  await office.context.addCookies([{ name: 'vestibule.session', value: token, url: portal.origin }]);
  const { page } = office;
  const editor = `/${slug}/settings/authenticators/${id}`;
  await page.goto(editor);
  await expect(page.getByText(`/api/saml/${id}/acs`)).toBeVisible();
  // A private key is refused, said to be exposed, and not sent back.
  await page.getByLabel('Nouveau certificat (PEM)').fill(provider.keys[0]!.privateKey);
  await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
  await expect(page.getByText('C’est une clé privée, jamais un certificat.')).toBeVisible();
  await expect(page.getByLabel('Nouveau certificat (PEM)')).toHaveValue('');
  await page.getByLabel('URL des métadonnées').fill(provider.metadataUrl);
  await page.getByRole('button', { name: 'Enregistrer et activer' }).click();
  await expect(page).toHaveURL(/done=activated/);
  await expect(page.getByText('CN=Fournisseur d’essai')).toBeVisible();
  await look(page, WORDS.fr.language, 'saml');

  await assign(database, organisation, lea.id, id, lea.email);
  const home = await arrive();
  await identify(home, slug, lea);
  await enterAt(home, there);
  await expect(home.page).toHaveURL(new RegExp(`/${slug}$`));

  // The provider changes its key: nobody gets in before it is known here, both count once it is.
  await provider.addKey();
  provider.signWithNewest();
  await database`update authenticators set settings = jsonb_set(settings, '{proposedCertificates}',
    ${JSON.stringify(provider.keys.map(({ certificate }) => certificate))}::text::jsonb) where id = ${id}`;
  await page.goto(editor);
  await page.getByRole('button', { name: 'Accepter les nouvelles clés' }).click();
  await expect(page.getByText('CN=Fournisseur d’essai (suivant)')).toBeVisible();
  const abroad = await arrive({ language: 'en', script: false });
  await identify(abroad, slug, lea);
  await enterAt(abroad, there);
  await expect(abroad.page).toHaveURL(new RegExp(`/${slug}$`));
});

/** Out by the portal's own menu. */
async function signOut({ page, words }: Visit): Promise<void> {
  await page.getByText(words.menu, { exact: true }).click();
  await page.getByRole('button', { name: words.signOut }).click();
}

test('SAML-4 signing out here ends the provider’s session too, by either binding, without script too; and the other way round', async ({
  arrive,
  database,
}) => {
  test.setTimeout(120_000);
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const { slug } = organisation;
  const certificates = provider.keys.map(({ certificate }) => certificate);
  const { entityId, origin, signOutUrl } = provider;
  for (const binding of ['redirect', 'post'] as const) {
    const settings = { entityId, ssoUrl: `${origin}/sso`, ssoBinding: binding, certificates };
    const sloSettings = { sloUrl: signOutUrl, sloBinding: binding };
    const id = await makeExternal(database, organisation, { type: 'saml', settings: { ...settings, ...sloSettings } });
    const person = await makePerson(organisation, { firstName: 'Léa' });
    await assign(database, organisation, person.id, id, person.email);
    const there = known(person);
    provider.signOutBy(binding);
    const visit = await arrive(binding === 'redirect' ? {} : { language: 'en', script: false });
    const { page, script, words } = visit;
    // Without script each of the pages between, ours and the provider's, has a button.
    const press = async (name: string) => (script ? undefined : page.getByRole('button', { name }).click());
    const arriveThere = async () => {
      await page.goto(`/${slug}/sign-in`);
      await page.getByRole('textbox').fill(person.email);
      await page.getByRole('textbox').press('Enter');
      if (binding === 'post') await press(words.continue);
      await expect(page.getByLabel('Mot de passe')).toBeVisible();
    };
    await arriveThere();
    await enterAt(visit, there);
    await expect(page).toHaveURL(new RegExp(`/${slug}$`));
    await signOut(visit);
    await press(words.continue);
    await press('Submit');
    await expect(page).toHaveURL(new RegExp(`/${slug}/sign-in/signed-out\\?state=[^&]+$`));
    await expect(page.getByText(script ? /^Chez .+ aussi\.$/ : /has ended too/)).toBeVisible();

    // The provider asks anew. Then its own sign-out ends the session here.
    await arriveThere();
    await enterAt(visit, there);
    await expect(page).toHaveURL(new RegExp(`/${slug}$`));
    await page.goto(signOutUrl);
    await press('Submit');
    await press(words.continue);
    await expect(page.getByText('La session est terminée partout.')).toBeVisible();
    await page.goto(`/${slug}`);
    await expect(page).toHaveURL(new RegExp(`/${slug}/sign-in`));
    const [event] = await database`
      select reason from audit_events where action = 'session.end' and subject_id = ${person.id}
      order by occurred_at desc limit 1`;
    expect(event).toEqual({ reason: 'ended-by-provider' });
  }
});

test('SAML-4 SAFE-3 next-auth’s own sign-out leads to the provider too', async ({ database, portal }) => {
  const organisation = await makeOrganisation();
  const { actor, token } = await signedInPerson(organisation, null);
  const { entityId, signOutUrl: sloUrl } = provider;
  const authenticatorId = await makeExternal(database, organisation, { type: 'saml', settings: { entityId, sloUrl } });
  const client = new HandMadeClient(portal.origin);
  client.cookies.set('vestibule.session', token);
  await keepAnswer(actor, authenticatorId, { issuer: entityId, tokens: { nameId: 'lea@fournisseur.test' } });
  const { csrfToken } = JSON.parse((await client.get('/api/auth/csrf')).body) as { csrfToken: string };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = `csrfToken=${csrfToken}&callbackUrl=/`;
  const answer = await client.request('POST', '/api/auth/signout', { headers, body });
  const path = `${portal.origin}/${organisation.slug}/sign-in/signed-out`;
  expect(answer.headers.location).toMatch(new RegExp(`^${path}\\?ticket=[A-Za-z0-9_-]{43}$`));
  const away = await client.get(answer.headers.location!.replace(`${portal.origin}`, '').replace('?', '/go?'));
  expect(away.headers.location).toMatch(new RegExp(`^${sloUrl}\\?SAMLRequest=`));
});

test('AUTH-7 what only resembled stands on the account’s page, for whoever manages accounts', async ({
  database,
  portal,
}) => {
  const organisation = await makeOrganisation();
  const id = await makeExternal(database, organisation, { type: 'saml' });
  const person = await makePerson(organisation);
  await assign(database, organisation, person.id, id, person.email);
  const said = `${person.email.toUpperCase()} <b>`;
  const near = (text: string | null) => database`
    update external_identities set near_said = ${text}, near_at = now() where account_id = ${person.id}`;
  const page = async (role: 'account-manager' | 'auditor') => {
    const { token } = await signedInPerson(organisation, role);
    const client = new HandMadeClient(portal.origin);
    client.cookies.set('vestibule.session', token);
    return client.get(`/${organisation.slug}/settings/accounts/${person.id}`);
  };
  await near(said);
  const told = 'Le fournisseur a dit presque la même chose';
  const shown = await page('account-manager');
  expect([shown.status, shown.body.includes(told)]).toEqual([200, true]);
  expect(shown.body).toContain(said.replace('<b>', '&lt;b&gt;'));
  const closed = await page('auditor');
  expect([closed.status, closed.body.includes(told)]).toEqual([403, false]);
  await near(null);
  expect((await page('account-manager')).body).not.toContain(told);
});

test('SAML-1 SAML-5 begun at the provider: « Continuer en tant que … », at the right one of two organisations', async ({
  arrive,
  database,
  portal,
}) => {
  test.setTimeout(90_000);
  const certificates = [provider.keys.at(-1)!.certificate];
  const settings = { entityId: provider.entityId, ssoUrl: `${provider.origin}/sso`, certificates, idpInitiated: true };
  const doors = [];
  for (const name of ['Léa', 'Marc'] as const) {
    const organisation = await makeOrganisation({ internalMFA: 'off' });
    const id = await makeExternal(database, organisation, { type: 'saml', settings });
    const person = await makePerson(organisation, { firstName: name });
    await assign(database, organisation, person.id, id, person.email);
    const urls = urlsOf(portal.origin, organisation.slug, { id, type: 'saml' }).saml!;
    doors.push({ organisation, person, there: known(person), start: provider.startUrl(urls) });
  }
  const [one, other] = doors as [(typeof doors)[0], (typeof doors)[0]];
  const visit = await arrive();
  await visit.page.goto(one.start);
  await enterAt(visit, one.there);
  await expect(visit.page).toHaveURL(new RegExp(`/${one.organisation.slug}/sign-in/provider/continue`));
  await visit.page.getByRole('button', { name: /^Continuer en tant que Léa/ }).click();
  await expect(visit.page).toHaveURL(new RegExp(`/${one.organisation.slug}$`));
  // The same provider vouches for the same person next door: nobody knows them there.
  await visit.page.goto(other.start);
  await expect(visit.page).toHaveURL(new RegExp(`/${other.organisation.slug}/sign-in/provider`));
  await expect(visit.page.getByRole('button', { name: /^Continuer en tant que Marc/ })).toHaveCount(0);
});

test('SAML-2 bombs are answered, everybody else besides, and the process lives', async ({ portal, database }) => {
  test.setTimeout(90_000);
  const organisation = await makeOrganisation();
  const certificates = [provider.keys[0]!.certificate];
  const settings = { entityId: provider.entityId, ssoUrl: `${provider.origin}/sso`, certificates, idpInitiated: true };
  const id = await makeExternal(database, organisation, { type: 'saml', settings });
  const acs = `${portal.origin}/api/saml/${id}/acs`;
  const texts = Object.values(bombs());
  const wait = async () => {
    const begun = performance.now();
    expect((await fetch(`${portal.origin}/healthz`)).status).toBe(200);
    return performance.now() - begun;
  };
  // Nineteen of twenty: what one of them waits besides is the machine's.
  const most = (waits: readonly number[]) => waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.95)]!;
  const before: number[] = [];
  while (before.length < 100) before.push(await wait());
  let throwing = true;
  const statuses: number[] = [];
  const thrown = (async () => {
    for (let index = 0; index < 3 * texts.length; index++) {
      const body = new URLSearchParams({ SAMLResponse: Buffer.from(texts[index % texts.length]!).toString('base64') });
      statuses.push((await fetch(acs, { method: 'POST', body, redirect: 'manual' })).status);
    }
    throwing = false;
  })();
  const waits: number[] = [];
  while (throwing) waits.push(await wait());
  await thrown;
  expect(statuses.filter((status) => status !== 303 && status !== 400)).toEqual([]);
  expect(most(waits)).toBeLessThan(100 + 4 * most(before));
  for (const body of ['', 'SAMLResponse=', 'SAMLResponse=a&SAMLResponse=b', 'x=y']) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await fetch(acs, { method: 'POST', body, headers, redirect: 'manual' })).status).toBe(400);
  }
  expect((await fetch(acs.replace(id, '00000000-0000-4000-8000-000000000000'), { method: 'POST' })).status).toBe(404);
});
