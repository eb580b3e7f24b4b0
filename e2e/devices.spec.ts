import { makeOrganisation, makePerson, type Person } from './fixtures/people';
import { expect, test } from './fixtures/test';
import { IdentifyScreen } from './screens/identify';
import { PasswordScreen } from './screens/password';
import type { Visit } from './screens/visit';

async function signIn(visit: Visit, slug: string, person: Person): Promise<void> {
  const identify = new IdentifyScreen(visit, slug);
  await identify.open();
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
}

test('LOC-6 Léa’s new browser waits without script, Odile approves it, and revokes it: out at the next request', async ({
  arrive,
}) => {
  const organisation = await makeOrganisation({
    internalMFA: 'off',
    portalMFA: 'off',
    portalDeviceApproval: 'required',
    helpContact: 'name=Sylvie Roy;telephone=418 555-0123',
  });
  const { slug } = organisation;
  const odile = await makePerson(organisation, { role: 'administrator', firstName: 'Odile', lastName: 'Tremblay' });
  const lea = await makePerson(organisation, { kind: 'parent', firstName: 'Léa', lastName: 'Roy' });
  const hers = await arrive({ language: 'en', script: false });
  await signIn(hers, slug, lea);
  await expect(hers.page).toHaveURL(new RegExp(`/${slug}/sign-in/waiting\\?code=[0-9a-f]{8}$`));
  await expect(hers.page.getByRole('heading', { name: 'waiting for your direction’s approval' })).toBeVisible();
  await expect(hers.page.getByText('418 555-0123')).toBeVisible();
  await hers.page.goto(`/${slug}`);
  await expect(hers.page).toHaveURL(new RegExp(`/${slug}/sign-in`));

  const visit = await arrive();
  await signIn(visit, slug, odile);
  await expect(visit.page).toHaveURL(new RegExp(`/${slug}$`));
  await visit.page.goto(`/${slug}/settings/devices`);
  await visit.hand.press(visit.page.getByRole('button', { name: /^Approuver : .*Léa Roy$/ }));
  await expect(visit.page.getByText('Le navigateur est approuvé.')).toBeVisible();
  await expect(visit.page.getByText('Aucun navigateur n’attend.')).toBeVisible();

  await hers.page.goto(`/${slug}/sign-in/waiting`);
  await expect(hers.page.getByRole('heading', { name: 'This browser is approved' })).toBeVisible();
  await signIn(hers, slug, lea);
  await expect(hers.page).toHaveURL(new RegExp(`/${slug}$`));

  await visit.page
    .getByRole('article', { name: /Léa Roy/ })
    .getByText('Nommer ce navigateur')
    .click();
  await visit.hand.type(visit.page.getByRole('textbox', { name: /^Nom : .*Léa Roy$/ }), 'Tablette de la cuisine');
  await visit.hand.press(visit.page.getByRole('button', { name: /^Nommer : .*Léa Roy$/ }));
  await expect(visit.page.getByText('Tablette de la cuisine (')).toBeVisible();
  await visit.hand.press(visit.page.getByRole('button', { name: /^Révoquer : .*Léa Roy$/ }));
  await expect(visit.page.getByText('Le navigateur est révoqué.')).toBeVisible();
  // The browser that she sits at is shown, and can't be revoked.
  await expect(visit.page.getByRole('button', { name: /^Révoquer : .*Odile Tremblay$/ })).toHaveCount(0);

  await hers.page.reload();
  await expect(hers.page).toHaveURL(new RegExp(`/${slug}/sign-in`));
  await signIn(hers, slug, lea);
  await expect(hers.page.getByRole('heading', { name: 'This browser is not accepted' })).toBeVisible();
});
