import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openSessionOf, signedInPerson, actorOfToken, makeRole } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import {
  enterPassword,
  identify,
  makeOrganisation,
  makePerson,
  refusalOf,
  reread,
  tally,
  visitorAt,
} from '@/e2e/fixtures/people';
import { rollBackOverdueChanges, keepChange } from '@/lib/changes/service';
import { inOrganisation } from '@/lib/db/in-organisation';
import { requestPasswordReset } from '@/lib/forgotten/service';
import type { Organisation } from '@/lib/organisations/model';
import { submitPassword } from '@/lib/sign-in/service';
import { createInvitedAccount } from '@/lib/accounts/administration';
import { systemChange, systemInput } from './input';
import { writeWaitingNotices } from './notices/service';
import { addPerson } from './people/service';
import {
  activateAuthenticator,
  createAuthenticator,
  deactivateAuthenticator,
  listAuthenticators,
  makeDefaultAuthenticator,
  previewDeactivation,
  reactivateAuthenticator,
  removeDraft,
  saveAuthenticator,
  saveDefaults,
  viewAuthenticator,
} from './service';
import type { Actor } from '@/lib/actors/model';
import { startOidcProvider } from '@/scripts/idp/oidc';

const database = useDatabase();

async function house() {
  const organisation = await makeOrganisation({ internalMFA: 'off' });
  const { actor, id: administrator } = await signedInPerson(organisation, 'administrator');
  const other = await active(actor, 'Deuxième');
  return { organisation, actor, administrator, other };
}

async function active(actor: Actor, name: string): Promise<string> {
  const id = await createAuthenticator(actor, { name, type: 'system' });
  await activateAuthenticator(actor, id);
  return id;
}

const served = async (organisation: Organisation, actor: Actor, authenticator: string) => {
  const person = await makePerson(organisation);
  await addPerson(actor, authenticator, person.username);
  return person;
};

const change = (fields: Record<string, string>) =>
  systemChange(
    systemInput.parse({
      authenticator: '00000000-0000-4000-8000-000000000000',
      seenAt: new Date().toISOString(),
      name: 'Deuxième',
      ...fields,
    }),
  );
const save = async (actor: Actor, id: string, fields: Record<string, string>) => {
  const { authenticator } = await viewAuthenticator(actor, id);
  return saveAuthenticator(actor, id, authenticator.updatedAt, change({ name: authenticator.name, ...fields }));
};

describe('AUTH-6 deactivation', () => {
  it('AUTH-6 shows who loses access; afterwards nobody signs in, resets or is invited, and sessions have ended', async () => {
    const { organisation, actor, other } = await house();
    const person = await served(organisation, actor, other);
    const visitor = visitorAt(organisation);
    await openSessionOf(organisation, person.id);
    const attempt = await identify(visitor, person.email);
    expect(await previewDeactivation(actor, other)).toEqual({
      name: 'Deuxième',
      served: 1,
      names: ['Mireille Bérubé'],
      sessions: 1,
      against: null,
    });
    expect(await deactivateAuthenticator(actor, other, null)).toBe(1);
    const [left] = await database.owner`
      select (select count(*)::int from sessions where account_id = ${person.id}) as sessions,
        (select count(*)::int from sign_in_attempts where account_id = ${person.id}) as attempts`;
    expect(left).toEqual({ sessions: 0, attempts: 0 });
    expect(await refusalOf(submitPassword(visitor, { attempt, password: person.password }))).toBe('sign-in.expired');
    expect(await refusalOf(enterPassword(visitorAt(organisation), person))).toBe('sign-in.wrong-password');
    await requestPasswordReset(visitorAt(organisation), person.email);
    const tickets = await database.owner`select 1 from tickets where account_id = ${person.id}`;
    expect(tickets).toHaveLength(0);
    // Reactivated, they come in as before; a session of before does not come to life.
    await reactivateAuthenticator(actor, other);
    await enterPassword(visitorAt(organisation), person);
  });

  it('AUTH-6 people are told by letter, once, unless that is held back', async () => {
    const { organisation, actor, other } = await house();
    const person = await served(organisation, actor, other);
    const letters = async () =>
      (await database.owner`select template from mails where account_id = ${person.id}`).map(
        ({ template }) => template as string,
      );
    await deactivateAuthenticator(actor, other, 'Ils sont prévenus de vive voix');
    await writeWaitingNotices();
    expect(await letters()).toEqual([]);
    await reactivateAuthenticator(actor, other);
    await deactivateAuthenticator(actor, other, null);
    await Promise.all([writeWaitingNotices(), writeWaitingNotices(), writeWaitingNotices()]);
    expect(await letters()).toEqual(['access-lost']);
    const events = await database.owner`
      select details->>'reason' as reason, details->'told' as told from audit_events
      where organisation_id = ${organisation.id} and action = 'authenticator.deactivate' order by id`;
    expect(events.map(({ reason, told }) => [reason, told])).toEqual([
      ['Ils sont prévenus de vive voix', false],
      [null, true],
    ]);
  });

  it('AUTH-6 never the default one, one’s own, or that of somebody with more rights', async () => {
    const { organisation, actor, other } = await house();
    const standard = (await listAuthenticators(actor)).find(({ isDefault }) => isDefault)!.id;
    expect(await refusalOf(deactivateAuthenticator(actor, standard, null))).toBe('authenticator.is-default');
    await makeDefaultAuthenticator(actor, other);
    await database.owner`update pending_changes set confirmed_at = now() where organisation_id = ${organisation.id}`;
    expect(await previewDeactivation(actor, standard)).toMatchObject({ against: 'authenticator.own' });
    expect(await refusalOf(deactivateAuthenticator(actor, standard, null))).toBe('authenticator.own');
    const third = await active(actor, 'Troisième');
    const person = await makePerson(organisation, { role: 'administrator' });
    await addPerson(actor, third, person.username);
    const { id } = await signedInPerson(organisation, null);
    const role = await makeRole(organisation, ['authenticators.manage', 'authenticators.deactivate']);
    await database.owner`update accounts set role_id = ${role} where id = ${id}`;
    const few = await actorOfToken(await openSessionOf(organisation, id));
    expect(await refusalOf(deactivateAuthenticator(few, third, null))).toBe('authenticator.beyond');
  });

  it('ACC-5, AUTH-6 of three administrators who switch off each other’s authenticators at once, one stays', async () => {
    database.useTwoInstances();
    for (let round = 0; round < 3; round += 1) {
      const { organisation, actor } = await house();
      const ids = [await active(actor, 'A'), await active(actor, 'B'), await active(actor, 'C')];
      const people = [];
      for (const id of ids) {
        const person = await makePerson(organisation, { role: 'administrator' });
        await addPerson(actor, id, person.username);
        people.push(await actorOfToken(await openSessionOf(organisation, person.id)));
      }
      await database.owner`update accounts set status = 'suspended' where id = ${actor.account.id}`;
      const outcomes = await Promise.all(
        people.map((who, index) => refusalOf(deactivateAuthenticator(who, ids[(index + 1) % 3]!, null))),
      );
      expect(tally(outcomes)).toEqual({ done: 2, 'administrator.last': 1 });
    }
  });

  it('AUTH-1 a draft can go, what was in force can’t', async () => {
    const { actor, other } = await house();
    const draft = await createAuthenticator(actor, { name: 'Essai', type: 'saml' });
    expect(await refusalOf(removeDraft(actor, other))).toBe('authenticator.no-draft');
    await removeDraft(actor, draft);
    expect((await listAuthenticators(actor)).map(({ name }) => name)).not.toContain('Essai');
  });
});

describe('AUTH-1 new accounts', () => {
  it('AUTH-1 get the authenticator of their role, else of their kind, else the default one, if it is in force', async () => {
    const { organisation, actor, other } = await house();
    const third = await active(actor, 'Troisième');
    const role = await makeRole(organisation, ['mfa.reset']);
    await saveDefaults(actor, other, { kinds: ['employee'], roleIds: [] });
    await saveDefaults(actor, third, { kinds: [], roleIds: [role] });
    let number = 0;
    const made = async (kind: 'employee' | 'parent', roleId: string | null) => {
      const email = `nouveau${(number += 1)}@erables.test`;
      const name = { firstName: 'Zoé', lastName: 'Roy', email, username: null, locale: null };
      const id = await createInvitedAccount(actor, { ...name, kind, roleId });
      const [row] = await database.owner`select authenticator_id from accounts where id = ${id}`;
      return row!['authenticator_id'] as string;
    };
    expect(await made('employee', null)).toBe(other);
    expect(await made('employee', role)).toBe(third);
    const standard = await made('parent', null);
    expect([other, third]).not.toContain(standard);
    await deactivateAuthenticator(actor, other, null);
    expect(await made('employee', null)).toBe(standard);
    // Another that wants the same kind takes it over.
    await saveDefaults(actor, third, { kinds: ['parent'], roleIds: [role] });
    await saveDefaults(actor, other, { kinds: ['parent'], roleIds: [] });
    expect((await viewAuthenticator(actor, third)).defaults.kinds).toEqual([]);
  });
});

describe('GUARD-2 what is asked of administrators', () => {
  it('GUARD-2 a new default one goes back by itself unless it is confirmed from another request', async () => {
    const { organisation, actor, other } = await house();
    const standard = (await listAuthenticators(actor)).find(({ isDefault }) => isDefault)!.id;
    const defaultNow = async () => (await listAuthenticators(actor)).find(({ isDefault }) => isDefault)!.id;
    await makeDefaultAuthenticator(actor, other);
    expect(await defaultNow()).toBe(other);
    expect(await refusalOf(makeDefaultAuthenticator(actor, standard))).toBe('change.pending');
    const third = await active(actor, 'Troisième');
    expect(await refusalOf(deactivateAuthenticator(actor, third, null))).toBe('change.pending');
    const pending = async () => {
      const [row] = await database.owner<{ id: string }[]>`
        select id from pending_changes where organisation_id = ${organisation.id} and confirmed_at is null
          and rolled_back_at is null`;
      return row!.id;
    };
    expect(await refusalOf(keepChange(actor, 'authenticators', await pending()))).toBe('change.over');
    await database.owner`update pending_changes set confirm_until = now() where organisation_id = ${organisation.id}`;
    await rollBackOverdueChanges();
    expect(await defaultNow()).toBe(standard);
    await makeDefaultAuthenticator(actor, other);
    const later = { ...actor, origin: { ...actor.origin, requestId: 'another' } };
    await keepChange(later, 'authenticators', await pending());
    await rollBackOverdueChanges();
    expect(await defaultNow()).toBe(other);
  });

  it('GUARD-2 MFA required of administrators goes back too, and is no risk where nobody has rights', async () => {
    const { organisation, actor, other } = await house();
    const standard = (await listAuthenticators(actor)).find(({ isDefault }) => isDefault)!.id;
    const required = async (id: string) => (await viewAuthenticator(actor, id)).authenticator.mfaRequired;
    await served(organisation, actor, other);
    await save(actor, other, { mfaRequired: 'on' });
    const open = await database.owner`select 1 from pending_changes where organisation_id = ${organisation.id}`;
    expect(open).toHaveLength(0);
    const { factorKinds } = (await viewAuthenticator(actor, standard)).authenticator;
    await save(actor, standard, { mfaRequired: 'on', factor_passkey: 'on' });
    expect(await required(standard)).toBe(true);
    await database.owner`update pending_changes set confirm_until = now() where organisation_id = ${organisation.id}`;
    const before = (await reread(organisation.slug)).settingsVersion;
    await rollBackOverdueChanges();
    const { authenticator } = await viewAuthenticator(actor, standard);
    expect(authenticator).toMatchObject({ mfaRequired: false, factorKinds });
    expect((await reread(organisation.slug)).settingsVersion).toBeGreaterThan(before);
    expect(await required(other)).toBe(true);
  });

  it('GUARD-2 two who save at once: one change waits, the other is told', async () => {
    database.useTwoInstances();
    const { actor, other } = await house();
    const third = await active(actor, 'Troisième');
    const outcomes = await Promise.all([other, third].map((id) => refusalOf(makeDefaultAuthenticator(actor, id))));
    expect(tally(outcomes)).toEqual({ done: 1, 'change.pending': 1 });
  });

  it('GUARD-1 nobody asks their own provider for a proof that it did not give', async () => {
    vi.stubEnv('ALLOW_PRIVATE_IDPS', '1');
    const provider = await startOidcProvider({ clients: [], people: [] });
    onTestFinished(() => provider.stop());
    const { organisation, actor } = await house();
    const [row] = await database.owner<{ id: string }[]>`
      insert into authenticators (organisation_id, name, type) values (${organisation.id}, 'SSO', 'oidc') returning id`;
    await database.owner`update authenticators set settings = ${database.owner.json({
      issuer: provider.issuer,
      authorizationEndpoint: `${provider.issuer}/auth`,
      tokenEndpoint: `${provider.issuer}/token`,
      jwksUri: `${provider.issuer}/jwks`,
      clientId: 'c',
      clientAuthentication: 'none',
    })} where id = ${row!.id}`;
    await database.owner`update accounts set authenticator_id = ${row!.id} where id = ${actor.account.id}`;
    const { authenticator } = await viewAuthenticator(actor, row!.id);
    const own = { ...actor, account: { ...actor.account, authenticatorId: row!.id } };
    const demand = (who: Actor) =>
      saveAuthenticator(who, row!.id, authenticator.updatedAt, {
        ...authenticator,
        type: 'oidc',
        externalMfa: 'demand',
        domains: [],
      });
    expect(await refusalOf(demand(own))).toBe('authenticator.shuts-you-out');
    expect(await refusalOf(demand({ ...own, proofs: { ...own.proofs, externalFactorAt: new Date() } }))).toBe('done');
  });
});

it('ACC-6 nobody acts on another organisation’s authenticator', async () => {
  const { other } = await house();
  const { actor, organisation } = await house();
  const acts = [
    () => previewDeactivation(actor, other),
    () => deactivateAuthenticator(actor, other, null),
    () => reactivateAuthenticator(actor, other),
    () => makeDefaultAuthenticator(actor, other),
    () => saveDefaults(actor, other, { kinds: ['parent'], roleIds: [] }),
    () => removeDraft(actor, other),
    () => addPerson(actor, other, actor.account.username),
  ];
  for (const act of acts) expect(await refusalOf(act())).toBe('not-found');
  const left = await inOrganisation({ organisation }, async () => listAuthenticators(actor));
  expect(left).toHaveLength(2);
});
