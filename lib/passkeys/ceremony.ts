import { isIP } from 'node:net';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { COSEALG, decodeAttestationObject } from '@simplewebauthn/server/helpers';
import {
  CEREMONY_TIMEOUT_MS,
  TRANSPORTS,
  type AssertionResponse,
  type NewPasskey,
  type RegistrationResponse,
} from './model';

/** Whom a browser makes a passkey for: it is bound to `id`, and used below `origin` alone. */
export interface RelyingParty {
  readonly id: string;
  readonly origin: string;
}

export type CreationOptions = Awaited<ReturnType<typeof generateRegistrationOptions>>;
export type RequestOptions = Awaited<ReturnType<typeof generateAuthenticationOptions>>;

/** A passkey that an account has, as a browser is told of it. */
export interface KnownCredential {
  readonly credentialId: Buffer;
  readonly transports: readonly string[];
}

/**
 * The relying party of an address; null where browsers make no passkeys for it: they want a name, never a number.
 *
 * @param appOrigin APP_ORIGIN, never a header
 * @source WebAuthn Level 3 §5.1.2, effective domain; §13.4.9
 */
export function relyingParty(appOrigin: string): RelyingParty | null {
  const { hostname, origin } = new URL(appOrigin);
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? { id: hostname, origin } : null;
}

/** The signatures that are taken: every authenticator that is sold makes one of them. */
const ALGORITHMS = [COSEALG.EdDSA, COSEALG.ES256, COSEALG.RS256];

const AAGUID_OF_NONE = '00000000-0000-0000-0000-000000000000';

const described = ({ credentialId, transports }: KnownCredential) => ({
  id: credentialId.toString('base64url'),
  transports: [...transports],
});

/**
 * What a browser needs to make a passkey. Nothing is said of where: this device, a security key, or a phone that reads the
 * browser's square (FIDO hybrid) are all welcome. No attestation, so nobody's model is known unless it says so.
 *
 * A discoverable credential is preferred for the sake of phones, which keep only those beyond one device; a key without
 * room for it makes another. The person is to be known (a finger, a PIN) where the authenticator can.
 */
export async function creationOptions(
  party: RelyingParty,
  given: {
    challenge: Buffer;
    organisation: string;
    label: string;
    handle: Buffer;
    known: readonly KnownCredential[];
  },
): Promise<CreationOptions> {
  return generateRegistrationOptions({
    rpID: party.id,
    rpName: given.organisation,
    userName: given.label,
    userDisplayName: given.label,
    userID: new Uint8Array(given.handle),
    challenge: new Uint8Array(given.challenge),
    timeout: CEREMONY_TIMEOUT_MS,
    attestationType: 'none',
    excludeCredentials: given.known.map(described),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
}

/** What a browser needs to use one of these passkeys. */
export async function requestOptions(
  party: RelyingParty,
  given: { challenge: Buffer; known: readonly KnownCredential[] },
): Promise<RequestOptions> {
  return generateAuthenticationOptions({
    rpID: party.id,
    challenge: new Uint8Array(given.challenge),
    timeout: CEREMONY_TIMEOUT_MS,
    allowCredentials: given.known.map(described),
    userVerification: 'preferred',
  });
}

/**
 * The challenge that an answer says it answers, 32 bytes; null where it says none of ours. Read before anything is
 * verified, to take that challenge back: whoever answers wrongly has used it up.
 */
export function challengeOf({ response }: { response: { clientDataJSON: string } }): Buffer | null {
  const data = clientData(response.clientDataJSON);
  if (data === null || typeof data['challenge'] !== 'string') return null;
  const challenge = Buffer.from(data['challenge'], 'base64url');
  return challenge.length === 32 ? challenge : null;
}

function clientData(encoded: string): Record<string, unknown> | null {
  try {
    const data: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Said to have happened in a frame of another site: ours stands in none, and the library lets it pass without its name. */
const isFramed = (encoded: string) => {
  const data = clientData(encoded);
  return data === null || (data['crossOrigin'] !== undefined && data['crossOrigin'] !== false);
};

/**
 * Whether the attestation is one that needs no certificate: we asked for none, and a chain of somebody's certificates would
 * have us fetch whatever addresses it names.
 */
function bringsNoCertificate(attestationObject: string): boolean {
  const decoded = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')));
  const format = decoded.get('fmt');
  return format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined);
}

/**
 * Verifies a browser's answer to {@link creationOptions}: challenge, origin, relying party, type, presence, and a key of a
 * kind that we take. Null where anything of it is wrong; never throws for what a browser sent.
 *
 * @source WebAuthn Level 3 §7.1
 */
export async function verifyCreation(
  party: RelyingParty,
  answer: RegistrationResponse,
  challenge: Buffer,
): Promise<NewPasskey | null> {
  if (isFramed(answer.response.clientDataJSON)) return null;
  try {
    if (!bringsNoCertificate(answer.response.attestationObject)) return null;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...answer, clientExtensionResults: {} },
      expectedChallenge: challenge.toString('base64url'),
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) return null;
    const { credential, aaguid, userVerified, credentialDeviceType, credentialBackedUp } = registrationInfo;
    // What the browser says is worth no more than what the authenticator signed.
    if (credential.id !== answer.id) return null;
    return {
      credentialId: Buffer.from(credential.id, 'base64url'),
      publicKey: Buffer.from(credential.publicKey),
      signCount: credential.counter,
      transports: TRANSPORTS.filter((one) => answer.response.transports?.includes(one)),
      userVerified,
      deviceType: credentialDeviceType,
      backedUp: credentialBackedUp,
      aaguid: aaguid === AAGUID_OF_NONE ? null : aaguid,
      attachment: answer.authenticatorAttachment ?? null,
    };
  } catch {
    return null;
  }
}

/**
 * Verifies a browser's answer to {@link requestOptions}: as {@link verifyCreation}, and its signature. Null where anything
 * is wrong; never throws for what a browser sent. The counter is not judged here: whoever keeps it does that in one
 * conditional write.
 *
 * @source WebAuthn Level 3 §7.2
 */
export async function verifyAssertion(
  party: RelyingParty,
  answer: AssertionResponse,
  expected: { challenge: Buffer; credentialId: Buffer; publicKey: Buffer; handle: Buffer | null },
): Promise<{ signCount: number; userVerified: boolean; backedUp: boolean } | null> {
  const { clientDataJSON, userHandle } = answer.response;
  if (isFramed(clientDataJSON)) return null;
  // An authenticator that says whose passkey it used must say so of its owner.
  if (userHandle && Buffer.from(userHandle, 'base64url').compare(expected.handle ?? Buffer.alloc(0)) !== 0) return null;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        ...answer,
        response: { ...answer.response, userHandle: userHandle ?? undefined },
        clientExtensionResults: {},
      },
      expectedChallenge: expected.challenge.toString('base64url'),
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential: {
        id: expected.credentialId.toString('base64url'),
        publicKey: new Uint8Array(expected.publicKey),
        counter: 0,
      },
      requireUserVerification: false,
    });
    if (!verified) return null;
    const { newCounter, userVerified, credentialBackedUp } = authenticationInfo;
    return { signCount: newCounter, userVerified, backedUp: credentialBackedUp };
  } catch {
    return null;
  }
}
