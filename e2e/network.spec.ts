import { makeOrganisation, makePerson, enterPassword, visitorAt } from './fixtures/people';
import { signedInPerson } from './fixtures/actors';
import { HandMadeClient, actionOfBuild } from './fixtures/hand-made';
import { startInstance } from './fixtures/instances';
import { expect, test } from './fixtures/test';
import http from 'node:http';
import { filterInput, locationInput, ruleInput, saveFilter, saveLocation, saveRule } from '@/lib/locations/service';

/** Asks from one of this machine's own addresses: 127.0.0.1 and 127.0.0.2 are two places to the portal. */
function askFrom(
  localAddress: string,
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const request = http.request(
      {
        host: '127.0.0.1',
        port: target.port,
        path: target.pathname + target.search,
        method,
        localAddress,
        agent: false,
        headers: { host: target.host, 'accept-language': 'fr', ...headers },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode!, text }));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

test.describe('LOC-4 from where', () => {
  test('LOC-4 a session opened in the office is refused outside at its next request: page, action, route, prefetch; no header changes it', async ({
    portal,
  }) => {
    const organisation = await makeOrganisation({ internalMFA: 'off' });
    const { actor } = await signedInPerson(organisation, 'administrator');
    const here = { ...actor, origin: { ...actor.origin, address: '127.0.0.1' } };
    const office = await saveLocation(here, null, locationInput.parse({ ...NOWHERE, name: 'Bureau' }));
    await saveRule(here, office, null, ruleInput.parse({ name: 'Porte', type: 'list', definition: '127.0.0.1' }));
    const person = await makePerson(organisation);
    const { outcome } = await enterPassword(visitorAt(organisation), person);
    const cookie = `vestibule.session=${outcome.session!.token}`;
    const home = `${portal.origin}/${organisation.slug}`;

    expect((await askFrom('127.0.0.2', home, { headers: { cookie } })).status).toBe(200);
    await saveFilter(
      here,
      { kind: 'employee' },
      filterInput.parse({ mode: 'block', applies: 'request', locationIds: [office] }),
    );
    expect((await askFrom('127.0.0.1', home, { headers: { cookie } })).status).toBe(200);

    const refused = await askFrom('127.0.0.2', home, { headers: { cookie } });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('127.0.0.2');
    const forged = {
      'x-forwarded-for': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
      forwarded: 'for=127.0.0.1',
      'x-client-ip': '127.0.0.1',
      'x-vestibule-peer': '127.0.0.1',
      'cf-connecting-ip': '127.0.0.1',
      'true-client-ip': '127.0.0.1',
    };
    for (const [path, more] of [
      ['', { ...forged }],
      ['/account', {}],
      ['/account/picture', {}],
      ['/nowhere/at/all', {}],
      ['?_rsc=1', { rsc: '1', 'next-router-prefetch': '1' }],
      ['', { purpose: 'prefetch' }],
      ['', { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' }],
    ] as const) {
      const answer = await askFrom('127.0.0.2', `${home}${path}`, { headers: { cookie, ...more } });
      expect(answer.status, path).toBe(403);
      expect(answer.text, path).not.toContain(person.email);
    }
    const posted = await askFrom('127.0.0.2', home, {
      method: 'POST',
      headers: {
        cookie,
        origin: portal.origin,
        'content-type': 'text/plain;charset=UTF-8',
        'next-action': '00'.repeat(21),
      },
      body: '[]',
    });
    expect(posted.status).toBe(403);
    // What stands before a session stays open to all.
    expect((await askFrom('127.0.0.2', `${home}/sign-in`, { headers: { cookie } })).status).toBe(200);
    expect((await askFrom('127.0.0.2', `${portal.origin}/`, { headers: { cookie } })).status).toBe(200);
  });

  test('LOC-4 the right password from a wrong place: refused with the address that was seen, and nothing of a code', async ({
    portal,
    arrive,
    trouble,
  }) => {
    trouble.expect(/console: Failed to load resource.* 403/);
    const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
    const { actor } = await signedInPerson(organisation, 'administrator');
    const far = await saveLocation(actor, null, locationInput.parse({ ...NOWHERE, name: 'Ailleurs' }));
    await saveRule(
      actor,
      far,
      null,
      ruleInput.parse({ name: 'Loin', type: 'list', definition: actor.origin.address! }),
    );
    await saveFilter(
      actor,
      { kind: 'employee' },
      filterInput.parse({ mode: 'block', applies: 'request', locationIds: [far] }),
    );
    const person = await makePerson(organisation);
    for (const [language, words] of [
      ['fr', /n’est pas permise depuis (127\.0\.0\.1|::1)\./],
      ['en', /from (127\.0\.0\.1|::1) is not allowed/],
    ] as const) {
      const { page } = await arrive({ language, script: language === 'fr' });
      await page.goto(`${portal.origin}/${organisation.slug}/sign-in`);
      await page.locator('input[name=identifier]').fill(person.username);
      await page.locator('main button[type=submit]').first().click();
      await page.locator('input[name=password]').fill(person.password);
      await page.locator('main button[type=submit]').first().click();
      await expect(page.getByText(words)).toBeVisible();
      await expect(page).toHaveURL(/\/sign-in\/refused$/);
    }
  });
});

const NOWHERE = { country: '', latitude: '', longitude: '', timeZone: '' };

test('GUARD-2 the instance at which a filter was saved is killed: those that live put it back at its end, once, by themselves', async ({
  portal,
  database,
  logs,
}) => {
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const { slug } = organisation;
  const { token, actor } = await signedInPerson(organisation, 'administrator');
  const office = await saveLocation(actor, null, locationInput.parse({ ...NOWHERE, name: 'Bureau' }));
  await saveRule(actor, office, null, ruleInput.parse({ name: 'Ici', type: 'list', definition: '127.0.0.1' }));
  const person = await makePerson(organisation);
  const outside = new HandMadeClient(portal.origin, { from: '127.0.0.2' });
  await outside.signIn(slug, person);
  const statusOutside = async (at: string) => (await outside.at(at).get(`/${slug}`)).status;

  const doomed = await startInstance(portal.settings);
  logs.add(doomed.log);
  const administrator = new HandMadeClient(portal.origin, { at: doomed.address });
  administrator.cookies.set('vestibule.session', token);
  const filter = { subject: 'employee', mode: 'block', applies: 'request', button: 'save', at0: office };
  const room = `/${slug}/settings/locations`;
  const saved = await administrator.call(actionOfBuild('saveOneFilter', /locations/).id, room, filter);
  expect(saved.headers['x-action-redirect']).toContain('done=filter');
  process.kill(doomed.pid, 'SIGKILL');
  await doomed.stop();
  await expect(administrator.get(room), 'it is gone').rejects.toThrow();

  for (const at of [portal.origin, portal.second]) expect(await statusOutside(at), 'in force').toBe(403);
  // Longer than the living ones wait between two rounds.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(await statusOutside(portal.second), 'before its time').toBe(403);
  await database`update pending_changes set confirm_until = now() where organisation_id = ${organisation.id}`;
  await expect.poll(() => statusOutside(portal.second), { timeout: 10_000 }).toBe(200);
  expect(await statusOutside(portal.origin)).toBe(200);
  // Another round of both: nothing is put back twice.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const events = await database`
    select actor_kind, outcome, reason from audit_events
    where organisation_id = ${organisation.id} and action = 'change.roll-back'`;
  expect(events).toMatchObject([{ actor_kind: 'system', outcome: 'success', reason: 'not-confirmed' }]);
  expect(events).toHaveLength(1);
  const left = await database`select 1 from network_filters where organisation_id = ${organisation.id}`;
  expect(left).toHaveLength(0);
  const living = new HandMadeClient(portal.origin);
  living.cookies.set('vestibule.session', token);
  const { body } = await living.get(`/${slug}/settings/audit`);
  expect(body.includes('Changement annulé, faute de confirmation'), 'and the page says so').toBe(true);
});

test.describe('LOC-1 the room of locations', () => {
  test('LOC-1 LOC-2 LOC-8 GUARD-2 a location, its rules, « Autoriser mon adresse », a filter kept from a fresh request', async ({
    portal,
    arrive,
  }) => {
    const organisation = await makeOrganisation({ internalMFA: 'off' });
    const { token } = await signedInPerson(organisation, 'administrator');
    const { page, context } = await arrive({ language: 'fr' });
    await context.addCookies([{ name: 'vestibule.session', value: token, url: portal.origin }]);
    await page.goto(`${portal.origin}/${organisation.slug}/settings/locations`);
    await expect(page.getByText(/le serveur la voit.*(127\.0\.0\.1|::1)$/)).toBeVisible();
    await page.getByRole('link', { name: 'Nouvel emplacement' }).click();
    await page.getByLabel('Nom', { exact: true }).fill('Bureau de Laval');
    await page.getByRole('button', { name: 'Enregistrer' }).click();
    await expect(page.getByText('Ajoutez-lui ses règles')).toBeVisible();

    await page.getByLabel('Nom de la règle').fill('Salle du personnel');
    const definition = page.getByLabel('Définition de la règle');
    await definition.fill('10.0.0.1\n010.0.0.2');
    await page.getByRole('button', { name: 'Enregistrer la règle' }).click();
    await expect(page.getByText('« 010.0.0.2 »')).toBeVisible();
    await expect(definition).toHaveValue('10.0.0.1\n010.0.0.2');
    await definition.fill('10.0.0.1\n10.0.0.2');
    await page.getByRole('button', { name: 'Enregistrer la règle' }).click();
    await expect(page.getByText('10.0.0.1, 10.0.0.2')).toBeVisible();

    await page.getByRole('button', { name: 'Autoriser mon adresse' }).click();
    await expect(page.getByText(/^Mon adresse (127\.0\.0\.1|::1)$/)).toBeVisible();

    await page.goto(`${portal.origin}/${organisation.slug}/settings/locations`);
    const employees = page.locator('#filter-employee');
    await employees.locator('summary').click();
    await employees.getByLabel('Bureau de Laval').check();
    await employees.getByLabel('Ailleurs', { exact: true }).selectOption('block');
    await employees.getByRole('button', { name: 'Voir l’effet' }).click();
    await expect(employees.getByText('Qui serait arrêté')).toBeVisible();
    await expect(employees.getByText('Maintenant : 1 personne')).toBeVisible();
    await expect(employees.getByText('Depuis 30 jours : personne.')).toBeVisible();
    await expect(employees.getByLabel('Bureau de Laval'), 'the draft stays').toBeChecked();
    await expect(employees.getByLabel('Ailleurs', { exact: true })).toHaveValue('block');
    await employees.getByRole('button', { name: 'Enregistrer le filtre' }).click();
    await expect(page.getByText('Garder ce changement')).toBeVisible();
    await page.getByRole('button', { name: 'Garder' }).click();
    await expect(page.getByText('Le changement est gardé.')).toBeVisible();
    await expect(page.getByText('Garder ce changement')).toBeHidden();
  });

  test('LOC-9 GUARD-1 without script, in English: a filter that would shut its author out is refused; an exception ends by hand', async ({
    portal,
    arrive,
  }) => {
    const organisation = await makeOrganisation({ internalMFA: 'off' });
    const { token, actor } = await signedInPerson(organisation, 'administrator');
    const far = await saveLocation(actor, null, locationInput.parse({ ...NOWHERE, name: 'Branch' }));
    await saveRule(actor, far, null, ruleInput.parse({ name: 'Far', type: 'list', definition: '198.51.100.1' }));
    const person = await makePerson(organisation);
    const { page, context } = await arrive({ language: 'en', script: false });
    await context.addCookies([{ name: 'vestibule.session', value: token, url: portal.origin }]);
    await page.goto(`${portal.origin}/${organisation.slug}/settings/locations`);
    const employees = page.locator('#filter-employee');
    await employees.locator('summary').click();
    await employees.getByLabel('Branch').check();
    await employees.getByLabel('Elsewhere').selectOption('block');
    await employees.getByRole('button', { name: 'Save the filter' }).click();
    await expect(page.getByText(/This change would shut you out: you come from (127\.0\.0\.1|::1)\./)).toBeAttached();

    await page.goto(`${portal.origin}/${organisation.slug}/settings/locations`);
    await page.getByLabel('Email or username').fill(person.username);
    await page.getByLabel('Reason').fill('Training');
    await page.getByRole('button', { name: 'Grant the exception' }).click();
    await expect(page.getByText('Training')).toBeVisible();
    await page.getByRole('button', { name: /^End the exception/ }).click();
    await expect(page.getByText('No exception at the moment.')).toBeVisible();
  });
});
