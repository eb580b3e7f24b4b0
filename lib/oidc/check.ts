import type { OidcSettings } from '@/lib/authenticators/model';
import { checkOutgoing, guardedFetch, OutgoingFault } from '@/lib/outgoing/fetch';
import { areUsableKeys } from './client';
import { isForManyTenants } from './discovery';

/** What keeps an OIDC authenticator from being put in force, beside what is missing; and the field that it concerns. */
export type OidcFault = {
  readonly field: string;
  readonly code: 'address' | 'provider-away' | 'keys' | 'tenant' | 'ficam-acr' | 'ficam-method' | 'ficam-algorithm';
};

const ENDPOINTS = [
  'issuer',
  'authorizationEndpoint',
  'tokenEndpoint',
  'jwksUri',
  'userinfoEndpoint',
  'revocationEndpoint',
  'endSessionEndpoint',
] as const;

/** How FICAM wants tokens signed (OIDC-3). */
export const FICAM_ALGORITHMS: readonly string[] = ['RS256', 'PS256', 'ES256'];

/**
 * Asks the provider itself, as far as that can be done before anybody signs in: every address leads to the world at large,
 * and there are keys where they should be. Outside of any transaction.
 */
export async function checkOidc(settings: OidcSettings): Promise<OidcFault[]> {
  const faults = ficamFaults(settings);
  if (settings.issuer !== null && isForManyTenants(new URL(`${settings.issuer.replace(/\/$/, '')}/`))) {
    faults.push({ field: 'issuer', code: 'tenant' });
  }
  const given = ENDPOINTS.flatMap((field) => (settings[field] === null ? [] : [{ field, url: settings[field] }]));
  const looked = await Promise.all(
    given.map(async ({ field, url }): Promise<OidcFault | null> => {
      const code = await faultOf(checkOutgoing(url));
      return code === null ? null : { field, code };
    }),
  );
  faults.push(...looked.filter((one) => one !== null));
  if (settings.jwksUri !== null && faults.length === 0) {
    const answer = guardedFetch(settings.jwksUri).then(async (response) =>
      response.status === 200 && areUsableKeys(await response.text()) ? null : ('keys' as const),
    );
    const code = (await faultOf(answer)) ?? (await answer);
    if (code !== null) faults.push({ field: 'jwksUri', code });
  }
  return faults;
}

async function faultOf(work: Promise<unknown>): Promise<'address' | 'provider-away' | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (!(error instanceof OutgoingFault)) throw error;
    return error.code === 'address' ? 'address' : 'provider-away';
  }
}

function ficamFaults({ ficam, acrValues, clientAuthentication, idTokenAlgorithm }: OidcSettings): OidcFault[] {
  if (!ficam) return [];
  return [
    ...(acrValues.length === 0 ? [{ field: 'acrValues', code: 'ficam-acr' } as const] : []),
    ...(clientAuthentication === 'private_key_jwt'
      ? []
      : [{ field: 'clientAuthentication', code: 'ficam-method' } as const]),
    ...(FICAM_ALGORITHMS.includes(idTokenAlgorithm)
      ? []
      : [{ field: 'idTokenAlgorithm', code: 'ficam-algorithm' } as const]),
  ];
}
