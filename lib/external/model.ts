import type { ProvenIdentity } from '@/lib/authenticators/model';

/** How long a way to a provider and back stays open (SIGN-3). */
export const FLOW_LIFETIME_MINUTES = 10;

/** Ways that one sign-in, or one session within an hour, may open: nobody fills the table. */
export const FLOWS_PER_HOLDER_MAX = 30;

/** How old a proof may be for somebody who binds their own identity. */
export const BIND_PROOF_SECONDS = 600;

export const FLOW_PURPOSES = ['sign-in', 'test', 'bind'] as const;
export type FlowPurpose = (typeof FLOW_PURPOSES)[number];

/** What was sent to a provider and is needed to judge what it answers. Kept sealed. */
export type FlowRequest =
  | { readonly protocol: 'oidc'; readonly nonce: string; readonly verifier: string }
  | { readonly protocol: 'saml'; readonly requestId: string };

/** What came back from a provider, verified, or the fault that was found with it. Kept sealed. */
export type FlowAnswer =
  { readonly identity: ProvenIdentity } | { readonly fault: FaultCode; readonly claims: ProvenIdentity['claims'] };

/** A way to a provider and back, as it was opened. */
export interface Flow {
  readonly id: string;
  readonly authenticatorId: string;
  readonly purpose: FlowPurpose;
  /** The sign-in that it belongs to; null: the provider began it, or it belongs to a session. */
  readonly attemptId: string | null;
  /** The session of whoever tries the authenticator, or binds their own identity. */
  readonly sessionId: string | null;
  /** Null where the provider began it. */
  readonly request: FlowRequest | null;
}

/** Where a browser goes to reach a provider: by a redirect, or by a form that it posts there. */
export type WayOut =
  | { readonly kind: 'redirect'; readonly url: string }
  | { readonly kind: 'post'; readonly action: string; readonly fields: Readonly<Record<string, string>> };

/**
 * What a page says of a way that ended at no session, or of a sign-out that ended none. The exact fault stands in the
 * audit alone; whoever is turned away reads one of these.
 */
export const REFUSED_PAGES = ['lost', 'cancelled', 'away', 'answer', 'no-account', 'taken', 'mfa', 'sign-out'] as const;
export type RefusedPage = (typeof REFUSED_PAGES)[number];

/** Everything that can be wrong with a provider or its answer, and the page that says so. */
export const FAULTS = {
  /** The state is none of ours, was used, ran out, or belongs to another browser. */
  'external.state': 'lost',
  /** As many ways as one sign-in, or one session within an hour, may open are open (FLOWS_PER_HOLDER_MAX). */
  'external.too-many': 'lost',
  /** A draft, switched off, or of another protocol. */
  'external.inactive': 'no-account',
  'external.unknown': 'no-account',
  'external.near-match': 'no-account',
  'external.ambiguous': 'no-account',
  /** What is expected was there, and is bound to another subject already. */
  'external.other-subject': 'no-account',
  'external.not-assigned': 'no-account',
  'external.suspended': 'no-account',
  /** Nobody's account here, and none is made for such an address (AUTH-8). */
  'external.domain': 'no-account',
  'external.email-unverified': 'no-account',
  /** An account would be made, and somebody has that address already (AUTH-8). */
  'external.email-taken': 'taken',
  'mfa.provider-lacks': 'mfa',
  'provider.cancelled': 'cancelled',
  'provider.error': 'answer',
  'provider.away': 'away',
  /** Its address leads into the server's own network, or is none that may be called (OIDC-5). */
  'provider.address': 'answer',
  'oidc.incomplete': 'answer',
  'oidc.response': 'answer',
  'oidc.issuer-in-response': 'answer',
  'oidc.client': 'answer',
  'oidc.code': 'answer',
  'oidc.token-endpoint': 'answer',
  'oidc.id-token-missing': 'answer',
  'oidc.signature': 'answer',
  'oidc.key': 'answer',
  'oidc.algorithm': 'answer',
  /** Encrypted, where we have given nobody a key for it. */
  'oidc.encrypted': 'answer',
  'oidc.issuer': 'answer',
  'oidc.audience': 'answer',
  'oidc.nonce': 'answer',
  'oidc.expired': 'answer',
  'oidc.claims': 'answer',
  'oidc.userinfo': 'answer',
  'oidc.userinfo-subject': 'answer',
  'oidc.acr': 'answer',
} as const satisfies Record<string, RefusedPage>;

export type FaultCode = keyof typeof FAULTS | `saml.${string}`;

/** The page that tells of a fault. */
export function pageOfFault(code: FaultCode): RefusedPage {
  return code in FAULTS ? FAULTS[code as keyof typeof FAULTS] : 'answer';
}

/**
 * A provider, or what it said, was found wanting: expected, and told by its code. Nothing that came from outside is ever
 * in it.
 */
export class ProviderFault extends Error {
  constructor(
    readonly code: FaultCode,
    /** What was said all the same, for « Tester » alone. */
    readonly claims: ProvenIdentity['claims'] = {},
  ) {
    super(code);
  }
}
