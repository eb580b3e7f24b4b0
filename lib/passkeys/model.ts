import { z } from 'zod';

/** How long a challenge that was given out may be answered. */
export const CHALLENGE_LIFETIME_MINUTES = 10;

/** Challenges that one sign-in or session may hold at a time: tabs and second tries. The oldest make room. */
export const OPEN_CHALLENGES_MAX = 10;

/**
 * How long a browser waits for the person, in milliseconds: time enough to fetch a phone and read a square with it. Below
 * the lifetime of the challenge, so that whoever is asked can still answer.
 *
 * @source WebAuthn Level 3 §15.1 (recommended range 300,000 to 600,000 ms)
 */
export const CEREMONY_TIMEOUT_MS = 5 * 60_000;

/** What a challenge was given out for: an answer to one is worth nothing for the other. */
export type ChallengePurpose = 'register' | 'prove';

/** What a challenge hangs on: the attempt of a sign-in, or a session. */
export type ChallengeAnchor = { readonly attemptId: string } | { readonly sessionId: string };

/** How a browser reaches an authenticator, as WebAuthn names it. */
export const TRANSPORTS = ['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal', 'cable'] as const;

const base64url = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/);

/** A credential's id has at most 1023 bytes. @source WebAuthn Level 3 §4, Credential ID */
const credentialId = base64url(1364);

const envelope = {
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional().catch(undefined),
};

/** What a browser answers to « create », as JSON. @source WebAuthn Level 3 §5.1, RegistrationResponseJSON */
export const registrationResponse = z.object({
  ...envelope,
  response: z.object({
    clientDataJSON: base64url(4_000),
    attestationObject: base64url(12_000),
    transports: z.array(z.string().max(40)).max(20).optional().catch(undefined),
  }),
});
export type RegistrationResponse = z.output<typeof registrationResponse>;

/** What a browser answers to « get », as JSON. @source WebAuthn Level 3 §5.1, AuthenticationResponseJSON */
export const assertionResponse = z.object({
  ...envelope,
  response: z.object({
    clientDataJSON: base64url(4_000),
    authenticatorData: base64url(4_000),
    signature: base64url(4_000),
    userHandle: base64url(100).nullish().catch(undefined),
  }),
});
export type AssertionResponse = z.output<typeof assertionResponse>;

/** Longest answer that a form may carry, in characters. */
export const RESPONSE_MAX = 20_000;

/**
 * Reads what a form carries of a browser's answer; null where it is none. Takes anything a request may hold, never throws.
 */
export function readResponse<T>(schema: z.ZodType<T>, text: string): T | null {
  if (text.length > RESPONSE_MAX) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** What a newly made passkey is verified by, and what its authenticator said of itself. */
export interface NewPasskey {
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly signCount: number;
  readonly transports: readonly string[];
  readonly userVerified: boolean;
  readonly deviceType: 'singleDevice' | 'multiDevice';
  readonly backedUp: boolean;
  readonly aaguid: string | null;
  readonly attachment: 'platform' | 'cross-platform' | null;
}

/** What a form brings as the proof of a second factor: a code or a recovery code that was typed, or a passkey's answer. */
export interface OwnProof {
  readonly code: string;
  /** A browser's answer, as JSON; empty or left out: the code is the proof. */
  readonly passkey?: string;
}

/** The field in which a form carries a browser's answer. */
export const passkeyAnswer = z.string().max(RESPONSE_MAX, { error: 'text.tooLong' }).default('');
