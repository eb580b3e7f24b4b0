import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { makeOrganisation, makePerson, operatorOf } from './fixtures/people';
import { openSessionOf } from './fixtures/actors';
import { expect, test } from './fixtures/test';
import { flaws } from './screens/axe';
import type { Visit } from './screens/visit';
import { setOption } from '@/lib/options/service';
import type { Organisation } from '@/lib/organisations/model';

const WORDS = {
  fr: {
    title: 'Journal',
    filter: 'Filtrer',
    search: 'Chercher',
    clear: 'Retirer les filtres',
    person: 'Personne',
    group: 'Sujet',
    outcome: 'Résultat',
    from: 'Du',
    older: 'Plus anciens',
    newer: 'Plus récents',
    nothing: 'Rien ne correspond',
    unknown: 'Personne ici n’a ce courriel ou ce nom d’utilisateur.',
    optionChanged: 'Option changée',
    graceChanged: 'Délai pour configurer la MFA\u00a0: 0 → 3',
    created: 'Compte créé',
    code: 'Code de soutien',
    csv: 'Exporter en CSV',
    exported: 'Journal exporté',
    concerns: 'Ce qui concerne Léa Roy.',
  },
  en: {
    title: 'Audit log',
    filter: 'Filter',
    search: 'Search',
    clear: 'Remove the filters',
    person: 'Person',
    group: 'Subject',
    outcome: 'Outcome',
    from: 'From',
    older: 'Older',
    newer: 'Newer',
    nothing: 'Nothing matches',
    unknown: 'Nobody here has this email or username.',
    optionChanged: 'Option changed',
    graceChanged: 'Time to set MFA up: 0 → 3',
    created: 'Account created',
    code: 'Support code',
    csv: 'Export as CSV',
    exported: 'Audit log exported',
    concerns: 'What concerns Léa Roy.',
  },
} as const;

/** Opens a session as after a full sign-in: how one gets there is the story of other journeys. */
async function enter(visit: Visit, organisation: Organisation, accountId: string, origin: string): Promise<void> {
  const value = await openSessionOf(organisation, accountId);
  await visit.context.addCookies([{ name: 'vestibule.session', value, url: origin, httpOnly: true, sameSite: 'Lax' }]);
}

for (const language of ['fr', 'en'] as const) {
  for (const script of [true, false]) {
    test(`AUD-2 an auditor finds, reads and takes along what happened, ${language}${script ? '' : ', without script'}`, async ({
      arrive,
      portal,
      database,
    }) => {
      const words = WORDS[language];
      const organisation = await makeOrganisation();
      const auditor = await makePerson(organisation, { role: 'auditor', firstName: 'Karim', lastName: 'Benali' });
      const lea = await makePerson(organisation, { firstName: 'Léa', lastName: 'Roy' });
      await setOption(operatorOf(organisation), 'mfaGraceDays', 3);
      await database`
        insert into audit_events (organisation_id, occurred_at, action, outcome, actor_kind, subject_id, address, request_id)
        select ${organisation.id}, now() - n * interval '1 hour', 'sign-in.password', 'failure', 'visitor', ${lea.id},
          '203.0.113.7', 'code-' || n from generate_series(1, 60) n`;
      const visit = await arrive({ language, script });
      const { page } = visit;
      await enter(visit, organisation, auditor.id, portal.origin);
      // Home has a door to what the role allows.
      await page.goto(`/${organisation.slug}`);
      await page.locator('main').locator(`a[href^="/${organisation.slug}/settings/"]`).click();
      await expect(page).toHaveURL(/\/settings\/\w+$/);
      await page.goto(`/${organisation.slug}/settings/audit`);
      await expect(page.getByRole('heading', { level: 1, name: words.title })).toBeVisible();
      await expect(page.getByRole('row')).toHaveCount(51);
      await expect(page.getByText(words.graceChanged)).toBeVisible();

      await page.getByRole('link', { name: words.older }).click();
      await expect(page.getByRole('link', { name: words.older })).toHaveCount(0);
      await expect(page.getByRole('row')).toHaveCount(15);
      await page.getByRole('link', { name: words.newer }).click();
      await expect(page.getByRole('row')).toHaveCount(51);

      await page.locator('summary', { hasText: words.filter }).click();
      await page.getByLabel(words.person).fill(lea.email);
      await page.getByLabel(words.group).selectOption('account');
      await page.getByRole('button', { name: words.search }).click();
      await expect(page.getByText(words.concerns)).toBeVisible();
      await expect(page.getByRole('row')).toHaveCount(2);
      const downloading = page.waitForEvent('download');
      await page.getByRole('button', { name: words.csv }).click();
      const download = await downloading;
      expect(download.suggestedFilename()).toMatch(/^journal-garderie-[0-9a-f]+-\d{4}-\d\d-\d\d\.csv$/);
      const rows = parse(await readFile(await download.path()), { bom: true, columns: true }) as object[];
      expect(rows).toMatchObject([{ action: 'account.create', subject_name: 'Léa Roy', actor_kind: 'operator' }]);

      await page.getByRole('link', { name: words.created }).click();
      await expect(page.getByRole('heading', { level: 1, name: words.created })).toBeVisible();
      await expect(page.getByText(lea.id)).toBeVisible();

      await page.goto(`/${organisation.slug}/settings/audit?code=code-7`);
      await expect(page.getByRole('row')).toHaveCount(2);
      await page.locator('summary', { hasText: words.filter }).click();
      await page.getByLabel(words.person).fill('personne@erables.test');
      await page.getByRole('button', { name: words.search }).click();
      await expect(page.getByText(words.unknown)).toBeVisible();
      await expect(page.getByRole('heading', { name: words.nothing })).toBeVisible();
      await page.getByRole('link', { name: words.clear }).click();
      await expect(page.getByRole('link', { name: words.exported })).toBeVisible();
    });
  }

  test(`LOOK-2 axe finds nothing in the audit, light and dark, wide and narrow, ${language}`, async ({
    arrive,
    portal,
  }) => {
    const organisation = await makeOrganisation();
    const auditor = await makePerson(organisation, { role: 'auditor' });
    const { id } = await makePerson(organisation);
    const visit = await arrive({ language });
    const { page } = visit;
    await enter(visit, organisation, auditor.id, portal.origin);
    const room = `/${organisation.slug}/settings/audit`;
    await page.goto(room);
    const event = await page.getByRole('link', { name: WORDS[language].created }).first().getAttribute('href');
    for (const place of [room, `${room}?person=${id}`, `${room}?from=hier`, `${room}?outcome=refused`, event!]) {
      await page.goto(place);
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect.soft(wider, `${place}: wider than ${width} px`).toBeLessThanOrEqual(0);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          expect.soft(await flaws(page), `${place}, ${colorScheme}, ${width}`).toEqual([]);
        }
      }
    }
  });
}

test('ACC-4 ACC-6 whoever may not read the audit meets a sentence, another organisation’s event is not there', async ({
  arrive,
  portal,
  trouble,
  database,
}) => {
  trouble.expect(/console: Failed to load resource.* (403|404)/);
  const [organisation, other] = [await makeOrganisation(), await makeOrganisation()];
  const [auditor, manager] = [
    await makePerson(organisation, { role: 'auditor' }),
    await makePerson(organisation, { role: 'account-manager' }),
  ];
  const visit = await arrive();
  const room = `/${organisation.slug}/settings/audit`;
  await enter(visit, organisation, manager.id, portal.origin);
  expect((await visit.page.goto(room))?.status()).toBe(403);
  expect((await visit.page.goto(`${room}/1`))?.status()).toBe(403);
  const refused = await visit.context.request.post(`${room}/export`, {
    form: { format: 'csv' },
    headers: { origin: portal.origin },
  });
  expect(refused.status()).toBe(403);

  await enter(visit, organisation, auditor.id, portal.origin);
  const [foreign] = await database`select id from audit_events where organisation_id = ${other.id} limit 1`;
  expect((await visit.page.goto(`${room}/${foreign!['id'] as string}`))?.status()).toBe(404);
  expect((await visit.page.goto(`${room}/nothing`))?.status()).toBe(404);
  const elsewhere = await visit.context.request.post(`${room}/export`, {
    form: { format: 'csv' },
    headers: { origin: 'https://evil.test' },
  });
  expect(elsewhere.status()).toBe(403);
  const malformed = await visit.context.request.post(`${room}/export`, {
    form: { format: 'xml' },
    headers: { origin: portal.origin },
  });
  expect(malformed.status()).toBe(400);
});
