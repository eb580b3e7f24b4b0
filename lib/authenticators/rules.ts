import type { Authenticator, OidcSettings } from './model';

/** What keeps an authenticator from being put in force, and the field of the editor that it concerns. */
export interface Fault {
  readonly field: string;
  readonly code: FaultCode;
  /** What the sentence mentions. */
  readonly details?: Readonly<Record<string, string | number>>;
}

/** The sentences stand in messages/ under `authenticators.faults`. */
export const FAULT_CODES = [
  'missing',
  'certificate-expired',
  'address',
  'provider-away',
  'keys',
  'tenant',
  'ficam-acr',
  'ficam-method',
  'ficam-algorithm',
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

/**
 * What an authenticator lacks, field by field, without asking anybody: nobody signs in before all of it is there.
 *
 * @param secrets the purposes for which a secret is kept
 */
export function faultsOf(authenticator: Authenticator, secrets: ReadonlySet<string>): Fault[] {
  switch (authenticator.type) {
    case 'system':
      return [];
    case 'oidc':
      return missingOf(authenticator.settings, [
        'issuer',
        'authorizationEndpoint',
        'tokenEndpoint',
        'jwksUri',
        'clientId',
        ...secretOf(authenticator.settings, secrets),
      ]);
    case 'saml':
      // Certificates come by one field, whatever is kept of them.
      return missingOf(authenticator.settings, ['entityId', 'ssoUrl', 'certificates']).map((fault) =>
        fault.field === 'certificates' ? { ...fault, field: 'certificate' } : fault,
      );
  }
}

function secretOf({ clientAuthentication }: OidcSettings, secrets: ReadonlySet<string>): string[] {
  if (clientAuthentication === 'none') return [];
  const purpose = clientAuthentication === 'private_key_jwt' ? 'client-key' : 'client-secret';
  if (secrets.has(purpose)) return [];
  return [purpose === 'client-key' ? 'clientKey' : 'clientSecret'];
}

function missingOf(settings: object, fields: readonly string[]): Fault[] {
  const values = settings as Readonly<Record<string, unknown>>;
  return fields
    .filter((field) => {
      const value = values[field];
      return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
    })
    .map((field) => ({ field, code: 'missing' }));
}

/** Where a secret goes, or what decides whose it is: somebody else's provider must never be sent it. */
const SECRET_GOES_WITH = ['issuer', 'tokenEndpoint', 'jwksUri', 'userinfoEndpoint', 'clientId'] as const;

/** Whether a change takes the kept secret away: it was given for another provider, or another client (AUTH-7). */
export function clearsSecret(before: Authenticator, after: Authenticator['settings']): boolean {
  if (before.type !== 'oidc') return false;
  const [old, fresh] = [before.settings, after as OidcSettings];
  return SECRET_GOES_WITH.some((field) => old[field] !== fresh[field]);
}

type Asked = Pick<Authenticator, 'mfaRequired' | 'factorKinds' | 'externalMfa'>;

/** Whether a change to what is in force asks more of those whom it serves than before (GUARD-2). */
export function asksMore(before: Pick<Authenticator, 'type'> & Asked, after: Asked): boolean {
  const asked = (one: Asked) => (before.type === 'system' ? one.mfaRequired : one.externalMfa === 'ask');
  if (before.type !== 'system' && after.externalMfa === 'demand' && before.externalMfa !== 'demand') return true;
  if (!asked(after)) return false;
  return !asked(before) || before.factorKinds.some((kind) => !after.factorKinds.includes(kind));
}

/** Whether a change touches what the safety net would put back. */
export function changesWhatIsAsked(before: Asked, after: Asked): boolean {
  return (
    before.mfaRequired !== after.mfaRequired ||
    before.externalMfa !== after.externalMfa ||
    [...before.factorKinds].toSorted().join() !== [...after.factorKinds].toSorted().join()
  );
}

/** What of a provider's settings keeps nobody out, whatever it says: the rest is how the two know each other. */
const BESIDE_THE_CONNECTION: ReadonlySet<string> = new Set([
  'justInTime',
  'metadataUrl',
  'proposedCertificates',
  'revocationEndpoint',
  'endSessionEndpoint',
  'sloUrl',
  'sloBinding',
  'sloResponseUrl',
]);

/** Of settings, what a provider is known by and must say; of a system authenticator: nothing. */
export function connectionOf({ type, settings }: Pick<Authenticator, 'type' | 'settings'>): Record<string, unknown> {
  if (type === 'system') return {};
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !BESIDE_THE_CONNECTION.has(key)));
}

/** Whether a change may keep people out whom the provider lets in now (GUARD-2). */
export function changesConnection(before: Authenticator, settings: Authenticator['settings']): boolean {
  const fresh = connectionOf({ type: before.type, settings } as Authenticator);
  return Object.entries(connectionOf(before)).some(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(fresh[key]),
  );
}
