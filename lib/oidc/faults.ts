import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { ProviderFault, type FaultCode } from '@/lib/external/model';
import { OutgoingFault } from '@/lib/outgoing/fetch';

/** What of a claim is wrong, where it is there and is another than it should be. */
const COMPARED: Readonly<Record<string, FaultCode>> = {
  iss: 'oidc.issuer',
  aud: 'oidc.audience',
  azp: 'oidc.audience',
  nonce: 'oidc.nonce',
};

/** What the library says in words alone; its version is pinned, and the tests try each. */
const SAID: readonly (readonly [RegExp, FaultCode])[] = [
  [/JWT signature verification failed/, 'oidc.signature'],
  // Of other parts than three: without a signature.
  [/Invalid JWT/, 'oidc.algorithm'],
  [/"alg" header/, 'oidc.algorithm'],
  [/"iss" \(issuer\) response parameter|response parameter "iss"/, 'oidc.issuer-in-response'],
  [/"id_token" property/, 'oidc.id-token-missing'],
  [/JWT "nonce"/, 'oidc.nonce'],
  [/JWT "(exp|iat|sub|iss|aud|nbf)"/, 'oidc.claims'],
];

/** What a provider says when somebody changed their mind there, or may not use us. */
const CANCELLED: ReadonlySet<string> = new Set([
  'access_denied',
  'login_required',
  'interaction_required',
  'consent_required',
]);
const AWAY: ReadonlySet<string> = new Set(['server_error', 'temporarily_unavailable']);

/** A failure of the library as a fault of the provider, by its code alone: nothing that came from outside is kept. */
export function faultOf(error: unknown): ProviderFault {
  return error instanceof ProviderFault ? error : new ProviderFault(codeOf(error));
}

function codeOf(error: unknown): FaultCode {
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause) {
    if (inner instanceof ProviderFault) return inner.code;
    if (inner instanceof OutgoingFault) return inner.code === 'address' ? 'provider.address' : 'provider.away';
    if (inner.name === 'AbortError' || inner.name === 'TimeoutError') return 'provider.away';
    if (inner instanceof AuthorizationResponseError) {
      if (CANCELLED.has(inner.error)) return 'provider.cancelled';
      return AWAY.has(inner.error) ? 'provider.away' : 'provider.error';
    }
    if (inner instanceof ResponseBodyError) return refusedByTokenEndpoint(inner);
    if (inner instanceof WWWAuthenticateChallengeError) return 'oidc.client';
    const found = codeOfStep(inner);
    if (found !== null) return found;
  }
  return 'oidc.response';
}

function refusedByTokenEndpoint({ error, status }: ResponseBodyError): FaultCode {
  if (error === 'invalid_client' || error === 'unauthorized_client') return 'oidc.client';
  if (error === 'invalid_grant') return 'oidc.code';
  return status >= 500 ? 'provider.away' : 'oidc.token-endpoint';
}

function codeOfStep(error: Error): FaultCode | null {
  const { code, cause } = error as Error & { code?: string; cause?: { claim?: string } };
  switch (code) {
    case 'OAUTH_TIMEOUT':
    case 'OAUTH_ABORT':
      return 'provider.away';
    case 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED':
      return 'oidc.expired';
    case 'OAUTH_KEY_SELECTION_FAILED':
      return 'oidc.key';
    case 'OAUTH_UNSUPPORTED_OPERATION':
      return /JWE/.test(error.message) || /JWE/.test(String((cause as unknown as Error)?.message))
        ? 'oidc.encrypted'
        : 'oidc.algorithm';
    case 'OAUTH_JWT_CLAIM_COMPARISON_FAILED':
      if (error instanceof ClientError) return null;
      return COMPARED[cause?.claim ?? ''] ?? 'oidc.claims';
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM':
    case 'OAUTH_RESPONSE_IS_NOT_JSON':
    case 'OAUTH_PARSE_ERROR':
      return 'oidc.token-endpoint';
  }
  return SAID.find(([words]) => words.test(error.message))?.[1] ?? null;
}
