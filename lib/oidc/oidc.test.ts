import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { browserAt, EMPLOYEE } from '@/e2e/fixtures/oidc';
import { ID_TOKEN_ALGORITHMS, oidcSettings, type OidcSettings } from '@/lib/authenticators/model';
import { newToken } from '@/lib/crypto/tokens';
import { ProviderFault } from '@/lib/external/model';
import { startOidcProvider, type Lie, type OidcProvider } from '@/scripts/idp/oidc';
import { areUsableKeys, beginOidc, completeOidc, type OidcClient } from './client';
import { newClientKey, publicJwkOf, readClientKey } from './client-key';

const REDIRECT = 'http://localhost:3000/api/auth/callback/00000000-0000-4000-8000-000000000001';
/** With characters that the form-encoding of RFC 6749 changes. */
const SECRET = 'un-secret+de:test/50%~_.';

let provider: OidcProvider;
let clientKey: string;

beforeAll(async () => {
  vi.stubEnv('ALLOW_PRIVATE_IDPS', '1');
  clientKey = await newClientKey();
  const { kid: _, ...jwk } = publicJwkOf(clientKey);
  const client = (id: string, token_endpoint_auth_method: string) => ({
    client_id: id,
    client_secret: SECRET,
    redirect_uris: [REDIRECT],
    token_endpoint_auth_method: token_endpoint_auth_method as 'none',
    response_types: ['code' as const],
    grant_types: ['authorization_code'],
  });
  provider = await startOidcProvider({
    clients: [
      client('with-basic', 'client_secret_basic'),
      client('with-post', 'client_secret_post'),
      { ...client('with-none', 'none'), client_secret: undefined },
      {
        ...client('with-key', 'private_key_jwt'),
        client_secret: undefined,
        jwks: { keys: [{ ...jwk, kid: publicJwkOf(clientKey).kid } as never] },
      },
    ],
    people: [EMPLOYEE],
  });
});
afterAll(async () => {
  await provider.stop();
  vi.unstubAllEnvs();
});
beforeEach(() => {
  provider.lie = null;
  provider.delayMs = 0;
  provider.seen.length = 0;
});

function clientOf(method: 'basic' | 'post' | 'none' | 'key', given: Partial<OidcSettings> = {}): OidcClient {
  const { issuer } = provider;
  const clientAuthentication = (
    { basic: 'client_secret_basic', post: 'client_secret_post', none: 'none', key: 'private_key_jwt' } as const
  )[method];
  const settings = oidcSettings.parse({
    issuer,
    authorizationEndpoint: `${issuer}/auth`,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/jwks`,
    userinfoEndpoint: `${issuer}/me`,
    issuerInResponse: true,
    clientId: `with-${method}`,
    clientAuthentication,
    ...given,
  });
  return {
    authenticatorId: '00000000-0000-4000-8000-000000000001',
    settings,
    redirectUri: REDIRECT,
    secret: method === 'none' ? null : method === 'key' ? clientKey : SECRET,
  };
}

/** From our side to the provider and back, by a browser of its own. */
async function goThrough(client: OidcClient, second = false, change: (back: URL) => void = () => {}) {
  const state = newToken();
  const { way, request } = await beginOidc(client, { state, hint: EMPLOYEE.email, anew: false });
  if (way.kind !== 'redirect' || request.protocol !== 'oidc') throw new Error('Not by a redirect');
  const back = new URL(await browserAt(provider.issuer).signIn(way.url, EMPLOYEE, second));
  change(back);
  return completeOidc(client, request, { answer: back.searchParams, state });
}

const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: unknown) => {
      if (error instanceof ProviderFault) return error.code;
      throw error;
    },
  );

describe('OIDC-2 how we prove ourselves, seen at the provider', () => {
  it('OIDC-2 sends PKCE S256, state and nonce always, and the verifier with the code', async () => {
    const client = clientOf('post');
    const { way } = await beginOidc(client, { state: 's', hint: null, anew: true });
    const { searchParams } = new URL((way as { url: string }).url);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'with-post',
      redirect_uri: REDIRECT,
      state: 's',
      code_challenge_method: 'S256',
      prompt: 'login',
      scope: 'openid email profile',
    });
    expect(searchParams.get('nonce')).toHaveLength(43);
    await goThrough(client);
    const asked = provider.seen.find(({ path }) => path === '/token')!;
    expect(asked.body.get('code_verifier')).toHaveLength(43);
  });

  it('OIDC-2 by Basic, post, a signed assertion, or nothing but PKCE', async () => {
    for (const method of ['basic', 'post', 'key', 'none'] as const) {
      const identity = await goThrough(clientOf(method), true);
      expect(identity).toMatchObject({
        issuer: provider.issuer,
        subject: EMPLOYEE.sub,
        email: EMPLOYEE.email,
        emailVerified: true,
        firstName: 'Nadia',
        lastName: 'Côté',
        factorShown: true,
      });
      const asked = provider.seen.filter(({ path }) => path === '/token').at(-1)!;
      expect([method, asked.authorization !== null, asked.body.has('client_secret')]).toEqual([
        method,
        method === 'basic',
        method === 'post',
      ]);
      expect(asked.body.has('client_assertion')).toBe(method === 'key');
    }
  });

  it('OIDC-2 a wrong secret is told by its own code', async () => {
    expect(await faultOf(goThrough({ ...clientOf('post'), secret: 'another' }))).toBe('oidc.client');
    expect(await faultOf(goThrough({ ...clientOf('basic'), secret: 'another-one' }))).toBe('oidc.client');
    expect(await faultOf(goThrough({ ...clientOf('key'), secret: await newClientKey() }))).toBe('oidc.client');
  });

  it('OIDC-2 a private key is RSA of 2048 bits at least or P-256, as PEM or JWK, and private (bad input 69)', async () => {
    const pem = (key: { export(how: object): string | Buffer }, more: object = {}) =>
      String(key.export({ type: 'pkcs8', format: 'pem', ...more }));
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(readClientKey(pem(rsa.privateKey))).toHaveProperty('pem');
    expect(readClientKey(pem(rsa.privateKey, { type: 'pkcs1' }))).toHaveProperty('pem');
    expect(readClientKey(pem(ec.privateKey, { type: 'sec1' }))).toHaveProperty('pem');
    const jwk = ec.privateKey.export({ format: 'jwk' });
    expect(readClientKey(JSON.stringify(jwk))).toHaveProperty('pem');
    expect(readClientKey(JSON.stringify({ ...jwk, d: undefined }))).toEqual({ issue: 'public' });
    const sealed = pem(rsa.privateKey, { cipher: 'aes-256-cbc', passphrase: 'x' });
    expect(readClientKey(sealed)).toEqual({ issue: 'encrypted' });
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    expect(readClientKey(pem(weak.privateKey))).toEqual({ issue: 'weak' });
    const other = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    expect(readClientKey(pem(other.privateKey))).toEqual({ issue: 'kind' });
    const open = createPublicKey(rsa.privateKey).export({ type: 'spki', format: 'pem' });
    expect(readClientKey(String(open))).toEqual({ issue: 'public' });
    for (const text of ['', '{', '[]', 'null', '-----BEGIN PRIVATE KEY-----', 'x'.repeat(30_000)]) {
      expect(readClientKey(text)).toEqual({ issue: 'unreadable' });
    }
  });
});

describe('OIDC-3 what a provider says is judged point by point', () => {
  const CODES: Record<Lie, string> = {
    issuer: 'oidc.issuer',
    audience: 'oidc.audience',
    nonce: 'oidc.nonce',
    'no-nonce': 'oidc.nonce',
    'alg-none': 'oidc.algorithm',
    unsigned: 'oidc.algorithm',
    encrypted: 'oidc.encrypted',
    'alg-hs256': 'oidc.algorithm',
    expired: 'oidc.expired',
    'other-key': 'oidc.signature',
    'unknown-key': 'oidc.key',
    'flipped-signature': 'oidc.signature',
    'no-id-token': 'oidc.id-token-missing',
    'no-subject': 'oidc.claims',
    'endless-subject': 'oidc.claims',
    'unwritable-subject': 'oidc.claims',
    'several-audiences': 'oidc.audience',
    'other-party': 'oidc.audience',
    'no-end': 'oidc.claims',
    'no-issue-instant': 'oidc.claims',
    'not-yet': 'oidc.expired',
    'userinfo-subject': 'oidc.userinfo-subject',
    'userinfo-signature': 'oidc.userinfo',
    'no-issuer-in-response': 'oidc.issuer-in-response',
    'other-issuer-in-response': 'oidc.issuer-in-response',
    'not-json': 'oidc.token-endpoint',
    'secret-keys': 'oidc.key',
  };

  it.each(Object.entries(CODES))('OIDC-3 one lie is enough to be refused, by its own code: %s', async (lie, code) => {
    provider.lie = lie as Lie;
    // An authenticator of its own each: nothing is remembered of the provider's keys.
    expect(await faultOf(goThrough({ ...clientOf('post'), authenticatorId: lie }))).toBe(code);
    provider.lie = null;
    expect(await faultOf(goThrough(clientOf('post')))).toBe('accepted');
  });

  it('OIDC-3 state, verifier and algorithm are those of this very flow', async () => {
    const client = clientOf('post');
    expect(await faultOf(goThrough(client, false, (back) => back.searchParams.set('state', 'another')))).toBe(
      'oidc.response',
    );
    expect(await faultOf(goThrough(client, false, (back) => back.searchParams.append('code', 'another')))).toBe(
      'oidc.response',
    );
    expect(await faultOf(goThrough(client, false, (back) => back.searchParams.set('code', 'another')))).toBe(
      'oidc.code',
    );
    expect(await faultOf(goThrough(clientOf('post', { idTokenAlgorithm: 'ES256' })))).toBe('oidc.algorithm');
  });

  it('OIDC-3 keys that the provider changes are found at once, without a restart', async () => {
    const client = clientOf('post');
    expect(await faultOf(goThrough(client))).toBe('accepted');
    const looks = () => provider.seen.filter(({ path }) => path === '/jwks').length;
    const before = looks();
    expect([await faultOf(goThrough(client)), looks()]).toEqual(['accepted', before]);
    provider.rotateKeys();
    expect([await faultOf(goThrough(client)), looks()]).toEqual(['accepted', before + 1]);
  });

  it('OIDC-3 as well where an address is written in another way than it is called', async () => {
    const { issuer } = provider;
    const odd = { tokenEndpoint: `${issuer}/./token`, jwksUri: `${issuer.replace('http', 'HTTP')}/jwks` };
    const client = { ...clientOf('post', odd), authenticatorId: 'odd' };
    expect(await faultOf(goThrough(client))).toBe('accepted');
    provider.rotateKeys();
    expect(await faultOf(goThrough(client))).toBe('accepted');
    provider.lie = 'secret-keys';
    expect(await faultOf(goThrough({ ...client, authenticatorId: 'odder' }))).toBe('oidc.key');
  });

  it('OIDC-3 each algorithm that can be chosen, also where userinfo is signed by it', async () => {
    for (const idTokenAlgorithm of ID_TOKEN_ALGORITHMS) {
      for (const userinfo of [undefined, idTokenAlgorithm]) {
        const clientId = `${idTokenAlgorithm}-${userinfo}`;
        provider.register({
          client: {
            client_id: clientId,
            client_secret: SECRET,
            redirect_uris: [REDIRECT],
            token_endpoint_auth_method: 'client_secret_post',
            id_token_signed_response_alg: idTokenAlgorithm,
            userinfo_signed_response_alg: userinfo,
          },
        });
        const identity = await goThrough(clientOf('post', { clientId, idTokenAlgorithm }));
        expect([clientId, identity.subject, identity.email]).toEqual([clientId, EMPLOYEE.sub, EMPLOYEE.email]);
      }
    }
  });

  it('OIDC-3 FICAM: one of the listed ACR values, or no', async () => {
    const ficam = clientOf('key', { ficam: true, acrValues: ['urn:example:aal2'] });
    expect(await faultOf(goThrough(ficam))).toBe('oidc.acr');
    expect(await faultOf(goThrough(ficam, true))).toBe('accepted');
  });

  it('MFA-7 a second factor is shown by amr or acr, and only by the values that are listed', async () => {
    expect((await goThrough(clientOf('post'))).factorShown).toBe(false);
    expect((await goThrough(clientOf('post', { mfaValues: ['urn:example:aal2'] }), true)).factorShown).toBe(true);
    expect((await goThrough(clientOf('post', { mfaValues: ['hwk'] }), true)).factorShown).toBe(false);
  });

  it('OIDC-3 whoever cancels at the provider comes back to a sentence', async () => {
    const client = clientOf('post');
    const { way, request } = await beginOidc(client, { state: 's', hint: null, anew: false });
    const back = await browserAt(provider.issuer).signIn((way as { url: string }).url, 'cancel');
    const answer = new URL(back).searchParams;
    expect(await faultOf(completeOidc(client, request as never, { answer, state: 's' }))).toBe('provider.cancelled');
  });

  it('OIDC-3 a slow provider is given 5 seconds in all', async () => {
    provider.delayMs = 8_000;
    const from = Date.now();
    expect(await faultOf(goThrough(clientOf('post')))).toBe('provider.away');
    expect(Date.now() - from).toBeLessThan(6_500);
  });

  it('OIDC-5 endpoints inside are refused where the operator does not allow them', async () => {
    const inside = clientOf('post', { tokenEndpoint: 'https://169.254.169.254/token' });
    expect(await faultOf(goThrough(inside))).toBe('provider.address');
  });

  it('OIDC-3 sets of keys that no provider has are none (bad input 68)', () => {
    const key = { kty: 'RSA', n: 'x', e: 'AQAB' };
    expect(areUsableKeys(JSON.stringify({ keys: [key] }))).toBe(true);
    for (const keys of [[], Array.from({ length: 10_000 }, () => key), [{ kty: 'oct', k: 'x' }], ['x'], [null], {}]) {
      expect(areUsableKeys(JSON.stringify({ keys }))).toBe(false);
    }
    expect(areUsableKeys('<html>')).toBe(false);
  });
});
