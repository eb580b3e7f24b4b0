import { openSessionOf, signedInPerson } from './fixtures/actors';
import { makeOrganisation, makePerson } from './fixtures/people';
import { expect, test } from './fixtures/test';
import { flaws } from './screens/axe';
import type { Visit } from './screens/visit';

const SAID = {
  fr: {
    create: 'Créer et inviter',
    created: 'Le compte est créé et l’invitation est en route.',
    firstName: 'Prénom',
    lastName: 'Nom',
    email: 'Courriel',
    search: 'Chercher un compte',
    find: 'Chercher',
    nothing: 'Rien ne correspond',
    file: 'Fichier CSV',
    check: 'Vérifier le fichier',
    wrong: '1 ligne est à corriger',
    import: 'Importer 2 comptes',
    imported: '2 comptes sont créés.',
    suspend: 'Suspendre le compte de Mireille Bérubé',
    suspended: 'Le compte est suspendu.',
    own: 'C’est votre propre compte',
    data: 'Mes renseignements',
  },
  en: {
    create: 'Create and invite',
    created: 'The account is made and the invitation is on its way.',
    firstName: 'First name',
    lastName: 'Last name',
    email: 'Email',
    search: 'Find an account',
    find: 'Search',
    nothing: 'Nothing matches',
    file: 'CSV file',
    check: 'Check the file',
    wrong: '1 line needs a correction',
    import: 'Import 2 accounts',
    imported: '2 accounts are made.',
    suspend: 'Suspend the account of Mireille Bérubé',
    suspended: 'The account is suspended.',
    own: 'This is your own account',
    data: 'My data',
  },
} as const;

/** The visit goes on as somebody who signed in a moment ago. */
const enterWith = ({ context }: Visit, origin: string, token: string) =>
  context.addCookies([{ name: 'vestibule.session', value: token, url: origin }]);

const csv = (...lines: string[]) => ({
  name: 'comptes.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(['Prénom;Nom;Courriel;Profil', ...lines].join('\r\n'), 'latin1'),
});

for (const [language, script, theme, width] of [
  ['fr', true, 'light', 1280],
  ['en', false, 'dark', 360],
] as const) {
  test(`ACC-2 ACC-3 ACC-5 an administrator looks after the accounts (${language}, ${script ? 'with' : 'without'} script)`, async ({
    arrive,
    portal,
    database,
  }) => {
    const said = SAID[language];
    const organisation = await makeOrganisation();
    const { token, id: own } = await signedInPerson(organisation, 'administrator');
    const person = await makePerson(organisation, { kind: 'parent' });
    const visit = await arrive({ language, script, theme, width });
    await enterWith(visit, portal.origin, token);
    const { page } = visit;
    const room = `/${organisation.slug}/settings/accounts`;
    const looksWell = async (name: string) => {
      if (process.env['SCREENS'])
        await page.screenshot({ path: `${process.env['SCREENS']}/${name}-${language}.png`, fullPage: true });
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), name).toBe(true);
      if (script) expect(await flaws(page), name).toEqual([]);
    };

    await page.goto(`${room}/new`);
    await page.getByLabel(said.firstName, { exact: true }).fill('Hélène');
    await page.getByLabel(said.lastName, { exact: true }).fill('Côté');
    await page.getByLabel(said.email, { exact: true }).fill('helene.cote@famille.test');
    await looksWell('new');
    await page.getByRole('button', { name: said.create }).click();
    await expect(page.getByText(said.created)).toBeVisible();
    await looksWell('one');
    const mails =
      await database`select template from mails where address = 'helene.cote@famille.test' and organisation_id = ${organisation.id}`;
    expect(mails.map((row) => row['template'])).toEqual(['invitation']);

    await page.goto(room);
    await looksWell('list');
    await page.getByLabel(said.search).fill('helene cot');
    await page.getByRole('button', { name: said.find, exact: true }).click();
    await expect(page.getByRole('link', { name: 'Hélène Côté' })).toBeVisible();
    await expect(page.getByRole('table').getByRole('link', { name: 'Mireille Bérubé' })).toHaveCount(0);
    await page.goto(`${room}?q=personne-ici`);
    await expect(page.getByText(said.nothing)).toBeVisible();
    await looksWell('nothing');

    await page.goto(`${room}/import`);
    await looksWell('import');
    await page.getByLabel(said.file).setInputFiles(csv('Zoë;Roy;zoe@x.test;parent', 'Léa;Roy;pas-un-courriel;employé'));
    await page.getByRole('button', { name: said.check }).click();
    await expect(page.getByText(said.wrong)).toBeVisible();
    await looksWell('report');
    await page.goto(`${room}/import`);
    await page.getByLabel(said.file).setInputFiles(csv('Zoë;Roy;zoe@x.test;parent', 'Léa;Roy;lea@x.test;employé'));
    await page.getByRole('button', { name: said.check }).click();
    await looksWell('ready');
    await page.getByRole('button', { name: said.import }).click();
    await expect(page.getByText(said.imported)).toBeVisible();
    await looksWell('imported');
    await expect
      .poll(
        async () =>
          (await database`select from mails where organisation_id = ${organisation.id} and address like '%@x.test'`)
            .length,
      )
      .toBe(2);

    const theirs = await arrive({ language });
    await enterWith(theirs, portal.origin, await openSessionOf(organisation, person.id));
    await theirs.page.goto(`/${organisation.slug}/account`);
    await expect(theirs.page).toHaveURL(/\/account$/);
    await page.goto(`${room}/${person.id}/suspend`);
    await looksWell('suspend');
    await page.getByRole('button', { name: said.suspend }).click();
    await expect(page.getByText(said.suspended)).toBeVisible();
    await looksWell('suspended');
    await theirs.page.goto(`/${organisation.slug}/account`);
    await expect(theirs.page).toHaveURL(/\/sign-in/);
    await page.goto(`${room}/${person.id}/delete`);
    await looksWell('delete');

    await page.goto(`${room}/${own}`);
    await expect(page.getByText(said.own)).toBeVisible();
    await looksWell('own');
    await page.goto(`/${organisation.slug}/account/data`);
    await expect(page.getByRole('heading', { name: said.data, level: 1 })).toBeVisible();
    await looksWell('data');
  });
}
