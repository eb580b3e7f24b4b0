import { config } from '@/lib/config';
import type { OrganisationTransaction } from '@/lib/db/in-organisation';
import { readSecret } from '@/lib/authenticators/secrets';
import { urlsOf } from '@/lib/authenticators/urls';
import { beginOidc, type OidcClient } from '@/lib/oidc/client';
import type { Organisation } from '@/lib/organisations/model';
import type { ExternalAuthenticator } from './identity';
import { ProviderFault, type FlowRequest, type WayOut } from './model';

/** What a protocol needs beside the settings, read in the transaction; talking to the provider comes after it. */
export interface Equipped {
  readonly authenticator: ExternalAuthenticator;
  readonly oidc: OidcClient | null;
}

/** An authenticator with what it proves itself by. */
export async function equip(
  transaction: OrganisationTransaction,
  organisation: Organisation,
  authenticator: ExternalAuthenticator,
): Promise<Equipped> {
  if (authenticator.type !== 'oidc') return { authenticator, oidc: null };
  const { id: authenticatorId, settings } = authenticator;
  const purpose = settings.clientAuthentication === 'private_key_jwt' ? 'client-key' : 'client-secret';
  const secret =
    settings.clientAuthentication === 'none' ? null : await readSecret(transaction, authenticatorId, purpose);
  const { redirect } = urlsOf(config().APP_ORIGIN, organisation.slug, authenticator).oidc!;
  return { authenticator, oidc: { authenticatorId, settings, redirectUri: redirect, secret } };
}

/** Where to send the browser, and what must come back. @throws {ProviderFault} where the authenticator lacks something */
export async function beginAt(
  { oidc }: Equipped,
  given: { readonly state: string; readonly hint: string | null; readonly anew: boolean },
): Promise<{ readonly way: WayOut; readonly request: FlowRequest }> {
  if (oidc === null) throw new ProviderFault('external.inactive');
  return beginOidc(oidc, given);
}
