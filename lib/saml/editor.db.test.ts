import { expect, it, vi } from 'vitest';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeExternal } from '@/e2e/fixtures/external';
import { makeOrganisation } from '@/e2e/fixtures/people';
import { makeProviderKey } from '@/e2e/fixtures/saml-forge';
import { samlInput } from '@/lib/authenticators/input';
import { samlSettings, type SamlSettings } from '@/lib/authenticators/model';
import { startSamlProvider } from '@/scripts/idp/saml';
import { readSamlForm } from './editor';

vi.stubEnv('ALLOW_PRIVATE_IDPS', '1');
const database = useDatabase();

const key = makeProviderKey();
const entra = 'https://sts.windows.net/3f2504e0-4f89-41d3-9a0c-0305e82c3301/';

const metadata = (entityId: string) =>
  `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` +
  `<KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${key.certificate.replace(/-----[A-Z ]+-----/g, '')}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>` +
  `<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.test/sso"/></IDPSSODescriptor></EntityDescriptor>`;

async function made(known: Partial<SamlSettings> = {}) {
  const organisation = await makeOrganisation();
  const { actor } = await signedInPerson(organisation, ['authenticators.manage']);
  const id = await makeExternal(database.owner, organisation, { type: 'saml', settings: known });
  return async (typed: Readonly<Record<string, string>>) => {
    const form = { authenticator: id, name: 'Entra', externalMfa: 'trust', seenAt: new Date().toISOString() };
    const read = await readSamlForm(actor, samlInput.parse({ ...form, ...typed }));
    if ('issues' in read) throw new Error(read.issues.map(({ code }) => code).join());
    // As the service keeps it.
    return samlSettings.parse({ ...known, ...read.change.settings });
  };
}

it('SAML-1 Entra’s hour is taken once its metadata or its name are given, and no longer than an administrator says so', async () => {
  const save = await made();
  expect((await save({ metadata: metadata(entra) })).allowLongValidity).toBe(true);
  expect((await save({ entityId: entra, ssoUrl: 'https://idp.test/sso' })).allowLongValidity).toBe(true);
  for (const other of ['https://idp.test', 'https://sts.windows.net.evil.test/x/', `https://idp.test/?of=${entra}`]) {
    expect((await save({ metadata: metadata(other) })).allowLongValidity).toBe(false);
  }
  const later = await made({ entityId: entra });
  expect((await later({ metadata: metadata(entra) })).allowLongValidity).toBe(false);
  expect((await later({ metadata: metadata(entra), allowLongValidity: 'on' })).allowLongValidity).toBe(true);
});

it('SAML-4 where answers to a sign-out go is forgotten with the address that it stood beside', async () => {
  const sloUrl = 'https://idp.test/slo';
  const save = await made({ sloUrl, sloResponseUrl: 'https://idp.test/slo/return' });
  expect(await save({ sloUrl })).toMatchObject({ sloResponseUrl: 'https://idp.test/slo/return' });
  expect(await save({ sloUrl: 'https://idp.test/other' })).toMatchObject({ sloResponseUrl: null });
});

it('SAML-3 saved again, the address of the metadata is read again: other keys wait for a yes, and one that is away holds nothing up', async () => {
  const provider = await startSamlProvider({ people: [] });
  const certificatesOf = () => provider.keys.map(({ certificate }) => certificate);
  try {
    const { entityId, metadataUrl } = provider;
    const known = { entityId, metadataUrl, certificates: certificatesOf() };
    const save = await made(known);
    const typed = { entityId, metadataUrl, ssoUrl: `${provider.origin}/sso` };
    expect(await save(typed)).toMatchObject({ ...known, proposedCertificates: [] });
    await provider.addKey();
    expect(await save(typed)).toMatchObject({ ...known, proposedCertificates: certificatesOf() });
    // Of another provider than the one that is typed they are nothing to anybody.
    expect(await save({ ...typed, entityId: 'https://idp.test' })).toMatchObject({ proposedCertificates: [] });
    await provider.stop();
    expect(await save(typed)).toMatchObject({ ...known, proposedCertificates: [] });
  } finally {
    await provider.stop();
  }
});
