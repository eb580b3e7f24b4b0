import { createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration, type ClientMetadata, type KoaContextWithOIDC } from 'oidc-provider';
import { answerForm, page, type Person } from './login-page';

/**
 * A real OpenID provider, the certified `oidc-provider`, behind a small login page of ours: for the demo and for the tests,
 * which also make it slow, change its keys, or have it lie in one point at a time.
 */

/** One lie each: everything else in the answer stays true. */
export const LIES = [
  'issuer',
  'audience',
  'nonce',
  'no-nonce',
  'alg-none',
  'unsigned',
  'encrypted',
  'alg-hs256',
  'expired',
  'other-key',
  'unknown-key',
  'flipped-signature',
  'no-id-token',
  'no-subject',
  'endless-subject',
  'unwritable-subject',
  'several-audiences',
  'other-party',
  'no-end',
  'no-issue-instant',
  'not-yet',
  'userinfo-subject',
  'userinfo-signature',
  'no-issuer-in-response',
  'other-issuer-in-response',
  'not-json',
  'secret-keys',
] as const;
export type Lie = (typeof LIES)[number];

export interface OidcProvider {
  readonly issuer: string;
  /** What it does wrong from now on; null: nothing. */
  lie: Lie | null;
  /** How long its token endpoint takes, in milliseconds. */
  delayMs: number;
  /** `auth_method` by which each client last proved itself, and everything that was asked for. */
  readonly seen: { path: string; authorization: string | null; body: URLSearchParams; query: URLSearchParams }[];
  /** Knows another client, or one person more, from now on. */
  register(given: { readonly client?: ClientMetadata; readonly person?: Person }): void;
  /** Signs with a new key from now on; the old one is published no longer. */
  rotateKeys(): void;
  stop(): Promise<void>;
}

const newKey = (kid: string) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { privateKey, kid };
};

const asJwk = ({ privateKey, kid }: { privateKey: KeyObject; kid: string }) => ({
  ...(privateKey.export({ format: 'jwk' }) as Record<string, string>),
  kid,
  use: 'sig',
});

/**
 * @param given.port 0: any that is free
 * @param given.people who can sign in there
 */
export async function startOidcProvider(given: {
  readonly port?: number;
  readonly clients: readonly ClientMetadata[];
  readonly people: readonly Person[];
}): Promise<OidcProvider> {
  let listener: http.RequestListener = () => {};
  const server = http.createServer((request, response) => listener(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(given.port ?? 0, '127.0.0.1', resolve);
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients = [...given.clients];
  const people = [...given.people];
  let key = newKey('first');
  const others = [
    { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }), kid: 'elliptic' },
    { ...generateKeyPairSync('ed25519'), kid: 'edwards' },
  ];
  const cookieKeys = [randomBytes(16).toString('hex')];

  const provider: OidcProvider = {
    issuer,
    lie: null,
    delayMs: 0,
    seen: [],
    register({ client, person }) {
      if (client !== undefined) clients.push(client);
      if (person !== undefined) people.push(person);
      listener = build();
    },
    rotateKeys() {
      key = newKey(randomBytes(4).toString('hex'));
      listener = build();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };

  function build(): http.RequestListener {
    const configuration: Configuration = {
      clients: [...clients],
      jwks: { keys: [key, ...others].map(asJwk) },
      cookies: { keys: cookieKeys },
      pkce: { required: () => true },
      scopes: ['openid', 'email', 'profile', 'offline_access'],
      // acr and amr always; email and names at userinfo, as the certified profile has it.
      claims: {
        openid: ['sub', 'acr', 'amr'],
        email: ['email', 'email_verified'],
        profile: ['given_name', 'family_name', 'name'],
        sid: null,
      },
      acrValues: ['urn:example:aal1', 'urn:example:aal2'],
      enabledJWA: {
        clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256'],
        idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'],
        userinfoSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      },
      features: {
        devInteractions: { enabled: false },
        jwtUserinfo: { enabled: true },
        revocation: { enabled: true, allowedPolicy: () => true },
        backchannelLogout: { enabled: true },
        rpInitiatedLogout: {
          logoutSource: (ctx, form) => {
            ctx.body = page(
              'Se déconnecter',
              `${form}<button form="op.logoutForm" name="logout" value="yes">Se déconnecter partout</button>`,
            );
          },
          postLogoutSuccessSource: (ctx) => {
            ctx.body = page('Déconnecté', '<p>La session est terminée.</p>');
          },
        },
      },
      interactions: { url: (_ctx, { uid }) => `/login/${uid}` },
      findAccount: (_ctx, id) => {
        const person = people.find(({ sub }) => sub === id);
        if (!person) return undefined;
        const { sub, email, emailVerified = true, firstName, lastName, claims = {} } = person;
        const known = { email, email_verified: emailVerified, given_name: firstName, family_name: lastName };
        return { accountId: sub, claims: async () => ({ sub, name: `${firstName} ${lastName}`, ...known, ...claims }) };
      },
      // Whoever is asked by us need not be asked a second time what we may know.
      loadExistingGrant: async (ctx) => {
        const grant = new ctx.oidc.provider.Grant({
          accountId: ctx.oidc.session!.accountId!,
          clientId: ctx.oidc.client!.clientId,
        });
        grant.addOIDCScope('openid email profile offline_access');
        await grant.save();
        return grant;
      },
      renderError: (ctx, out) => {
        ctx.body = page('Erreur', `<p>${String(out.error)}</p>`);
      },
      ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600 },
    };
    const op = new Provider(issuer, configuration);
    op.use(async (ctx, next) => {
      if (ctx.path.startsWith('/login/')) return answerForm(op, ctx, people);
      if (ctx.path === '/token' && provider.delayMs > 0) await new Promise((go) => setTimeout(go, provider.delayMs));
      await next();
      await note(ctx as KoaContextWithOIDC);
      tell(ctx as KoaContextWithOIDC);
    });
    return op.callback() as http.RequestListener;
  }

  async function note(ctx: KoaContextWithOIDC): Promise<void> {
    const body = (ctx.oidc as { body?: Record<string, string> } | undefined)?.body ?? {};
    provider.seen.push({
      path: ctx.path,
      authorization: ctx.get('authorization') || null,
      body: new URLSearchParams(Object.entries(body).filter(([, value]) => typeof value === 'string')),
      query: new URLSearchParams(ctx.querystring),
    });
  }

  function tell(ctx: KoaContextWithOIDC): void {
    const { lie } = provider;
    if (lie === null) return;
    if (ctx.path === '/jwks' && lie === 'secret-keys')
      ctx.body = { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: key.kid }] };
    if (ctx.path === '/me' && lie === 'userinfo-subject') ctx.body = { ...(ctx.body as object), sub: 'somebody-else' };
    if (ctx.path === '/me' && lie === 'userinfo-signature') {
      const said = { ...(ctx.body as object), email: 'somebody@else.test' };
      ctx.body = signed(said, { alg: 'RS256', kid: key.kid }, newKey(key.kid).privateKey);
      ctx.type = 'application/jwt';
    }
    if (ctx.path === '/token' && ctx.status === 200) lieInTokens(ctx, lie);
    const location = ctx.response.get('location') ?? '';
    if (!location.includes('code=') || !lie.endsWith('issuer-in-response')) return;
    const back = new URL(location);
    if (lie === 'no-issuer-in-response') back.searchParams.delete('iss');
    else back.searchParams.set('iss', 'https://evil.example');
    ctx.set('location', back.href);
  }

  function lieInTokens(ctx: KoaContextWithOIDC, lie: Lie): void {
    const body = ctx.body as { id_token: string };
    if (lie === 'not-json') {
      ctx.type = 'text/html';
      ctx.body = '<p>Bonjour</p>';
      return;
    }
    if (lie === 'no-id-token') {
      const { id_token: _, ...rest } = body;
      ctx.body = rest;
      return;
    }
    const [header, claims] = body.id_token
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
    const forged: Partial<Record<Lie, () => string>> = {
      issuer: () => sign({ ...claims, iss: 'https://evil.example' }),
      audience: () => sign({ ...claims, aud: 'another-client' }),
      nonce: () => sign({ ...claims, nonce: 'another' }),
      'no-nonce': () => sign({ ...claims, nonce: undefined }),
      expired: () =>
        sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 120, iat: Math.floor(Date.now() / 1000) - 600 }),
      'no-subject': () => sign({ ...claims, sub: undefined }),
      'endless-subject': () => sign({ ...claims, sub: 'x'.repeat(501) }),
      'unwritable-subject': () => sign({ ...claims, sub: 'a\0b' }),
      'several-audiences': () => sign({ ...claims, aud: [claims!['aud'], 'another-client'] }),
      'other-party': () => sign({ ...claims, aud: [claims!['aud'], 'another-client'], azp: 'another-client' }),
      'no-end': () => sign({ ...claims, exp: undefined }),
      'no-issue-instant': () => sign({ ...claims, iat: undefined }),
      'not-yet': () => sign({ ...claims, nbf: Math.floor(Date.now() / 1000) + 600 }),
      'alg-none': () => `${encode({ ...header, alg: 'none' })}.${encode(claims!)}.`,
      unsigned: () => `${encode({ ...header, alg: 'none' })}.${encode(claims!)}`,
      encrypted: () => `${encode({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a2V5.bm9uY2U.${encode(claims!)}.dGFn`,
      'alg-hs256': () => sign(claims!, { ...header, alg: 'HS256' }),
      'other-key': () => sign(claims!, header, newKey(key.kid).privateKey),
      'unknown-key': () => sign(claims!, { ...header, kid: 'nobody-knows' }, newKey('x').privateKey),
      'flipped-signature': () => {
        const [head, content, signature] = body.id_token.split('.') as [string, string, string];
        return `${head}.${content}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
      },
    };
    const token = forged[lie]?.();
    if (token !== undefined) ctx.body = { ...body, id_token: token };

    function sign(content: object, head: object = header!, by: KeyObject = key.privateKey): string {
      return signed(content, head, by);
    }
  }

  function signed(content: object, head: object, by: KeyObject): string {
    const text = `${encode(head)}.${encode(content)}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(by).toString('base64url')}`;
  }

  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  listener = build();
  return provider;
}
