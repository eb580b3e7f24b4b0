import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { assign, makeExternal, refusalsOf } from '@/e2e/fixtures/external';
import { browserAt } from '@/e2e/fixtures/oidc';
import { actorWith, keepCookies, makeOrganisation, makePerson, visitorAt, type Person } from '@/e2e/fixtures/people';
import { keepSecret } from '@/lib/authenticators/secrets';
import { urlsOf } from '@/lib/authenticators/urls';
import { newToken } from '@/lib/crypto/tokens';
import { inOrganisation } from '@/lib/db/in-organisation';
import type { Organisation } from '@/lib/organisations/model';
import { startAttempt } from '@/lib/sign-in/service';
import { startOidcProvider, type OidcProvider } from '@/scripts/idp/oidc';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { answerOidc, beginBinding, beginSignIn, beginTest } from './begin';
import { listOwnIdentities } from './own';
import { findTestResult } from './service';
import { findSignedOut, leaveProvider, revokeDueTokens, signOut, signOutByToken } from './sign-out';

const database = useDatabase();
database.useTwoInstances();

let provider: OidcProvider;
beforeAll(async () => {
  vi.stubEnv('ALLOW_PRIVATE_IDPS', '1');
  provider = await startOidcProvider({ clients: [], people: [] });
});
afterAll(() => provider.stop());
beforeEach(() => {
  provider.lie = null;
  provider.seen.length = 0;
});

const SECRET = 'tests';

/** An authenticator of the organisation at the provider, which knows it as a client of its own. */
async function connect(organisation: Organisation): Promise<string> {
  const { issuer } = provider;
  const id = await makeExternal(database.owner, organisation, {
    settings: {
      issuer,
      authorizationEndpoint: `${issuer}/auth`,
      tokenEndpoint: `${issuer}/token`,
      jwksUri: `${issuer}/jwks`,
      userinfoEndpoint: `${issuer}/me`,
      revocationEndpoint: `${issuer}/token/revocation`,
      endSessionEndpoint: `${issuer}/session/end`,
      clientId: organisation.slug,
      clientAuthentication: 'client_secret_post',
    },
  });
  const { redirect, postLogout } = urlsOf('http://localhost:3000', organisation.slug, { id, type: 'oidc' }).oidc!;
  provider.register({
    client: {
      client_id: organisation.slug,
      client_secret: SECRET,
      redirect_uris: [redirect],
      post_logout_redirect_uris: [postLogout],
      token_endpoint_auth_method: 'client_secret_post',
    },
  });
  const of = { organisationId: organisation.id, authenticatorId: id, purpose: 'client-secret' as const };
  await inOrganisation({ organisation }, (transaction) => keepSecret(transaction, of, SECRET));
  return id;
}

const known = ({ id, email }: Person) => {
  const person = { sub: id, email, password: 'p', firstName: 'Mireille', lastName: 'Bérubé' };
  provider.register({ person });
  return person;
};

/** From the identifier to the provider and back, as browsers do it. */
async function signIn(organisation: Organisation, authenticatorId: string, person: Person) {
  const visitor = visitorAt(organisation);
  keepCookies(visitor, await startAttempt(visitor, { identifier: person.email, returnPath: null }));
  const way = await beginSignIn(visitor, false);
  if (way === null || 'next' in way || way.kind !== 'redirect') throw new Error('No way to the provider');
  const back = await browserAt(provider.issuer).signIn(way.url, known(person));
  const outcome = await answerOidc(visitor, authenticatorId, new URL(back).searchParams);
  return { visitor, outcome, back, url: new URL(way.url) };
}

async function house() {
  const organisation = await makeOrganisation();
  const id = await connect(organisation);
  const person = await makePerson(organisation);
  await assign(database.owner, organisation, person.id, id, `claim(email):${person.email}`);
  return { organisation, id, person };
}

describe('OIDC-2 from an identifier to a session, by a real provider', () => {
  it('OIDC-2 signs in, and keeps what ends the session there; nothing of it can be read', async () => {
    const { organisation, id, person } = await house();
    const { outcome, url } = await signIn(organisation, id, person);
    expect(url.searchParams.get('login_hint')).toBe(person.email);
    expect(outcome.session).toBeDefined();
    const rows = await database.owner`
      select issuer, subject, encode(tokens_sealed, 'escape') as sealed from external_sessions
      where session_id = ${outcome.session!.id}`;
    expect(rows).toMatchObject([{ issuer: provider.issuer, subject: person.id }]);
    // What every token begins with; two letters would also be met by chance.
    expect(rows[0]!['sealed']).not.toContain('eyJ');
    const flows = await database.owner`select answer_sealed from external_flows where authenticator_id = ${id}`;
    expect(flows).toEqual([{ answer_sealed: null }]);
  });

  it('OIDC-3 a lie ends outside, by its own code in the audit, and the answer is good for nothing twice', async () => {
    const { organisation, id, person } = await house();
    provider.lie = 'other-key';
    const { outcome, visitor, back } = await signIn(organisation, id, person);
    expect(outcome.session).toBeUndefined();
    expect(outcome.next).toContain('why=answer');
    provider.lie = null;
    const again = await answerOidc(visitor, id, new URL(back).searchParams);
    expect(again.next).toContain('why=lost');
    expect(await refusalsOf(database.owner, id)).toEqual(['oidc.signature']);
  });

  it('ACC-6 one provider, two organisations: each its own people, and an answer for the one is none for the other', async () => {
    const [one, other] = [await house(), await house()];
    const { outcome } = await signIn(one.organisation, one.id, one.person);
    expect(outcome.session).toBeDefined();
    const visitor = visitorAt(other.organisation);
    await startAttempt(visitor, { identifier: other.person.email, returnPath: null });
    const way = await beginSignIn(visitor, false);
    const back = await browserAt(provider.issuer).signIn((way as { url: string }).url, known(one.person));
    const refused = await answerOidc(visitor, other.id, new URL(back).searchParams);
    expect([refused.session, refused.next.includes('why=no-account')]).toEqual([undefined, true]);
    const astray = await answerOidc(visitorAt(one.organisation), one.id, new URL(back).searchParams);
    expect(astray.next).toContain('why=lost');
  });
});

describe('OIDC-4 sign-out', () => {
  it('OIDC-4 ends here first, leads to the provider once with its own ID token, and takes the tokens back', async () => {
    const { organisation, id, person } = await house();
    const { outcome } = await signIn(organisation, id, person);
    const actor = await actorWith(outcome.session!.token);
    const { next, elsewhere } = await signOut(actor);
    expect(next).toMatch(new RegExp(`^/${organisation.slug}/sign-in/signed-out\\?ticket=`));
    expect(elsewhere).toBe(true);
    expect(await database.owner`select id from sessions where id = ${actor.sessionId}`).toEqual([]);
    const visitor = visitorAt(organisation);
    const ticket = new URLSearchParams(next.split('?')[1]).get('ticket')!;
    expect(await findSignedOut(visitor, { ticket, state: null })).toMatchObject({ state: 'leaving' });
    expect(await leaveProvider(visitor, newToken())).toBeNull();
    const ways = await Promise.all([1, 2, 3].map(() => leaveProvider(visitor, ticket)));
    const [way] = ways.filter((one) => one !== null);
    expect(ways.filter((one) => one !== null)).toHaveLength(1);
    const { searchParams, pathname } = new URL((way as { url: string }).url);
    expect(pathname).toBe('/session/end');
    expect(searchParams.get('post_logout_redirect_uri')).toBe(
      `http://localhost:3000/${organisation.slug}/sign-in/signed-out`,
    );
    expect(searchParams.get('id_token_hint')!.split('.')).toHaveLength(3);
    const state = searchParams.get('state')!;
    expect(await findSignedOut(visitor, { ticket: null, state })).toMatchObject({ state: 'back' });
    expect(await findSignedOut(visitor, { ticket: null, state: ticket })).toEqual({ state: 'done' });
    expect(await findSignedOut(visitorAt((await house()).organisation), { ticket, state })).toEqual({ state: 'done' });

    provider.seen.length = 0;
    await Promise.all([revokeDueTokens(), revokeDueTokens()]);
    const revoked = provider.seen.filter(({ path }) => path === '/token/revocation');
    expect(revoked).toHaveLength(1);
    expect(revoked[0]!.body.get('token_type_hint')).toBe('access_token');
    await revokeDueTokens();
    expect(provider.seen.filter(({ path }) => path === '/token/revocation')).toHaveLength(1);
  });

  it('OIDC-4 SAFE-3 next-auth’s own sign-out leaves as much to do, and a token that is nobody’s ends nothing', async () => {
    const { organisation, id, person } = await house();
    const { outcome } = await signIn(organisation, id, person);
    const { token, id: sessionId } = outcome.session!;
    const origin = { requestId: 'r', address: '203.0.113.7', userAgent: 'x' };
    expect(await signOutByToken(`${token.slice(1)}A`, origin)).toBeNull();
    // Of two clicks the browser follows the last: whichever was answered first, it leads on.
    const [next] = (await Promise.all([1, 2].map(() => signOutByToken(token, origin)))).filter((one) => one !== null);
    expect(await database.owner`select id from sessions where id = ${sessionId}`).toEqual([]);
    const visitor = visitorAt(organisation);
    const ticket = new URLSearchParams(next!.split('?')[1]).get('ticket')!;
    expect(await leaveProvider(visitor, ticket)).toMatchObject({ url: expect.stringContaining('/session/end?') });
    const events = await database.owner`
      select host(address) as address from audit_events where action = 'session.end' and session_id = ${sessionId}`;
    expect(events).toEqual([{ address: '203.0.113.7' }]);
    const { token: own } = await signedInPerson(organisation, null);
    expect(await signOutByToken(own, origin)).toBeNull();
  });

  it('OIDC-4 a session that a password opened leaves by the door, as ever', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, null);
    expect(await signOut(actor)).toEqual({ next: `/${organisation.slug}/sign-in`, elsewhere: false });
  });
});

describe('AUTH-7 a signed-in person binds their own identity', () => {
  /** Signed in by a password, on the way to the provider and back as `as`. */
  async function bind(
    organisation: Organisation,
    id: string,
    as: Person,
    given?: Awaited<ReturnType<typeof signedInPerson>>,
  ) {
    const { actor, token } = given ?? (await signedInPerson(organisation, null));
    const way = await beginBinding(actor, id);
    const back = await browserAt(provider.issuer).signIn((way as { url: string }).url, known(as));
    const answer = new URL(back).searchParams;
    // Without the session that asked, it leads nowhere.
    const stranger = await answerOidc(visitorAt(organisation), id, answer);
    const outcome = await answerOidc(visitorAt(organisation, { sessionToken: token }), id, answer);
    return { actor, token, outcome, stranger };
  }

  it('AUTH-7 binds what the provider says, by the session that asked alone; it signs in once the account goes that way', async () => {
    const { organisation, id } = await house();
    const signedIn = await signedInPerson(organisation, null);
    const self: Person = { id: 'nadia', email: 'nadia@ailleurs.test', username: '', password: '' };
    const { actor, outcome, stranger } = await bind(organisation, id, self, signedIn);
    expect(stranger.next).toContain('why=lost');
    expect(outcome.next).toBe(`/${organisation.slug}/account?identity=bound`);
    expect(outcome.session).toBeUndefined();
    expect(await listOwnIdentities(actor)).toMatchObject([{ id, boundAt: expect.any(Date) }]);
    await database.owner`update accounts set authenticator_id = ${id} where id = ${actor.account.id}`;
    const later = await signIn(organisation, id, { ...self, email: actor.account.email, id: 'nadia' });
    expect(later.outcome.session).toBeDefined();
  });

  it('AUTH-7 never takes somebody else’s identity, nor another than an administrator expects', async () => {
    const { organisation, id, person } = await house();
    await signIn(organisation, id, person);
    const taken = await bind(organisation, id, person);
    expect(taken.outcome.next).toContain('identity=taken');
    expect(await refusalsOf(database.owner, id)).toEqual(['external.other-subject']);
    const signedIn = await signedInPerson(organisation, null);
    const accountId = signedIn.actor.account.id;
    await database.owner`
      insert into external_identities (organisation_id, account_id, authenticator_id, expected)
      values (${organisation.id}, ${accountId}, ${id}, 'claim(email):attendue@ecole.test')`;
    const other: Person = { id: 'hugo', email: 'hugo@ailleurs.test', username: '', password: '' };
    const unexpected = await bind(organisation, id, other, signedIn);
    expect(unexpected.outcome.next).toContain('identity=unexpected');
    expect(await refusalsOf(database.owner, id)).toEqual(['external.other-subject', 'external.near-match']);
    const [row] = await database.owner`select subject from external_identities where account_id = ${accountId}`;
    expect(row).toEqual({ subject: null });
  });
});

describe('AUTH-5 « Tester »', () => {
  it('AUTH-5 AUTH-7 there is no way to what is no id, and to what is nobody’s id', async () => {
    const organisation = await makeOrganisation();
    const { actor } = await signedInPerson(organisation, 'administrator');
    for (const id of ['', 'x', "'", '00000000-0000-4000-8000-000000000000']) {
      await expect(beginBinding(actor, id)).rejects.toThrow('not-found');
      await expect(beginTest(actor, id)).rejects.toThrow('not-found');
    }
  });

  it('AUTH-5 shows every claim and whom it would let in, also of a draft, to whoever tried alone; nothing changes', async () => {
    const { organisation, id, person } = await house();
    await database.owner`update authenticators set active = false, activated_at = null where id = ${id}`;
    const { actor, token } = await signedInPerson(organisation, 'administrator');
    const tryAs = async (as: Person) => {
      const way = await beginTest(actor, id);
      const back = await browserAt(provider.issuer).signIn((way as { url: string }).url, known(as), true);
      const visitor = visitorAt(organisation, { sessionToken: token });
      const { next, session } = await answerOidc(visitor, id, new URL(back).searchParams);
      expect([session, next.split('?')[0]]).toEqual([
        undefined,
        `/${organisation.slug}/settings/authenticators/${id}/test`,
      ]);
      return new URLSearchParams(next.split('?')[1]).get('flow')!;
    };
    const flow = await tryAs(person);
    const result = await findTestResult(actor, flow);
    expect(result).toMatchObject({
      state: 'identity',
      identity: { subject: person.id, factorShown: true, claims: { email: person.email, email_verified: true } },
      match: { outcome: 'expected', account: { accountId: person.id } },
    });
    const other = await signedInPerson(organisation, 'administrator');
    expect(await findTestResult(other.actor, flow)).toBeNull();
    provider.lie = 'nonce';
    expect(await findTestResult(actor, await tryAs(person))).toMatchObject({ state: 'fault', fault: 'oidc.nonce' });
    provider.lie = null;
    await database.owner`update external_flows set expires_at = now() - interval '1 second' where id = ${flow}`;
    expect(await findTestResult(actor, flow)).toBeNull();
    const events = await database.owner<{ action: string; outcome: string; reason: string | null }[]>`
      select action, outcome, reason from audit_events where organisation_id = ${organisation.id} and action like 'external.%'
      order by id`;
    expect(events.map(({ action, outcome, reason }) => [action, outcome, reason])).toEqual([
      ['external.begin', 'success', null],
      ['external.test', 'success', null],
      ['external.begin', 'success', null],
      ['external.test', 'failure', 'oidc.nonce'],
    ]);
    const [row] = await database.owner`select subject from external_identities where account_id = ${person.id}`;
    expect(row).toEqual({ subject: null });
  });
});
