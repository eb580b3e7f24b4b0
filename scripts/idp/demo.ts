import { randomBytes, randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { accounts } from '@/drizzle/schema/accounts';
import { externalIdentities } from '@/drizzle/schema/authenticators';
import { authenticators } from '@/drizzle/schema/organisations';
import { createAccount } from '@/lib/accounts/service';
import { oidcSettings, samlSettings } from '@/lib/authenticators/model';
import { keepSecret } from '@/lib/authenticators/secrets';
import { urlsOf } from '@/lib/authenticators/urls';
import { config } from '@/lib/config';
import { inOrganisation } from '@/lib/db/in-organisation';
import { closePool } from '@/lib/db/pool';
import { findOrganisation } from '@/lib/organisations/store';
import { startOidcProvider } from './oidc';
import { startSamlProvider } from './saml';

/**
 * `npm run demo -- --with-idp`: one identity provider of each protocol beside the demo, one authenticator for each in À petits
 * pas, and one person whom each of them knows. The accounts of demo-accounts.json stay as they are.
 *
 * @param arguments the ports of the two providers
 */
const SLUG = 'petits-pas';
const PASSWORD = 'Passerelle-Sureau-54';
const NADIA = { email: 'nadia.cote@petits-pas.test', username: 'ncote', firstName: 'Nadia', lastName: 'Côté' };
const HUGO = { email: 'hugo.simard@petits-pas.test', username: 'hsimard', firstName: 'Hugo', lastName: 'Simard' };

const [oidcPort, samlPort] = process.argv.slice(2).map(Number);
const found = await findOrganisation(SLUG);
if (found === null) throw new Error(`There is no organisation ${SLUG}`);
const organisation = found;

/** The authenticator of this name; its id is there before its provider is, which must know our addresses. */
async function authenticatorOf(name: string, type: 'oidc' | 'saml'): Promise<string> {
  return inOrganisation({ organisation }, async (transaction) => {
    const [known] = await transaction
      .select({ id: authenticators.id })
      .from(authenticators)
      .where(eq(authenticators.name, name));
    if (known !== undefined) return known.id;
    const [made] = await transaction
      .insert(authenticators)
      .values({ organisationId: organisation.id, name, type, active: false, activatedAt: null })
      .returning({ id: authenticators.id });
    return made!.id;
  });
}

/** Puts an authenticator in force as its provider is today, with the one person whom it serves. */
async function connect(id: string, settings: object, person: typeof NADIA, expected: string): Promise<void> {
  const taken = await inOrganisation({ organisation }, (transaction) =>
    transaction.select({ id: accounts.id }).from(accounts).where(eq(accounts.emailKey, person.email)),
  );
  const accountId =
    taken[0]?.id ??
    (await createAccount(
      { kind: 'operator', organisation },
      { ...person, kind: 'employee', role: null, password: randomUUID() },
    ));
  await inOrganisation({ organisation }, async (transaction) => {
    const now = new Date();
    await transaction
      .update(authenticators)
      .set({ settings, active: true, activatedAt: now, updatedAt: now })
      .where(eq(authenticators.id, id));
    // Somebody may have moved them since, in the settings: then they stay where they are.
    if (taken.length === 0) {
      await transaction.update(accounts).set({ authenticatorId: id }).where(eq(accounts.id, accountId));
    }
    // The provider is a new one each time it starts: whom it names is expected anew.
    await transaction
      .insert(externalIdentities)
      .values({ organisationId: organisation.id, accountId, authenticatorId: id, expected })
      .onConflictDoUpdate({
        target: [externalIdentities.accountId, externalIdentities.authenticatorId],
        set: { issuer: null, subject: null, boundAt: null },
      });
  });
}

const names = { oidc: 'Fournisseur d’essai (OIDC)', saml: 'Fournisseur d’essai (SAML)' };
const ids = { oidc: await authenticatorOf(names.oidc, 'oidc'), saml: await authenticatorOf(names.saml, 'saml') };
const urls = urlsOf(config().APP_ORIGIN, SLUG, { id: ids.oidc, type: 'oidc' }).oidc!;
const secret = randomBytes(24).toString('base64url');
const oidc = await startOidcProvider({
  port: oidcPort!,
  clients: [
    {
      client_id: 'vestibule',
      client_secret: secret,
      redirect_uris: [urls.redirect],
      post_logout_redirect_uris: [urls.postLogout],
    },
  ],
  people: [{ ...NADIA, sub: 'nadia', password: PASSWORD }],
});
const saml = await startSamlProvider({ port: samlPort!, people: [{ ...HUGO, password: PASSWORD }] });

const { issuer } = oidc;
await inOrganisation({ organisation }, (transaction) =>
  keepSecret(
    transaction,
    { organisationId: organisation.id, authenticatorId: ids.oidc, purpose: 'client-secret' },
    secret,
  ),
);
await connect(
  ids.oidc,
  oidcSettings.parse({
    issuer,
    authorizationEndpoint: `${issuer}/auth`,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/jwks`,
    userinfoEndpoint: `${issuer}/me`,
    revocationEndpoint: `${issuer}/token/revocation`,
    endSessionEndpoint: `${issuer}/session/end`,
    issuerInResponse: true,
    clientId: 'vestibule',
  }),
  NADIA,
  `claim(email):${NADIA.email}`,
);
await connect(
  ids.saml,
  samlSettings.parse({
    entityId: saml.entityId,
    ssoUrl: `${saml.origin}/sso`,
    sloUrl: saml.signOutUrl,
    certificates: saml.keys.map(({ certificate }) => certificate),
    idpInitiated: true,
  }),
  HUGO,
  HUGO.email,
);
await closePool();

// For the demo, which prints it.
console.log(
  JSON.stringify({
    people: [
      { protocol: 'OpenID Connect', email: NADIA.email, password: PASSWORD, provider: issuer },
      { protocol: 'SAML 2.0', email: HUGO.email, password: PASSWORD, provider: saml.origin },
    ],
  }),
);

async function stop(): Promise<void> {
  await Promise.all([oidc.stop(), saml.stop()]);
  process.exit(0);
}
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
