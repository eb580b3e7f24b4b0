import type { AuthenticatorType } from './model';

/** The addresses that a provider is told, or that are handed out (AUTH-4); they exist as soon as the draft does. */
export interface AuthenticatorUrls {
  readonly signIn: string;
  readonly saml: {
    readonly entityId: string;
    readonly acs: string;
    readonly metadata: string;
    /** Where the provider's side of a sign-out comes in. */
    readonly slo: string;
  } | null;
  readonly oidc: {
    readonly redirect: string;
    readonly postLogout: string;
    /** Our public keys there, for a provider that knows us by our signature (OIDC-2). */
    readonly keys: string;
  } | null;
}

/**
 * @param origin the site's own, without a slash at its end
 * @param slug the organisation's
 */
export function urlsOf(
  origin: string,
  slug: string,
  { id, type }: { readonly id: string; readonly type: AuthenticatorType },
): AuthenticatorUrls {
  const signIn = `${origin}/${slug}/sign-in`;
  const saml = `${origin}/api/saml/${id}`;
  return {
    signIn,
    // The entity ID is where the metadata are, as SAML metadata §4.1.1 recommends.
    saml:
      type === 'saml'
        ? { entityId: `${saml}/metadata`, acs: `${saml}/acs`, metadata: `${saml}/metadata`, slo: `${saml}/slo` }
        : null,
    oidc:
      type === 'oidc'
        ? {
            redirect: `${origin}/api/auth/callback/${id}`,
            postLogout: `${signIn}/signed-out`,
            keys: `${origin}/api/auth/keys/${id}`,
          }
        : null,
  };
}
