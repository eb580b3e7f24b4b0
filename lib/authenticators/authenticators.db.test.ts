import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeOrganisation, makePerson, refusalOf } from '@/e2e/fixtures/people';
import type { Actor } from '@/lib/actors/model';
import { inOrganisation } from '@/lib/db/in-organisation';
import type { Organisation } from '@/lib/organisations/model';
import { startOidcProvider, type OidcProvider } from '@/scripts/idp/oidc';
import { oidcChange, oidcInput, samlChange, samlInput, systemChange, systemInput } from './input';
import { readSecret } from './secrets';
import {
  activateAuthenticator,
  createAuthenticator,
  listAuthenticators,
  saveAuthenticator,
  viewAuthenticator,
} from './service';

const database = useDatabase();

const NO_ID = '00000000-0000-4000-8000-000000000000';

const typed = (fields: Record<string, string> = {}) => ({
  authenticator: NO_ID,
  seenAt: new Date().toISOString(),
  name: 'Fournisseur',
  ...fields,
});
const oidc = (fields: Record<string, string> = {}) =>
  oidcChange(oidcInput.parse(typed({ externalMfa: 'trust', clientAuthentication: 'client_secret_basic', ...fields })));
const saml = (fields: Record<string, string> = {}) =>
  samlChange(samlInput.parse(typed({ externalMfa: 'trust', ...fields })));
const system = (fields: Record<string, string> = {}) => systemChange(systemInput.parse(typed(fields)));

/** All that an OIDC provider is known by: one that is there, for its keys are asked for before it is put in force. */
const COMPLETE = { issuer: '', authorizationEndpoint: '', tokenEndpoint: '', jwksUri: '', clientId: 'vestibule' };
let provider: OidcProvider;
beforeAll(async () => {
  vi.stubEnv('ALLOW_PRIVATE_IDPS', '1');
  provider = await startOidcProvider({ clients: [], people: [] });
  const { issuer } = provider;
  Object.assign(COMPLETE, {
    issuer,
    authorizationEndpoint: `${issuer}/auth`,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/jwks`,
  });
});
afterAll(() => provider.stop());

const seenOf = async (actor: Actor, id: string) => (await viewAuthenticator(actor, id)).authenticator.updatedAt;
const save = async (actor: Actor, id: string, change: Parameters<typeof saveAuthenticator>[3]) =>
  saveAuthenticator(actor, id, await seenOf(actor, id), change);

const administratorOf = async (organisation: Organisation) =>
  (await signedInPerson(organisation, 'administrator')).actor;

describe('AUTH-1, AUTH-4 drafts', () => {
  it('AUTH-4 a draft has all its URLs before anything else is known, and lets nobody in', async () => {
    const actor = await administratorOf(await makeOrganisation());
    const id = await createAuthenticator(actor, { name: 'Keycloak', type: 'saml' });
    const { authenticator, urls, faults } = await viewAuthenticator(actor, id);
    expect(authenticator).toMatchObject({ name: 'Keycloak', type: 'saml', state: 'draft', isDefault: false });
    expect(urls.saml).toMatchObject({
      entityId: `http://localhost:3000/api/saml/${id}/metadata`,
      acs: `http://localhost:3000/api/saml/${id}/acs`,
      metadata: `http://localhost:3000/api/saml/${id}/metadata`,
      slo: `http://localhost:3000/api/saml/${id}/slo`,
    });
    expect(faults.map(({ field }) => field)).toEqual(['entityId', 'ssoUrl', 'certificate']);
    const [row] = await database.owner`select active, activated_at from authenticators where id = ${id}`;
    expect(row).toEqual({ active: false, activated_at: null });
  });

  it('AUTH-1 names are unique, whatever the capitals', async () => {
    const actor = await administratorOf(await makeOrganisation());
    await createAuthenticator(actor, { name: 'Google', type: 'oidc' });
    expect(await refusalOf(createAuthenticator(actor, { name: 'GOOGLE', type: 'saml' }))).toBe(
      'authenticator.name-taken',
    );
    const other = await createAuthenticator(actor, { name: 'Okta', type: 'oidc' });
    expect(await refusalOf(save(actor, other, oidc({ name: 'google' })))).toBe('authenticator.name-taken');
  });

  it('AUTH-1 the list tells type, state, how many people and which is the default one', async () => {
    const organisation = await makeOrganisation();
    const actor = await administratorOf(organisation);
    await makePerson(organisation);
    await createAuthenticator(actor, { name: 'Google', type: 'oidc' });
    expect(await listAuthenticators(actor)).toMatchObject([
      { type: 'system', state: 'active', isDefault: true, served: 2 },
      { name: 'Google', type: 'oidc', state: 'draft', isDefault: false, served: 0 },
    ]);
  });

  it('AUTH-1 is activated once nothing is missing; what is missing is named, and the draft is kept', async () => {
    const actor = await administratorOf(await makeOrganisation());
    const id = await createAuthenticator(actor, { name: 'Fournisseur', type: 'oidc' });
    expect(await save(actor, id, oidc({ ...COMPLETE, clientId: '' }))).toEqual({ saved: true, secretCleared: false });
    expect(await activateAuthenticator(actor, id)).toEqual({
      activated: false,
      faults: [
        { field: 'clientId', code: 'missing' },
        { field: 'clientSecret', code: 'missing' },
      ],
    });
    await save(actor, id, oidc({ ...COMPLETE, clientSecret: 'chut', clientSecretAgain: 'chut' }));
    expect(await activateAuthenticator(actor, id)).toEqual({ activated: true });
    expect((await viewAuthenticator(actor, id)).authenticator.state).toBe('active');
  });

  it('AUTH-1 what is in force is only changed to what still lets people in', async () => {
    const actor = await administratorOf(await makeOrganisation());
    const id = await createAuthenticator(actor, { name: 'Fournisseur', type: 'oidc' });
    await save(actor, id, oidc({ ...COMPLETE, clientSecret: 'chut', clientSecretAgain: 'chut' }));
    await activateAuthenticator(actor, id);
    expect(await save(actor, id, oidc({ ...COMPLETE, jwksUri: '' }))).toMatchObject({
      saved: false,
      faults: [{ field: 'jwksUri' }, { field: 'clientSecret' }],
    });
    expect((await viewAuthenticator(actor, id)).authenticator.settings).toMatchObject({ jwksUri: COMPLETE.jwksUri });
  });

  it('SAFE-5 no text of a form is one that PostgreSQL can’t hold', () => {
    const at = { authenticator: NO_ID, seenAt: new Date().toISOString(), name: 'Fournisseur', externalMfa: 'trust' };
    const forms = {
      oidc: [
        oidcInput,
        { ...at, clientAuthentication: 'none' },
        ['description', 'clientId', 'scopes', 'acrValues', 'mfaValues'],
      ],
      saml: [samlInput, at, ['description', 'entityId', 'identityAttribute', 'mfaClasses']],
    } as const;
    for (const [form, good, fields] of Object.values(forms)) {
      expect(form.safeParse(good).success).toBe(true);
      for (const field of ['name', 'domains', 'jitDomains', ...fields]) {
        for (const bad of ['a\0b', 'a, \0', '\uD800']) {
          expect([field, form.safeParse({ ...good, [field]: bad }).success]).toEqual([field, false]);
        }
      }
    }
  });

  it('AUTH-1 of two who save what they saw, the second is told', async () => {
    const actor = await administratorOf(await makeOrganisation());
    const id = await createAuthenticator(actor, { name: 'Fournisseur', type: 'system' });
    const seen = await seenOf(actor, id);
    const outcomes = await Promise.all(
      ['8', '20', '30'].map((lengthMin) => refusalOf(saveAuthenticator(actor, id, seen, system({ lengthMin })))),
    );
    expect(outcomes.toSorted()).toEqual(['authenticator.changed', 'authenticator.changed', 'done']);
  });
});

describe('OIDC-2, SAFE-2 the client’s secret', () => {
  const kept = (organisation: Organisation, id: string) =>
    inOrganisation({ organisation }, (transaction) => readSecret(transaction, id, 'client-secret'));

  it('OIDC-2 is kept sealed, and stays until another is typed', async () => {
    const organisation = await makeOrganisation();
    const actor = await administratorOf(organisation);
    const id = await createAuthenticator(actor, { name: 'Fournisseur', type: 'oidc' });
    await save(actor, id, oidc({ ...COMPLETE, clientSecret: 'premier', clientSecretAgain: 'premier' }));
    await save(actor, id, oidc({ ...COMPLETE, name: 'Autre nom' }));
    expect(await kept(organisation, id)).toBe('premier');
    await save(actor, id, oidc({ ...COMPLETE, clientSecret: 'second', clientSecretAgain: 'second' }));
    expect(await kept(organisation, id)).toBe('second');
    const [row] = await database.owner`
      select encode(secret_sealed, 'escape') as sealed from authenticator_secrets where authenticator_id = ${id}`;
    expect(row!['sealed']).not.toContain('second');
    const events = await database.owner`
      select details::text as details from audit_events where organisation_id = ${organisation.id}
        and action like 'authenticator.%'`;
    expect(events.map(({ details }) => details).join()).not.toMatch(/premier|second/);
  });

  it.each(['issuer', 'tokenEndpoint', 'jwksUri', 'userinfoEndpoint', 'clientId'] as const)(
    'AUTH-7 a changed %s takes it away, and says so',
    async (field) => {
      const organisation = await makeOrganisation();
      const actor = await administratorOf(organisation);
      const id = await createAuthenticator(actor, { name: 'Fournisseur', type: 'oidc' });
      await save(actor, id, oidc({ ...COMPLETE, clientSecret: 'chut', clientSecretAgain: 'chut' }));
      const elsewhere = oidc({ ...COMPLETE, [field]: 'https://attacker.example/x' });
      expect(await save(actor, id, elsewhere)).toEqual({ saved: true, secretCleared: true });
      expect(await kept(organisation, id)).toBeNull();
    },
  );
});

describe('SIGN-1 domains', () => {
  it('SIGN-1 a domain belongs to one authenticator, in small letters and A-labels', async () => {
    const actor = await administratorOf(await makeOrganisation());
    const one = await createAuthenticator(actor, { name: 'Un', type: 'oidc' });
    const other = await createAuthenticator(actor, { name: 'Deux', type: 'saml' });
    await save(actor, one, oidc({ name: 'Un', domains: '@Exemple.CA, münchen.test' }));
    expect((await viewAuthenticator(actor, one)).domains).toEqual(['exemple.ca', 'xn--mnchen-3ya.test']);
    expect(await refusalOf(save(actor, other, saml({ name: 'Deux', domains: 'exemple.ca' })))).toBe(
      'authenticator.domain-taken',
    );
    expect((await viewAuthenticator(actor, other)).domains).toEqual([]);
  });
});

describe('ACC-4, ACC-6 who may', () => {
  it('ACC-4 nobody changes how somebody with more rights proves who they are', async () => {
    const organisation = await makeOrganisation();
    const administrator = await administratorOf(organisation);
    const { actor } = await signedInPerson(organisation, ['authenticators.manage']);
    const [standard] = await listAuthenticators(actor);
    expect((await viewAuthenticator(actor, standard!.id)).withinReach).toBe(false);
    expect(await refusalOf(save(actor, standard!.id, system({ mfaRequired: 'on' })))).toBe('authenticator.beyond');
    const own = await createAuthenticator(actor, { name: 'À moi', type: 'system' });
    expect(await refusalOf(save(actor, own, system({ name: 'À moi' })))).toBe('done');
    expect(await refusalOf(save(administrator, standard!.id, system({ name: 'Mot de passe' })))).toBe('done');
  });

  it('AUTH-8 accounts that make themselves get no role that its giver could not give', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, ['authenticators.manage']);
    const [role] = await database.owner<{ id: string }[]>`
      select id from roles where organisation_id = ${organisation.id} and built_in = 'administrator'`;
    const id = await createAuthenticator(actor, { name: 'Fournisseur', type: 'oidc' });
    const made = { jit: 'on', jitDomains: 'exemple.ca', jitRole: role!.id };
    expect(await refusalOf(save(actor, id, oidc(made)))).toBe('account.role-beyond');
    const administrator = await administratorOf(organisation);
    expect(await refusalOf(save(administrator, id, oidc({ ...made, jitKind: 'parent' })))).toBe(
      'account.role-not-for-kind',
    );
    expect(await refusalOf(save(administrator, id, oidc(made)))).toBe('done');
    // What stands there already is no gift of whoever changes something else.
    expect(await refusalOf(save(actor, id, oidc({ ...made, name: 'Autre' })))).toBe('done');
  });

  it('AUTH-8, ACC-4 whoever could not give that role does not say either whose word gives it', async () => {
    const organisation = await makeOrganisation();
    const administrator = await administratorOf(organisation);
    const { actor } = await signedInPerson(organisation, ['authenticators.manage']);
    const [role] = await database.owner<{ id: string }[]>`
      select id from roles where organisation_id = ${organisation.id} and built_in = 'administrator'`;
    const made = { jit: 'on', jitDomains: 'exemple.ca', jitRole: role!.id };
    const id = await createAuthenticator(administrator, { name: 'Fournisseur', type: 'oidc' });
    await save(administrator, id, oidc({ ...COMPLETE, ...made }));
    const changes: Record<string, string>[] = [
      { issuer: 'https://attacker.example' },
      { jwksUri: 'https://attacker.example/jwks' },
      { jitDomains: 'exemple.ca, attacker.example' },
      // An address at an owned domain counts as verified where the provider says nothing of it.
      { domains: 'exemple.ca' },
      { clientSecret: 'chut', clientSecretAgain: 'chut' },
    ];
    for (const change of changes) {
      const changed = oidc({ ...COMPLETE, ...made, ...change });
      expect([change, await refusalOf(save(actor, id, changed))]).toEqual([change, 'account.role-beyond']);
    }
    // Without the gift the provider may be another; only who could give it gives it back.
    expect(await refusalOf(save(actor, id, oidc({ ...COMPLETE, issuer: 'https://other.example' })))).toBe('done');
    expect(await refusalOf(save(actor, id, oidc({ ...COMPLETE, ...made })))).toBe('account.role-beyond');

    const other = await createAuthenticator(administrator, { name: 'SAML', type: 'saml' });
    await save(administrator, other, saml({ name: 'SAML', ...made }));
    const elsewhere = saml({ name: 'SAML', ...made, entityId: 'https://attacker.example' });
    expect(await refusalOf(save(actor, other, elsewhere))).toBe('account.role-beyond');
  });

  it('ACC-6 another organisation’s authenticator is not found, by any act', async () => {
    const theirs = await administratorOf(await makeOrganisation());
    const id = await createAuthenticator(theirs, { name: 'Ailleurs', type: 'oidc' });
    const actor = await administratorOf(await makeOrganisation());
    const seen = await seenOf(theirs, id);
    const acts = [
      () => viewAuthenticator(actor, id),
      () => viewAuthenticator(actor, 'not-an-id'),
      () => saveAuthenticator(actor, id, seen, oidc()),
      () => activateAuthenticator(actor, id),
    ];
    for (const act of acts) expect(await refusalOf(act())).toBe('not-found');
    expect(await refusalOf(saveAuthenticator(theirs, id, seen, saml()))).toBe('not-found');
  });
});
