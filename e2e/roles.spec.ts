import { giveRole, makeRole, signedInPerson } from './fixtures/actors';
import { makeOrganisation, makePerson } from './fixtures/people';
import { expect, test } from './fixtures/test';
import { flaws } from './screens/axe';
import type { Visit } from './screens/visit';

const SAID = {
  fr: {
    roles: 'Rôles',
    options: 'Options',
    create: 'Créer un rôle',
    confirm: 'Créer le rôle',
    name: 'Nom du rôle',
    reset: 'Dépanner le multi-facteur',
    audit: 'Lire le journal',
    created: 'Le rôle est créé. Donnez-le à quelqu’un sur la page de son compte.',
    save: 'Enregistrer le rôle',
    saved: 'Le rôle est enregistré.',
    changed: 'Ce rôle a changé entre-temps',
    added: 'Ajouté : Lire le journal.',
    remove: /Supprimer le rôle/,
    removed: 'Le rôle est supprimé.',
    held: '1 personne a ce rôle.',
    empty: 'Cochez au moins une chose que ce rôle permet.',
    closed: 'Cette page n’est pas pour vous',
    ask: 'Si vous en avez besoin, demandez à Odile Tremblay.',
    builtIn: 'ce rôle vient avec Vestibule',
    auditor: 'Auditeur',
  },
  en: {
    roles: 'Roles',
    options: 'Options',
    create: 'Create a role',
    confirm: 'Create the role',
    name: 'Name of the role',
    reset: 'Help with multi-factor',
    audit: 'Read the log',
    created: 'The role has been created. Give it to somebody on the page of their account.',
    save: 'Save the role',
    saved: 'The role has been saved.',
    changed: 'This role has changed in the meantime',
    added: 'Added: Read the log.',
    remove: /Delete the role/,
    removed: 'The role has been deleted.',
    held: '1 person holds this role.',
    empty: 'Tick at least one thing that this role allows.',
    closed: 'This page is not for you',
    ask: 'If you need it, ask Odile Tremblay.',
    builtIn: 'this role comes with Vestibule',
    auditor: 'Auditor',
  },
} as const;

/** The visit goes on as somebody who signed in a moment ago. */
const enterAs = ({ context }: Visit, origin: string, { token }: { token: string }) =>
  context.addCookies([{ name: 'vestibule.session', value: token, url: origin }]);

for (const [language, script] of [
  ['fr', true],
  ['en', false],
] as const) {
  test(`ACC-4 an administrator makes a role, changes it beside another one, and deletes it (${language}, ${script ? 'with' : 'without'} script)`, async ({
    arrive,
    portal,
  }) => {
    const say = SAID[language];
    const organisation = await makeOrganisation();
    const { slug } = organisation;
    const visit = await arrive({ language, script, width: script ? 1280 : 360 });
    const { page } = visit;
    await enterAs(visit, portal.origin, await signedInPerson(organisation, 'administrator'));
    await page.goto(`/${slug}/settings/roles`);
    await page.getByRole('link', { name: say.create }).click();
    await page.getByLabel(say.name).fill('Réception');
    await page.getByRole('button', { name: say.confirm }).click();
    await expect(page.getByText(say.empty)).toBeVisible();
    await expect(page.getByLabel(say.name), 'what was typed stays').toHaveValue('Réception');
    await page.getByLabel(say.reset, { exact: true }).check();
    await page.getByRole('button', { name: say.confirm }).click();
    await expect(page.getByText(say.created)).toBeVisible();
    await expect(page.getByLabel(say.reset, { exact: true })).toBeChecked();
    await expect(page.getByLabel(say.audit, { exact: true })).not.toBeChecked();

    // Somebody else is quicker: what they changed is told, and one's own choice is still there.
    const other = await visit.context.newPage();
    await other.goto(page.url());
    await other.getByLabel(say.audit, { exact: true }).check();
    await other.getByRole('button', { name: say.save }).click();
    await expect(other.getByText(say.saved)).toBeVisible();
    await page.getByLabel(say.name).fill('Accueil');
    await page.getByRole('button', { name: say.save }).click();
    await expect(page.getByText(say.changed)).toBeVisible();
    await expect(page.getByText(say.added)).toBeVisible();
    await expect(page.getByLabel(say.name)).toHaveValue('Accueil');
    await expect(page.getByLabel(say.audit, { exact: true })).not.toBeChecked();
    await page.getByRole('button', { name: say.save }).click();
    await expect(page.getByText(say.saved)).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Accueil');

    const id = new URL(page.url()).pathname.split('/').at(-1)!;
    const holder = await makePerson(organisation, { firstName: 'Léa', lastName: 'Roy' });
    await giveRole(organisation, holder.id, id);
    await page.reload();
    await expect(page.getByText('Léa Roy')).toBeVisible();
    await expect(page.getByText(say.held).first()).toBeVisible();
    await expect(page.getByRole('button', { name: say.remove })).toHaveCount(0);
    await giveRole(organisation, holder.id, null);
    await page.reload();
    await page.getByRole('button', { name: say.remove }).click();
    await expect(page.getByText(say.removed)).toBeVisible();
    await expect(page.getByRole('link', { name: 'Accueil' })).toHaveCount(0);

    await page.getByRole('link', { name: say.auditor }).click();
    await expect(page.getByText(new RegExp(say.builtIn, 'i'))).toBeVisible();
    await expect(page.getByRole('button', { name: say.save })).toHaveCount(0);
  });

  test(`ACC-4 whoever lacks a permission is told so, and whom to ask: page, act and address (${language}, ${script ? 'with' : 'without'} script)`, async ({
    arrive,
    portal,
    trouble,
  }) => {
    trouble.expect(/403/);
    const say = SAID[language];
    const organisation = await makeOrganisation();
    const { slug } = organisation;
    await makePerson(organisation, { firstName: 'Odile', lastName: 'Tremblay', role: 'administrator' });
    const visit = await arrive({ language, script });
    const { page } = visit;
    const auditor = await signedInPerson(organisation, 'auditor');
    await enterAs(visit, portal.origin, auditor);
    await page.goto(`/${slug}`);
    await page.getByText('Menu').first().click();
    await expect(page.getByRole('link', { name: say.roles, exact: true })).toHaveCount(0);
    await expect(page.getByRole('link', { name: say.options, exact: true })).toHaveCount(0);
    const closed = async (path: string) => {
      expect((await page.goto(path))!.status()).toBe(403);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(say.closed);
      await expect(page.getByText(say.ask)).toBeVisible();
    };
    await closed(`/${slug}/settings/roles`);
    await closed(`/${slug}/settings/options`);
    for (const colorScheme of script ? (['light', 'dark'] as const) : []) {
      await page.emulateMedia({ colorScheme });
      expect(await flaws(page)).toEqual([]);
    }

    // The room was open when the page was drawn, and is closed when the form is sent.
    const keeper = await signedInPerson(organisation, ['roles.manage']);
    await enterAs(visit, portal.origin, keeper);
    await page.goto(`/${slug}/settings/roles/new`);
    await page.getByLabel(say.name).fill('Pour moi');
    await giveRole(organisation, keeper.id, await makeRole(organisation, ['audit.read']));
    await page.getByRole('button', { name: say.confirm }).click();
    await expect(page.getByText(say.ask)).toBeVisible();
    // What a script leads to is no blank either: the language is changed on a page that has closed meanwhile.
    await giveRole(organisation, keeper.id, await makeRole(organisation, ['roles.manage']));
    await page.goto(`/${slug}/settings/roles`);
    await giveRole(organisation, keeper.id, null);
    await page.getByRole('button', { name: language === 'fr' ? 'English' : 'Français' }).click();
    const there = SAID[language === 'fr' ? 'en' : 'fr'];
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(there.closed);
    await expect(page.getByText(there.ask)).toBeVisible();
  });
}
