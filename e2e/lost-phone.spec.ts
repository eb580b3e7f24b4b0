import type { Organisation } from '@/lib/organisations/model';
import type { BuiltInRole } from '@/lib/policy/permissions';
import { makeEnrolledPerson, makeOrganisation } from './fixtures/people';
import { Phone } from './fixtures/phone';
import { expect, test } from './fixtures/test';
import { remember } from './fixtures/typed';
import { IdentifyScreen } from './screens/identify';
import { PasswordScreen } from './screens/password';
import { VerifyScreen } from './screens/verify';
import type { Visit } from './screens/visit';

interface SomebodyWithPhone {
  readonly email: string;
  readonly password: string;
  readonly phone: Phone;
}

async function makeSomebody(
  organisation: Organisation,
  role: BuiltInRole | null,
  firstName: string,
  lastName: string,
): Promise<SomebodyWithPhone & { readonly id: string }> {
  const person = await makeEnrolledPerson(organisation, { role, firstName, lastName });
  return { ...person, phone: new Phone(person.secret) };
}

async function toTheCode(visit: Visit, slug: string, person: SomebodyWithPhone): Promise<void> {
  const identify = new IdentifyScreen(visit, slug);
  await identify.open();
  await identify.enter(person.email);
  await new PasswordScreen(visit).enter(person.password);
  await new VerifyScreen(visit).arrive();
}

async function signIn(visit: Visit, slug: string, person: SomebodyWithPhone): Promise<void> {
  await toTheCode(visit, slug, person);
  await new VerifyScreen(visit).enter(await person.phone.nextCode());
  await expect(visit.page).toHaveURL(new RegExp(`/${slug}$`));
}

test('RESET-1 RESET-2 Odile resets Léa, who is out at once and enrols anew; herself she can’t, and is told that Marc can', async ({
  arrive,
}) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const { slug } = organisation;
  const odile = await makeSomebody(organisation, 'administrator', 'Odile', 'Tremblay');
  await makeSomebody(organisation, 'administrator', 'Marc', 'Gagnon');
  const lea = await makeSomebody(organisation, null, 'Léa', 'Roy');
  const hers = await arrive();
  await signIn(hers, slug, lea);
  const visit = await arrive();
  await signIn(visit, slug, odile);
  const { page } = visit;

  await page.goto(`/${slug}/settings/accounts/${odile.id}/reset`);
  await expect(page.getByText('un autre administrateur doit le faire : Marc Gagnon peut vous aider.')).toBeVisible();
  await expect(page.getByLabel('Raison')).toHaveCount(0);

  await page.goto(`/${slug}/settings/accounts/${lea.id}`);
  await visit.hand.press(page.getByRole('link', { name: 'Réinitialiser le multi-facteur' }));
  await visit.hand.press(page.getByRole('button', { name: 'Réinitialiser pour Léa Roy' }));
  await expect(page.getByText('Remplissez ce champ.')).toBeVisible();
  await visit.hand.type(page.getByLabel('Raison'), 'Téléphone perdu');
  await visit.hand.press(page.getByRole('button', { name: 'Réinitialiser pour Léa Roy' }));
  await expect(page.getByText('C’est fait pour Léa Roy')).toBeVisible();

  await hers.page.reload();
  await expect(hers.page).toHaveURL(new RegExp(`/${slug}/sign-in`));
  const identify = new IdentifyScreen(hers, slug);
  await identify.open();
  await identify.enter(lea.email);
  await new PasswordScreen(hers).enter(lea.password);
  await expect(hers.page).toHaveURL(new RegExp(`/${slug}/sign-in/enrol$`));
});

test('RESET-3 RESET-4 without script, in English: she asks for help, and gets in with a pass', async ({ arrive }) => {
  const organisation = await makeOrganisation({ internalMFA: 'mandatory' });
  const { slug } = organisation;
  const odile = await makeSomebody(organisation, 'administrator', 'Odile', 'Tremblay');
  const lea = await makeSomebody(organisation, null, 'Léa', 'Roy');
  const hers = await arrive({ language: 'en', script: false });
  await toTheCode(hers, slug, lea);
  await new VerifyScreen(hers).lostPhone();
  await hers.hand.press(hers.page.getByRole('button', { name: 'Send the request' }));
  await expect(hers.page.getByText('Your request has been sent')).toBeVisible();

  const visit = await arrive();
  await signIn(visit, slug, odile);
  const { page } = visit;
  await page.goto(`/${slug}/settings/requests`);
  const request = page.getByRole('article', { name: 'Léa Roy' });
  await expect(request.getByText('Jamais vu pour ce compte')).toBeVisible();
  await visit.hand.press(request.getByRole('link', { name: 'Donner un laissez-passer…' }));
  await visit.hand.type(page.getByLabel('Raison'), 'Téléphone à la maison');
  await visit.hand.press(page.getByRole('button', { name: 'Donner le laissez-passer' }));
  const pass = await page.getByRole('group', { name: 'Laissez-passer de Léa Roy' }).innerText();
  remember(pass);
  expect(pass).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  await page.goto(`/${slug}/settings/requests`);
  await expect(page.getByText('Personne n’attend votre aide.')).toBeVisible();

  await hers.hand.type(hers.page.getByLabel('One-time pass', { exact: true }), pass.toLowerCase());
  await hers.hand.press(hers.page.getByRole('button', { name: 'Sign in', exact: true }));
  await expect(hers.page).toHaveURL(new RegExp(`/${slug}$`));
  // « Révoquer » ends what it opened.
  await page.goto(`/${slug}/settings/accounts/${lea.id}/pass`);
  await visit.hand.press(page.getByRole('button', { name: 'Révoquer' }));
  await expect(page.getByText('Le laissez-passer est révoqué')).toBeVisible();
  await hers.page.reload();
  await expect(hers.page).toHaveURL(new RegExp(`/${slug}/sign-in`));
});
