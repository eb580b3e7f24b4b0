import { createAuthenticator, listAuthenticators } from '@/lib/authenticators/service';
import { locationInput, ruleInput, saveLocation, saveRule } from '@/lib/locations/service';
import { PAGES, permissionOf } from '@/lib/policy/access';
import { makeRole, signedInPerson } from './fixtures/actors';
import { makeEnrolledPerson, makeOrganisation, makePerson } from './fixtures/people';
import { expect, test } from './fixtures/test';
import { look } from './screens/look';
import { WORDS } from './screens/words';

/** What stands in the place of an id, below each room that has one. Events and imports are looked at where they are made. */
const ROOMS_WITH_IDS = [
  'accounts/[id]',
  'roles/[id]',
  'locations/[id]',
  // Only passwords can be demanded anew: of the system authenticator that is there from the start.
  'authenticators/[id]/new-passwords',
  'authenticators/[id]',
] as const;

for (const language of ['fr', 'en'] as const) {
  test(`LOOK-2 axe finds nothing in any room of the settings, light and dark, and none scrolls sideways, ${language}`, async ({
    arrive,
    portal,
  }) => {
    test.setTimeout(180_000);
    const organisation = await makeOrganisation({ internalMFA: 'on-demand', externalMFA: 'mandatory' });
    const { actor, token } = await signedInPerson(organisation, 'administrator');
    const person = await makeEnrolledPerson(organisation);
    await makePerson(organisation, { kind: 'external' });
    const role = await makeRole(organisation, ['mfa.reset'], 'Réception');
    const place = { name: 'Bureau', country: '', latitude: '', longitude: '', timeZone: '' };
    const location = await saveLocation(actor, null, locationInput.parse(place));
    const rule = { name: 'Porte', type: 'list', definition: '203.0.113.7, 203.0.113.8' };
    await saveRule(actor, location, null, ruleInput.parse(rule));
    const authenticator = await createAuthenticator(actor, { name: 'Microsoft 365 du personnel', type: 'oidc' });
    await createAuthenticator(actor, { name: 'Partenaires', type: 'saml' });
    const standard = (await listAuthenticators(actor)).find(({ isDefault }) => isDefault);
    const ids: Record<(typeof ROOMS_WITH_IDS)[number], string> = {
      'accounts/[id]': `accounts/${person.id}`,
      'roles/[id]': `roles/${role}`,
      'locations/[id]': `locations/${location}`,
      'authenticators/[id]/new-passwords': `authenticators/${standard!.id}/new-passwords`,
      'authenticators/[id]': `authenticators/${authenticator}`,
    };
    const pathOf = (page: keyof typeof PAGES) =>
      ROOMS_WITH_IDS.reduce((path, room) => path.replace(room, ids[room]), page.replace('[org]', organisation.slug));
    const rooms = (Object.keys(PAGES) as (keyof typeof PAGES)[])
      .filter((page) => permissionOf(PAGES[page]) !== null)
      .map(pathOf)
      .filter((path) => !path.includes('['));
    expect(rooms.length).toBeGreaterThan(12);

    const { page, context } = await arrive({ language });
    await context.addCookies([{ name: 'vestibule.session', value: token, url: portal.origin }]);
    for (const path of rooms) {
      const answer = await page.goto(path);
      expect(answer?.status(), path).toBe(200);
      await look(page, WORDS[language].language, path.replace(`/${organisation.slug}`, ''));
    }
  });
}
