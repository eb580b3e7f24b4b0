import * as openid from 'openid-client';
import type { OidcSettings, ProvenIdentity } from '@/lib/authenticators/model';
import { UNWRITABLE } from '@/lib/external/expected';
import { ProviderFault, type FlowRequest, type WayOut } from '@/lib/external/model';
import { guardedFetch, OUTGOING_MS_MAX } from '@/lib/outgoing/fetch';
import { algorithmsOf, signingKeyOf } from './client-key';
import { faultOf } from './faults';

/** An OIDC authenticator with what it proves itself by, and its own address that the provider sends people back to. */
export interface OidcClient {
  readonly authenticatorId: string;
  readonly settings: OidcSettings;
  readonly redirectUri: string;
  /** The secret, or the private key as PEM; null: there is none. */
  readonly secret: string | null;
}

/** What must be there before anybody can be sent to a provider. */
interface Complete extends OidcClient {
  readonly settings: OidcSettings & {
    readonly issuer: string;
    readonly authorizationEndpoint: string;
    readonly tokenEndpoint: string;
    readonly jwksUri: string;
  };
}

function complete(client: OidcClient): Complete {
  const { issuer, authorizationEndpoint, tokenEndpoint, jwksUri, clientId, clientAuthentication } = client.settings;
  const lacksSecret = clientAuthentication !== 'none' && client.secret === null;
  if (!issuer || !authorizationEndpoint || !tokenEndpoint || !jwksUri || clientId === '' || lacksSecret) {
    throw new ProviderFault('oidc.incomplete');
  }
  return client as Complete;
}

type Fetch = (url: string, options: openid.CustomFetchOptions) => Promise<Response>;

async function configure(client: Complete, authentication: openid.ClientAuth, fetch: Fetch) {
  const { settings } = client;
  const configuration = new openid.Configuration(
    {
      issuer: settings.issuer,
      authorization_endpoint: settings.authorizationEndpoint,
      token_endpoint: settings.tokenEndpoint,
      jwks_uri: settings.jwksUri,
      ...(settings.userinfoEndpoint ? { userinfo_endpoint: settings.userinfoEndpoint } : {}),
      ...(settings.revocationEndpoint ? { revocation_endpoint: settings.revocationEndpoint } : {}),
      ...(settings.endSessionEndpoint ? { end_session_endpoint: settings.endSessionEndpoint } : {}),
      // Where it is signed, in the same way as ID tokens are; without this the library would take it in the open alone.
      userinfo_signing_alg_values_supported: [settings.idTokenAlgorithm],
      authorization_response_iss_parameter_supported: settings.issuerInResponse,
    },
    settings.clientId,
    { id_token_signed_response_alg: settings.idTokenAlgorithm },
    authentication,
  );
  // Without it the library believes what came over TLS, and looks at no signature (OIDC-3).
  openid.enableNonRepudiationChecks(configuration);
  // Where plain http may go is for the guarded fetch to say, and it says so of every call.
  openid.allowInsecureRequests(configuration);
  configuration.timeout = OUTGOING_MS_MAX / 1_000;
  configuration[openid.customFetch] = fetch;
  return configuration;
}

async function authenticationOf({ settings, secret }: OidcClient, raw: boolean): Promise<openid.ClientAuth> {
  switch (settings.clientAuthentication) {
    case 'client_secret_basic':
      return raw ? rawBasic(settings.clientId, secret!) : openid.ClientSecretBasic(secret!);
    case 'client_secret_post':
      return openid.ClientSecretPost(secret!);
    case 'private_key_jwt':
      return openid.PrivateKeyJwt(await signingKeyOf(secret!, assertionAlgorithmOf(settings, secret!)));
    case 'none':
      return openid.None();
  }
}

/** The provider signs its tokens in a way that it knows: we sign ours in the same one, where the key can. */
function assertionAlgorithmOf({ idTokenAlgorithm }: OidcSettings, pem: string) {
  const able = algorithmsOf(pem);
  return able.find((one) => one === idTokenAlgorithm) ?? able[0]!;
}

/**
 * Basic authentication as many providers read it: without the form-encoding that RFC 6749 §2.3.1 asks for. Tried once the
 * exact one was refused, and only where the two differ.
 */
const rawBasic =
  (clientId: string, secret: string): openid.ClientAuth =>
  (_as, _client, _body, headers) => {
    headers.set('authorization', `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`);
  };

const isPlain = (text: string) => /^[A-Za-z0-9]*$/.test(text);

/** Where to send somebody, and what must come back with them. Talks to nobody. */
export async function beginOidc(
  given: OidcClient,
  { state, hint, anew }: { readonly state: string; readonly hint: string | null; readonly anew: boolean },
): Promise<{ readonly way: WayOut; readonly request: FlowRequest }> {
  const client = complete(given);
  const { settings } = client;
  const [nonce, verifier] = [openid.randomNonce(), openid.randomPKCECodeVerifier()];
  const challenge = await openid.calculatePKCECodeChallenge(verifier);
  const url = new URL(settings.authorizationEndpoint);
  const parameters: Record<string, string> = {
    response_type: 'code',
    client_id: settings.clientId,
    redirect_uri: client.redirectUri,
    scope: [...new Set(['openid', ...settings.scopes])].join(' '),
    state,
    nonce,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...(settings.acrValues.length > 0 ? { acr_values: settings.acrValues.join(' ') } : {}),
    ...(hint !== null ? { login_hint: hint } : {}),
    ...(anew ? { prompt: 'login' } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { way: { kind: 'redirect', url: url.href }, request: { protocol: 'oidc', nonce, verifier } };
}

/** Keys of providers, good for a minute: a key that was taken back is no longer believed after that. */
const KEYS_GOOD_MS = 60_000;
const KEYS_KEPT_MAX = 500;
type Keys = NonNullable<ReturnType<typeof openid.getJwksCache>>;
const shared = globalThis as {
  vestibuleProviderKeys?: Map<string, { readonly keys: Keys; readonly until: number }>;
  vestibuleRawBasic?: Set<string>;
};
const keysOf = (shared.vestibuleProviderKeys ??= new Map());
/** Clients whose provider reads Basic authentication raw: learned here, and learned anew by another instance. */
const rawClients = (shared.vestibuleRawBasic ??= new Set());

/** Nothing of one authenticator, or of what it was before, is ever another's. */
const nameOf = ({ authenticatorId, settings }: OidcClient) =>
  JSON.stringify([authenticatorId, settings.issuer, settings.jwksUri, settings.tokenEndpoint, settings.clientId]);

/**
 * Takes the code to the provider and judges what it gives for it (OIDC-3): issuer, audience, nonce, times and signature of
 * the ID token, the algorithm that was chosen and no other, PKCE, and the issuer in the answer (RFC 9207). At userinfo the
 * subject is the same. All of it within 5 seconds. With FICAM one of the listed ACR values must be there.
 *
 * @param answer the query that the browser came back with
 * @throws {ProviderFault} by its code alone
 * @source OpenID Connect Core §3.1.2.7, §3.1.3.7, §5.3.4; RFC 7636; RFC 9207; RFC 9700 §4
 */
export async function completeOidc(
  given: OidcClient,
  request: Extract<FlowRequest, { protocol: 'oidc' }>,
  { answer, state }: { readonly answer: URLSearchParams; readonly state: string },
): Promise<ProvenIdentity> {
  const client = complete(given);
  const { settings } = client;
  const back = new URL(client.redirectUri);
  for (const [name, value] of answer) back.searchParams.append(name, value);
  const deadline = AbortSignal.timeout(OUTGOING_MS_MAX);
  const { fetch, keepTokens } = bounded(client, deadline);
  const checks = () => ({
    expectedState: state,
    expectedNonce: request.nonce,
    pkceCodeVerifier: request.verifier,
    idTokenExpected: true,
  });
  const name = nameOf(client);
  const grant = async (raw: boolean, known: Keys | null) => {
    const configuration = await configure(client, await authenticationOf(client, raw), fetch);
    if (known !== null) openid.setJwksCache(configuration, known);
    const tokens = await openid.authorizationCodeGrant(configuration, back, checks());
    const keys = openid.getJwksCache(configuration);
    if (keys !== undefined && keys !== known) remember(name, keys);
    return { configuration, tokens };
  };

  let claims: Record<string, unknown> = {};
  try {
    const known = keysOf.get(name);
    const fresh = known !== undefined && known.until > Date.now() ? known.keys : null;
    const { configuration, tokens } = await grant(rawClients.has(name), fresh).catch(async (error: unknown) => {
      const { code } = faultOf(error);
      // The provider changed its keys within the minute: what it gave for the code is judged once more, by its new ones.
      if (fresh !== null && (code === 'oidc.key' || code === 'oidc.signature')) {
        keysOf.delete(name);
        keepTokens();
        return grant(rawClients.has(name), null);
      }
      const differs = !isPlain(settings.clientId) || !isPlain(client.secret ?? '');
      if (code !== 'oidc.client' || settings.clientAuthentication !== 'client_secret_basic' || !differs) throw error;
      const reached = await grant(!rawClients.has(name), fresh);
      if (rawClients.has(name)) rawClients.delete(name);
      else rawClients.add(name);
      return reached;
    });
    const idToken = tokens.claims()!;
    claims = { ...idToken };
    if (!isText(idToken.sub)) throw new ProviderFault('oidc.claims');
    if (settings.userinfoEndpoint !== null) {
      const said = await openid.fetchUserInfo(configuration, tokens.access_token, idToken.sub).catch(userinfoFault);
      claims = { ...said, ...claims };
    }
    if (settings.ficam && !(typeof idToken['acr'] === 'string' && settings.acrValues.includes(idToken['acr']))) {
      throw new ProviderFault('oidc.acr');
    }
    return identityOf(settings, claims, {
      id_token: tokens.id_token!,
      access_token: tokens.access_token,
      ...(tokens.refresh_token === undefined ? {} : { refresh_token: tokens.refresh_token }),
    });
  } catch (error) {
    throw new ProviderFault(faultOf(error).code, claims);
  }
}

function userinfoFault(error: unknown): never {
  const { code } = faultOf(error);
  if (code.startsWith('provider.')) throw new ProviderFault(code);
  const differs = (inner: unknown): boolean =>
    inner instanceof Error &&
    ((inner as { code?: string }).code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' || differs(inner.cause));
  throw new ProviderFault(differs(error) ? 'oidc.userinfo-subject' : 'oidc.userinfo');
}

function remember(name: string, keys: Keys): void {
  if (keysOf.size >= KEYS_KEPT_MAX) keysOf.clear();
  keysOf.set(name, { keys, until: Date.now() + KEYS_GOOD_MS });
}

/** More keys than any provider has, and so many that looking through them takes its time. */
const KEYS_MAX = 100;

/**
 * The guarded fetch for one way back: one deadline over all of its calls, keys looked over before the library sees them.
 * What the token endpoint gave can be kept, for the code is used up: a second look is then taken at that.
 */
function bounded({ settings }: Complete, deadline: AbortSignal): { fetch: Fetch; keepTokens: () => void } {
  let given: { body: string; status: number; headers: Headers } | null = null;
  let kept = false;
  // As the library writes them: a host in capitals, or a port that needs no saying, is the same address.
  const [tokens, keys] = [new URL(settings.tokenEndpoint).href, new URL(settings.jwksUri).href];
  const fetch: Fetch = async (url, { method, headers, body }) => {
    const isTokens = url === tokens;
    if (isTokens && kept && given !== null) return new Response(given.body, given);
    const response = await guardedFetch(url, {
      method,
      headers,
      body: body as string | URLSearchParams | null,
      signal: deadline,
    });
    if (isTokens) {
      given = { body: await response.clone().text(), status: response.status, headers: response.headers };
    }
    if (url === keys && !(await response.clone().text().then(areUsableKeys))) {
      throw new ProviderFault('oidc.key');
    }
    return response;
  };
  return { fetch, keepTokens: () => void (kept = true) };
}

/** Whether a set of keys could be a provider's: neither empty nor endless, and none of them a secret. */
export function areUsableKeys(text: string): boolean {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    if (!Array.isArray(keys) || keys.length === 0 || keys.length > KEYS_MAX) return false;
    return keys.every((key: unknown) => typeof key === 'object' && key !== null && !('k' in key) && !('d' in key));
  } catch {
    return false;
  }
}

/** Long enough for whatever providers say: OpenID Connect Core §2 allows a subject 255 characters. */
const TEXT_MAX = 500;

/** A text that can be kept: not endless, without controls, and without halves of characters. */
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= TEXT_MAX && !UNWRITABLE.test(value);

const text = (value: unknown): string | null => (isText(value) ? value : null);

/** What follows asks nothing more of the protocol. */
function identityOf(
  settings: OidcSettings,
  claims: Record<string, unknown>,
  tokens: Record<string, string>,
): ProvenIdentity {
  const shown = [claims['acr'], ...(Array.isArray(claims['amr']) ? (claims['amr'] as unknown[]) : [])];
  const verified = claims['email_verified'];
  return {
    issuer: claims['iss'] as string,
    subject: claims['sub'] as string,
    claims,
    email: text(claims['email']),
    // Some providers write the word instead of the value.
    emailVerified: verified === true || verified === 'true',
    firstName: text(claims['given_name']),
    lastName: text(claims['family_name']),
    factorShown: shown.some((one) => typeof one === 'string' && settings.mfaValues.includes(one)),
    providerSession: text(claims['sid']),
    tokens,
  };
}

/**
 * Takes the tokens of a session back at the provider (RFC 7009): the one that others are made of first.
 *
 * @returns false: the provider was away, or did not know us; it is worth another try
 */
export async function revokeTokens(given: OidcClient, tokens: Readonly<Record<string, string>>): Promise<boolean> {
  try {
    const client = complete(given);
    const { fetch } = bounded(client, AbortSignal.timeout(OUTGOING_MS_MAX));
    const configuration = await configure(
      client,
      await authenticationOf(client, rawClients.has(nameOf(client))),
      fetch,
    );
    for (const kind of ['refresh_token', 'access_token']) {
      const token = tokens[kind];
      if (token !== undefined) await openid.tokenRevocation(configuration, token, { token_type_hint: kind });
    }
    return true;
  } catch {
    return false;
  }
}
