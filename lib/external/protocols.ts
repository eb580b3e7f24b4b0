import type { Actor, Visitor } from '@/lib/actors/model';
import { config } from '@/lib/config';
import { inOrganisation, type OrganisationTransaction } from '@/lib/db/in-organisation';
import { readSecret } from '@/lib/authenticators/secrets';
import { urlsOf } from '@/lib/authenticators/urls';
import { beginOidc, type OidcClient } from '@/lib/oidc/client';
import type { Organisation } from '@/lib/organisations/model';
import { beginSaml } from '@/lib/saml/service';
import type { ExternalAuthenticator } from './identity';
import type { FlowRequest, WayOut } from './model';

/** An OIDC authenticator with what it proves itself by, read in the transaction: talking to the provider comes after it. */
export async function equipOidc(
  transaction: OrganisationTransaction,
  organisation: Pick<Organisation, 'slug'>,
  authenticator: Extract<ExternalAuthenticator, { type: 'oidc' }>,
): Promise<OidcClient> {
  const { id: authenticatorId, settings } = authenticator;
  const purpose = settings.clientAuthentication === 'private_key_jwt' ? 'client-key' : 'client-secret';
  const secret =
    settings.clientAuthentication === 'none' ? null : await readSecret(transaction, authenticatorId, purpose);
  const { redirect } = urlsOf(config().APP_ORIGIN, organisation.slug, authenticator).oidc!;
  return { authenticatorId, settings, redirectUri: redirect, secret };
}

/**
 * Where to send the browser, and what must come back.
 *
 * @param how.anew the provider is to ask who it is, whoever is signed in there
 * @throws {ProviderFault} where the authenticator lacks something
 */
export async function beginAt(
  authenticator: ExternalAuthenticator,
  actor: Actor | Visitor,
  how: { readonly state: string; readonly hint: string | null; readonly anew: boolean },
): Promise<{ readonly way: WayOut; readonly request: FlowRequest }> {
  const { organisation } = actor;
  if (authenticator.type === 'saml')
    return beginSaml(organisation, authenticator, { state: how.state, again: how.anew });
  return beginOidc(
    await inOrganisation(actor, (transaction) => equipOidc(transaction, organisation, authenticator)),
    how,
  );
}
