import { describe, expect, it, vi } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { lettersTo, makeInvitedPerson, tokenTo } from '@/e2e/fixtures/letters';
import { identify, makeOrganisation, makePerson, refusalOf, reread, tally, visitorAt } from '@/e2e/fixtures/people';
import type { Passerby } from '@/lib/actors/model';
import { hashToken } from '@/lib/crypto/tokens';
import { acceptInvitation, findInvitation, renewInvitation } from '@/lib/invitations/service';
import { sendOrganisations } from '@/lib/organisations/service';
import { findOrganisation } from '@/lib/organisations/store';
import { PERMISSIONS } from '@/lib/policy/permissions';
import { findOpenSession } from '@/lib/sessions/store';
import { signUp, type Signup } from './service';

const database = useDatabase();
database.useTwoInstances();

const CHOSEN = 'Une longue phrase à soi';

let places = 0;
/** Somebody at the door, in another house each time. */
function passerby(address = `198.51.100.${(places += 1)}`): Passerby {
  return {
    kind: 'visitor',
    origin: { requestId: 'a-request', address, userAgent: 'Mozilla/5.0 (tests)' },
    locale: 'fr',
    browserToken: null,
    deviceToken: null,
    sessionToken: null,
  };
}

let names = 0;
function signupOf(given: Partial<Signup> = {}): Signup {
  names += 1;
  return {
    name: `École des Tilleuls ${names}`,
    slug: null,
    locale: 'fr',
    timeZone: 'America/Toronto',
    firstName: 'Aïcha',
    lastName: 'Diallo',
    email: `direction${names}@tilleuls.test`,
    ...given,
  };
}

describe('ACC-1 an organisation from nothing', () => {
  it('ACC-1 has its first administrator, who confirms the address and is in with every permission', async () => {
    const signup = signupOf();
    await signUp(passerby(), signup);
    const organisation = await reread(`ecole-des-tilleuls-${names}`);
    expect(organisation).toMatchObject({ name: signup.name, locale: 'fr', timeZone: 'America/Toronto' });
    const [letter] = await lettersTo(database.owner, signup.email);
    expect(letter).toMatchObject({ template: 'signup' });
    const token = await tokenTo(database.owner, signup.email);
    const visitor = visitorAt(organisation);
    expect(await findInvitation(visitor, token)).toMatchObject({ state: 'open', founding: true, firstName: 'Aïcha' });
    const { session } = await acceptInvitation(visitor, { token, password: CHOSEN });
    const opened = await findOpenSession(hashToken(session!.token));
    expect(opened!.account).toMatchObject({ email: signup.email, role: 'administrator' });
    expect([...opened!.account.permissions].toSorted()).toEqual([...PERMISSIONS].toSorted());
    const events = await database.owner`
      select action, actor_kind, address::text from audit_events where organisation_id = ${organisation.id} order by id`;
    expect(events.map(({ action }) => action)).toEqual([
      'organisation.create',
      'account.create',
      'invitation.send',
      'organisation.confirm',
      'invitation.accept',
      'sign-in.complete',
    ]);
    expect(new Set(events.map(({ actor_kind: kind }) => kind))).toEqual(new Set(['visitor']));
    expect(events.every(({ address }) => address !== null)).toBe(true);
  });

  it('ACC-1 nobody is in before the address was confirmed', async () => {
    const signup = signupOf({ slug: 'pas-encore' });
    await signUp(passerby(), signup);
    const organisation = await reread('pas-encore');
    const attempt = await identify(visitorAt(organisation), signup.email);
    expect(attempt).toBeDefined();
    const [row] = await database.owner`
      select a.status, exists (select from passwords p where p.account_id = a.id) as password, o.unconfirmed_since is not null as waits
      from accounts a join organisations o on o.id = a.organisation_id where o.slug = 'pas-encore'`;
    expect(row).toEqual({ status: 'invited', password: false, waits: true });
  });

  it('ACC-1 a short name is made of the name, or refused where it is taken, reserved by the house or makes none', async () => {
    await signUp(passerby(), signupOf({ slug: 'tilleuls' }));
    expect(await refusalOf(signUp(passerby(), signupOf({ slug: 'tilleuls' })))).toBe('organisation.slug-taken');
    for (const name of ['日本学校', 'Signup', 'API', 'É']) {
      expect({ name, refused: await refusalOf(signUp(passerby(), signupOf({ name }))) }).toEqual({
        name,
        refused: 'organisation.slug-needed',
      });
    }
  });

  it('ACC-1 of ten who want the same short name at once one gets it, and nothing is left of the others', async () => {
    const asked = await Promise.all(
      Array.from({ length: 10 }, () => refusalOf(signUp(passerby(), signupOf({ slug: 'le-meme' })))),
    );
    expect(tally(asked)).toEqual({ done: 1, 'organisation.slug-taken': 9 });
    const [row] = await database.owner`
      select count(*)::int as n from accounts a join organisations o on o.id = a.organisation_id where o.slug = 'le-meme'`;
    expect(row!['n']).toBe(1);
  });

  it('ACC-1 an address that is known elsewhere is answered like any other', async () => {
    const known = await makePerson(await makeOrganisation());
    expect(await refusalOf(signUp(passerby(), signupOf({ email: known.email })))).toBe('done');
    expect((await lettersTo(database.owner, known.email)).map(({ template }) => template)).toEqual(['signup']);
  });

  it('ACC-1 five an hour from one address, three letters an hour to one mailbox', async () => {
    const here = `198.51.100.${(places += 1)}`;
    const fromHere = await Promise.all(Array.from({ length: 8 }, () => refusalOf(signUp(passerby(here), signupOf()))));
    expect(tally(fromHere)).toEqual({ done: 5, 'letter.throttled': 3 });
    const toOne = await Promise.all(
      Array.from({ length: 5 }, () => refusalOf(signUp(passerby(), signupOf({ email: 'une@tilleuls.test' })))),
    );
    expect(tally(toOne)).toEqual({ done: 3, 'letter.throttled': 2 });
    expect(await lettersTo(database.owner, 'une@tilleuls.test')).toHaveLength(3);
  });

  it('ACC-1 can be switched off', async () => {
    vi.resetModules();
    vi.stubEnv('SIGNUP', 'off');
    const closed = await import('./service');
    expect(closed.signupIsOpen()).toBe(false);
    await expect(closed.signUp(passerby(), signupOf({ slug: 'ferme' }))).rejects.toMatchObject({ code: 'signup.off' });
    vi.stubEnv('SIGNUP', 'on');
    expect(await findOrganisation('ferme')).toBeNull();
  });

  it('ACC-1 a founder whose link ran out gets another, in the words of a founder', async () => {
    const signup = signupOf({ slug: 'en-retard' });
    await signUp(passerby(), signup);
    const organisation = await reread('en-retard');
    await database.owner`update tickets set expires_at = now() where organisation_id = ${organisation.id}`;
    await renewInvitation(visitorAt(organisation), await tokenTo(database.owner, signup.email));
    const letters = await lettersTo(database.owner, signup.email);
    expect(letters.map(({ template }) => template)).toEqual(['signup', 'signup']);
  });
});

describe('ACC-1 organisations that nobody confirms', () => {
  it('ACC-1 are swept after seven days with all that hangs on them, and no other is', async () => {
    const slugs = ['oubliee', 'recente', 'confirmee'];
    for (const slug of slugs) await signUp(passerby(), signupOf({ slug, email: `${slug}@tilleuls.test` }));
    const confirmed = visitorAt(await reread('confirmee'));
    const token = await tokenTo(database.owner, 'confirmee@tilleuls.test');
    await acceptInvitation(confirmed, { token, password: CHOSEN });
    // Somebody tried the door meanwhile: an attempt, an event.
    const forgotten = await reread('oubliee');
    await identify(visitorAt(forgotten), 'oubliee@tilleuls.test');
    await database.owner`
      insert into throttles (organisation_id, purpose, subject_hash, failures, consecutive_failures, window_started_at)
      values (${forgotten.id}, 'password', '\\x01', 1, 1, now())`;
    await database.owner`update organisations set unconfirmed_since = now() - interval '8 days' where slug = 'oubliee'`;
    await database.restricted`select seal_audit_events()`;
    const [swept] = await database.restricted`select sweep_unfinished() as n`;
    expect(swept!['n']).toBe(1);
    expect(await Promise.all(slugs.map(async (slug) => (await findOrganisation(slug)) !== null))).toEqual([
      false,
      true,
      true,
    ]);
    for (const table of ['accounts', 'tickets', 'mails', 'sign_in_attempts', 'throttles', 'authenticators', 'roles']) {
      const [left] = await database.owner`
        select count(*)::int as n from ${database.owner(table)} where organisation_id = ${forgotten.id}`;
      expect({ table, left: left!['n'] }).toEqual({ table, left: 0 });
    }
    // What happened stays written, and the seals go on.
    const [events] = await database.owner`
      select count(*)::int as n from audit_events where organisation_id = ${forgotten.id}`;
    expect(events!['n']).toBeGreaterThan(0);
    await database.restricted`select seal_audit_events()`;
    // The name is free again.
    expect(await refusalOf(signUp(passerby(), signupOf({ slug: 'oubliee' })))).toBe('done');
  });

  it('ACC-3 links are forgotten a month after they ran out, and not before', async () => {
    const organisation = await makeOrganisation();
    const [old, young] = [
      await makeInvitedPerson(database.owner, organisation),
      await makeInvitedPerson(database.owner, organisation),
    ];
    await database.owner`update tickets set expires_at = now() - interval '31 days' where account_id = ${old.id}`;
    await database.owner`update tickets set expires_at = now() - interval '29 days' where account_id = ${young.id}`;
    await database.restricted`select sweep_unfinished()`;
    expect(await findInvitation(visitorAt(organisation), old.token)).toEqual({ state: 'unknown' });
    expect(await findInvitation(visitorAt(organisation), young.token)).toEqual({ state: 'expired' });
  });
});

describe('SIGN-5 the list of one’s organisations', () => {
  it('SIGN-5 goes by letter to the address alone, with every organisation that knows it and no other', async () => {
    const email = 'partout@erables.test';
    const [one, two, three, four] = await Promise.all(
      ['Cèdre', 'Bouleau', 'Aulne', 'Frêne'].map((name) => makeOrganisation({}, { name })),
    );
    await Promise.all([makePerson(one!, { email }), makePerson(two!, { email: 'Partout@Erables.test' })]);
    const suspended = await makePerson(three!, { email });
    await database.owner`update accounts set status = 'suspended' where id = ${suspended.id}`;
    await makePerson(four!, { email: 'autre@erables.test' });
    await signUp(passerby(), signupOf({ email }));
    await sendOrganisations(passerby(), 'PARTOUT@erables.test');
    const letters = await database.owner`
      select organisation_id, address from mails where template = 'organisations'`;
    expect(letters.map((row) => ({ ...row }))).toEqual([{ organisation_id: two!.id, address: 'Partout@Erables.test' }]);
    const [letter] = await lettersTo(database.owner, 'Partout@Erables.test');
    expect(letter).toMatchObject({
      organisations: [
        { name: 'Bouleau', link: `http://localhost:3000/${two!.slug}/sign-in` },
        { name: 'Cèdre', link: `http://localhost:3000/${one!.slug}/sign-in` },
      ],
    });
  });

  it('SIGN-5 is asked for in one sentence, in the same time, and three times an hour', async () => {
    const email = 'une-seule@erables.test';
    await makePerson(await makeOrganisation(), { email });
    const timeOf = async (address: string) => {
      const startedAt = performance.now();
      await sendOrganisations(passerby(), address);
      return performance.now() - startedAt;
    };
    for (const taken of [await timeOf(email), await timeOf('personne@erables.test')]) {
      expect(taken % 250).toBeLessThan(60);
    }
    const asked = await Promise.all(Array.from({ length: 6 }, () => refusalOf(sendOrganisations(passerby(), email))));
    expect(tally(asked)).toEqual({ done: 6 });
    expect(await lettersTo(database.owner, email)).toHaveLength(3);
  });
});
