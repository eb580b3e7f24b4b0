import { z } from 'zod';
import { CLIENT_AUTHENTICATIONS, ID_TOKEN_ALGORITHMS, type OidcSettings } from '@/lib/authenticators/model';
import { checkOutgoing, guardedFetch, OutgoingFault, type OutgoingWays } from '@/lib/outgoing/fetch';

/** Why nothing was learned of a provider; the sentences stand in messages/ under `fields`. */
export type DiscoveryIssue =
  | 'discovery.form'
  | 'discovery.address'
  | 'discovery.away'
  | 'discovery.document'
  | 'discovery.issuer'
  | 'discovery.endpoint'
  | 'discovery.tenant';

const WELL_KNOWN = '/.well-known/openid-configuration';

const endpoint = z.url({ protocol: /^https?$/ }).max(2_000);

/** What is read of a provider's document; all else in it is nothing to us. */
const document = z.object({
  issuer: endpoint,
  authorization_endpoint: endpoint,
  token_endpoint: endpoint,
  jwks_uri: endpoint,
  userinfo_endpoint: endpoint.optional(),
  revocation_endpoint: endpoint.optional(),
  end_session_endpoint: endpoint.optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).max(50).optional(),
  id_token_signing_alg_values_supported: z.array(z.string()).max(50).optional(),
});

/** What a document says of a provider, in the words of our settings. */
export type Discovered = Pick<
  OidcSettings,
  | 'issuer'
  | 'authorizationEndpoint'
  | 'tokenEndpoint'
  | 'jwksUri'
  | 'userinfoEndpoint'
  | 'revocationEndpoint'
  | 'endSessionEndpoint'
  | 'issuerInResponse'
> & {
  readonly clientAuthentications: readonly OidcSettings['clientAuthentication'][];
  readonly idTokenAlgorithms: readonly OidcSettings['idTokenAlgorithm'][];
};

/**
 * « Découvrir » (OIDC-1): fetches a provider's document by its issuer, or by the document's own address. The issuer in it
 * must be the one that the address stands below, or anybody could speak for anybody; every endpoint in it is looked up, and
 * none may lead inside.
 *
 * @source OpenID Connect Discovery §4; SECURITY.md, OIDC; Bad inputs 65–67
 */
export async function discover(
  typed: string,
  ways: OutgoingWays = {},
): Promise<Discovered | { readonly issue: DiscoveryIssue }> {
  const address = documentAddress(typed);
  if (address === null) return { issue: 'discovery.form' };
  if (isForManyTenants(address)) return { issue: 'discovery.tenant' };
  try {
    const response = await guardedFetch(address, { headers: { accept: 'application/json' } }, ways);
    if (response.status !== 200) return { issue: response.status >= 500 ? 'discovery.away' : 'discovery.document' };
    if (!/^application\/json\b/i.test(response.headers.get('content-type') ?? '')) {
      return { issue: 'discovery.document' };
    }
    const found = readDocument(await response.text());
    if (found === null) return { issue: 'discovery.document' };
    if (found.issuer.includes('{')) return { issue: 'discovery.tenant' };
    if (documentAddress(found.issuer)?.href !== address.href) return { issue: 'discovery.issuer' };
    const { issuer: _, ...rest } = found;
    for (const url of Object.values(rest).filter((one): one is string => typeof one === 'string')) {
      try {
        await checkOutgoing(url, ways);
      } catch (error) {
        if (!(error instanceof OutgoingFault)) throw error;
        return { issue: 'discovery.endpoint' };
      }
    }
    return settingsOf(found);
  } catch (error) {
    if (!(error instanceof OutgoingFault)) throw error;
    return { issue: error.code === 'address' ? 'discovery.address' : 'discovery.away' };
  }
}

/** Where a provider's document stands: below its issuer, whether that ends with a slash or not. */
function documentAddress(typed: string): URL | null {
  const text = typed.trim();
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.search !== '' || url.hash !== '') return null;
  if (!url.pathname.endsWith(WELL_KNOWN)) url.pathname = `${url.pathname.replace(/\/$/, '')}${WELL_KNOWN}`;
  return url;
}

/** Microsoft's addresses for everybody: whoever has an account anywhere would be vouched for. */
export const isForManyTenants = ({ hostname, pathname }: URL) =>
  /(^|\.)(microsoftonline\.(com|us)|microsoftonline-p\.com|partner\.microsoftonline\.cn)$/.test(hostname) &&
  /^\/(common|organizations|consumers)\//i.test(pathname);

function readDocument(text: string): z.output<typeof document> | null {
  try {
    const parsed: unknown = JSON.parse(text);
    if (hasTwins(text)) return null;
    return document.safeParse(parsed).data ?? null;
  } catch {
    return null;
  }
}

/** Whether the outermost object says one thing twice: which of them counts is not for a parser to choose. */
function hasTwins(text: string): boolean {
  const seen = new Set<string>();
  let depth = 0;
  // Strings whole, so that what stands in them is no sign; a key is a string that a colon follows.
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    const [sign, colon] = match;
    if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
    else if (depth === 1 && colon !== undefined) {
      const key = JSON.parse(sign.slice(0, -colon.length)) as string;
      if (seen.has(key)) return true;
      seen.add(key);
    }
  }
  return false;
}

function settingsOf(found: z.output<typeof document>): Discovered {
  const methods = found.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const algorithms = found.id_token_signing_alg_values_supported ?? ['RS256'];
  return {
    issuer: found.issuer,
    authorizationEndpoint: found.authorization_endpoint,
    tokenEndpoint: found.token_endpoint,
    jwksUri: found.jwks_uri,
    userinfoEndpoint: found.userinfo_endpoint ?? null,
    revocationEndpoint: found.revocation_endpoint ?? null,
    endSessionEndpoint: found.end_session_endpoint ?? null,
    issuerInResponse: found.authorization_response_iss_parameter_supported ?? false,
    clientAuthentications: CLIENT_AUTHENTICATIONS.filter((one) => methods.includes(one)),
    idTokenAlgorithms: ID_TOKEN_ALGORITHMS.filter((one) => algorithms.includes(one)),
  };
}
