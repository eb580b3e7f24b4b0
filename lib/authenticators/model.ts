import { z } from 'zod';
import type { ExternalMfa, FactorKind } from '@/lib/policy/decision';

export const AUTHENTICATOR_TYPES = ['system', 'saml', 'oidc'] as const;
export type AuthenticatorType = (typeof AUTHENTICATOR_TYPES)[number];

/** How classes of characters are asked for (AUTH-2); current guidance advises against any but the first. */
export const COMPLEXITIES = ['length-only', 'three-classes', 'four-classes'] as const;

/** What passwords must be for those whom a system authenticator serves (AUTH-2). */
export const passwordRules = z.object({
  /** In code points, 8 to 64; null: 15 where a password alone is enough, 12 where a second factor is required. */
  lengthMin: z.number().int().min(8).max(64).nullable().default(null),
  complexity: z.enum(COMPLEXITIES).default('length-only'),
  /** How many earlier passwords can't be chosen again. */
  history: z.number().int().min(0).max(24).default(0),
});
export type PasswordRules = z.output<typeof passwordRules>;

export const systemSettings = z.object({ password: passwordRules.prefault({}) });

/** Accounts that are made at the first sign-in (AUTH-8); null: none. Nobody gets one whose verified address is of no domain here. */
const justInTime = z
  .object({
    kind: z.enum(['employee', 'parent', 'external']),
    roleId: z.uuid().nullable(),
    domains: z.array(z.string().min(3).max(253)).min(1).max(20),
  })
  .nullable()
  .default(null);

const url = z.url().max(2_000).nullable().default(null);

/** How we prove ourselves to an OIDC provider (OIDC-2). */
export const CLIENT_AUTHENTICATIONS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;
export const ID_TOKEN_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

/** What is known of an OIDC provider. A draft may lack any of it; nobody signs in before all that is required is there. */
export const oidcSettings = z.object({
  /** Exactly as the ID tokens name it. */
  issuer: url,
  authorizationEndpoint: url,
  tokenEndpoint: url,
  jwksUri: url,
  userinfoEndpoint: url,
  revocationEndpoint: url,
  endSessionEndpoint: url,
  /** Whether the provider names itself in every answer (RFC 9207). */
  issuerInResponse: z.boolean().default(false),
  clientId: z.string().max(500).default(''),
  clientAuthentication: z.enum(CLIENT_AUTHENTICATIONS).default('client_secret_basic'),
  idTokenAlgorithm: z.enum(ID_TOKEN_ALGORITHMS).default('RS256'),
  scopes: z.array(z.string().min(1).max(100)).max(20).default(['openid', 'email', 'profile']),
  ficam: z.boolean().default(false),
  /** Asked for and, with FICAM, required (OIDC-3). */
  acrValues: z.array(z.string().min(1).max(300)).max(20).default([]),
  /** Values of `amr` and `acr` that show a second factor (MFA-7). */
  mfaValues: z.array(z.string().min(1).max(300)).max(20).default(['mfa']),
  justInTime,
});
export type OidcSettings = z.output<typeof oidcSettings>;

/** Where a SAML assertion says who somebody is. */
export const NAME_ID_FORMATS = ['unspecified', 'emailAddress', 'persistent'] as const;

/** What is known of a SAML provider. */
export const samlSettings = z.object({
  /** The provider's entity ID, exact. */
  entityId: z.string().max(1_024).default(''),
  ssoUrl: url,
  ssoBinding: z.enum(['redirect', 'post']).default('redirect'),
  sloUrl: url,
  sloBinding: z.enum(['redirect', 'post']).default('redirect'),
  /** Where its metadata want our answers to a sign-out (`ResponseLocation`); null: where its sign-outs begin. */
  sloResponseUrl: url,
  /** PEM; two during a rollover, four at most. */
  certificates: z.array(z.string().max(20_000)).max(4).default([]),
  /** Found in the metadata since, and waiting for an administrator's yes (SAML-3). */
  proposedCertificates: z.array(z.string().max(20_000)).max(4).default([]),
  allowExpiredCertificate: z.boolean().default(false),
  /** Some providers (Microsoft Entra) make assertions that are good for an hour: of those only the first 15 minutes count. */
  allowLongValidity: z.boolean().default(false),
  metadataUrl: url,
  /** The attribute that says who somebody is; empty: the NameID. */
  identityAttribute: z.string().max(300).default(''),
  /** Letters fold only where the organisation says that identities are e-mail addresses (AUTH-7). */
  identityIsEmail: z.boolean().default(false),
  nameIdFormat: z.enum(NAME_ID_FORMATS).default('unspecified'),
  signRequests: z.boolean().default(false),
  idpInitiated: z.boolean().default(false),
  ficam: z.boolean().default(false),
  /** AuthnContextClassRefs that show a second factor (MFA-7). */
  mfaClasses: z
    .array(z.string().min(1).max(300))
    .max(20)
    .default(['https://refeds.org/profile/mfa', 'http://schemas.microsoft.com/claims/multipleauthn']),
  justInTime,
});
export type SamlSettings = z.output<typeof samlSettings>;

export const SETTINGS = { system: systemSettings, saml: samlSettings, oidc: oidcSettings } as const;

export type AuthenticatorState = 'draft' | 'active' | 'deactivated';

/** Longer lists help nobody, and no organisation has as many providers. */
export const AUTHENTICATORS_MAX = 50;

/** One line of the list of authenticators. */
export interface ListedAuthenticator {
  readonly id: string;
  readonly name: string;
  readonly type: AuthenticatorType;
  readonly state: AuthenticatorState;
  readonly isDefault: boolean;
  /** How many accounts are assigned to it. */
  readonly served: number;
  /** The locations that its filter stands on (LOC-3), by name. */
  readonly locations: readonly string[];
}

interface Common {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly isDefault: boolean;
  readonly state: AuthenticatorState;
  /** The strictest rule wins (MFA-2). */
  readonly mfaRequired: boolean;
  /** The kinds of factors that those whom it serves may set up (AUTH-3). */
  readonly factorKinds: readonly FactorKind[];
  /** How old a password may grow, in days; null: it does not expire. */
  readonly passwordExpiryDays: number | null;
  readonly externalMfa: ExternalMfa;
  /** When it last changed: a form that was drawn before that is told, never obeyed. */
  readonly updatedAt: Date;
}

/** An authenticator as services hand it on: no secret is ever in it. */
export type Authenticator = Common &
  (
    | { readonly type: 'system'; readonly settings: z.output<typeof systemSettings> }
    | { readonly type: 'saml'; readonly settings: SamlSettings }
    | { readonly type: 'oidc'; readonly settings: OidcSettings }
  );

/** What a provider said of somebody, once all of it was verified; what follows asks nothing more of the protocol. */
export interface ProvenIdentity {
  /** OIDC: `iss`. SAML: the provider's entity ID. */
  readonly issuer: string;
  /** OIDC: `sub`. SAML: the NameID, or the value of the chosen attribute. */
  readonly subject: string;
  /** Everything that was said, by name, for `claim(name):value`, for « Tester », and for accounts made at once. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** Whether it was shown that the provider asked for a second factor (MFA-7). */
  readonly factorShown: boolean;
  /** The provider's own name of the session (`sid`, SessionIndex). */
  readonly providerSession: string | null;
  /** What ends the session at the provider, to be kept sealed. */
  readonly tokens: Readonly<Record<string, string>> | null;
}
