import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { useDatabase } from '@/e2e/fixtures/database';
import { makeExternal } from '@/e2e/fixtures/external';
import { signedInPerson } from '@/e2e/fixtures/actors';
import { makeOrganisation } from '@/e2e/fixtures/people';
import { makeProviderKey } from '@/e2e/fixtures/saml-forge';
import { SETTINGS, type SamlSettings } from '@/lib/authenticators/model';
import { answerProposedKeys, endingSoon, fingerprintsOf, keepSamlUp } from './upkeep';

vi.stubEnv('ALLOW_PRIVATE_IDPS', '1');
const database = useDatabase();
database.useTwoInstances();

const day = 86_400_000;
const key = makeProviderKey();
const next = makeProviderKey({ commonName: 'Next' });
const issuer = 'https://idp.test/refreshed';

let body = '';
let asked = 0;
const server = http.createServer((_request, response) => {
  asked += 1;
  response.end(body);
});
let metadataUrl = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  metadataUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => server.close());

const metadata = (certificates: readonly string[], entityId = issuer) =>
  `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` +
  certificates
    .map(
      (pem) =>
        `<KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${pem.replace(/-----[A-Z ]+-----/g, '')}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`,
    )
    .join('') +
  `<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.test/sso"/></IDPSSODescriptor></EntityDescriptor>`;

async function made(settings: Partial<SamlSettings>) {
  // Whatever other tests left is none of ours.
  await database.owner`insert into saml_upkeep (authenticator_id, organisation_id, due_at)
    select id, organisation_id, now() + interval '1 day' from authenticators where type = 'saml' on conflict do nothing`;
  const organisation = await makeOrganisation();
  const { actor } = await signedInPerson(organisation, ['authenticators.manage']);
  const known = { entityId: issuer, ssoUrl: 'https://idp.test/sso', certificates: [key.certificate], ...settings };
  const id = await makeExternal(database.owner, organisation, { type: 'saml', settings: known });
  const read = async () => {
    const [row] = await database.owner`select settings from authenticators where id = ${id}`;
    return SETTINGS.saml.parse(row!['settings']);
  };
  const due = () => database.owner`update saml_upkeep set due_at = now() where authenticator_id = ${id}`;
  const letters = async () => {
    const rows = await database.owner`
      select template from mails where organisation_id = ${organisation.id}
        and template in ('certificate-ends', 'provider-keys') order by created_at`;
    return rows.map(({ template }) => template as string);
  };
  return { organisation, actor, id, read, due, letters };
}

describe('SAML-3 metadata by their address are read again every day', () => {
  it('SAML-3 a changed key waits for a yes; until then the present one counts', async () => {
    const at = await made({ metadataUrl });
    body = metadata([key.certificate]);
    await keepSamlUp();
    expect((await at.read()).proposedCertificates).toEqual([]);
    body = metadata([key.certificate, next.certificate]);
    await at.due();
    await keepSamlUp();
    expect(await at.read()).toMatchObject({
      certificates: [key.certificate],
      proposedCertificates: [key.certificate, next.certificate],
    });
    expect(await at.letters()).toEqual(['provider-keys']);
    // The same again tells nobody twice.
    await at.due();
    await keepSamlUp();
    expect(await at.letters()).toEqual(['provider-keys']);
    const seen = fingerprintsOf([key.certificate, next.certificate]);
    await expect(answerProposedKeys(at.actor, at.id, fingerprintsOf([next.certificate]), true)).rejects.toMatchObject({
      code: 'authenticator.changed',
    });
    await answerProposedKeys(at.actor, at.id, seen, true);
    expect(await at.read()).toMatchObject({
      certificates: [key.certificate, next.certificate],
      proposedCertificates: [],
    });
  });

  it('SAML-3 another entity ID, or no metadata at all, changes nothing and is noted', async () => {
    const at = await made({ metadataUrl });
    for (const [text, fault] of [
      [metadata([next.certificate], 'https://evil.test'), 'metadata.entity'],
      ['<html>hello</html>', 'metadata.notProvider'],
    ]) {
      body = text!;
      await database.owner`delete from saml_upkeep where authenticator_id = ${at.id}`;
      await keepSamlUp();
      const [row] =
        await database.owner`select metadata_fault, due_at < now() + interval '2 hours' as soon from saml_upkeep where authenticator_id = ${at.id}`;
      expect(row).toEqual({ metadata_fault: fault, soon: true });
      expect(await at.read()).toMatchObject({ certificates: [key.certificate], proposedCertificates: [] });
    }
  });

  it('SAML-3 one instance a day does it, however many ask at once', async () => {
    await made({ metadataUrl });
    body = metadata([key.certificate]);
    const before = asked;
    await Promise.all(Array.from({ length: 8 }, () => keepSamlUp()));
    expect(asked - before).toBe(1);
    await keepSamlUp();
    expect(asked - before).toBe(1);
  });
});

describe('SAML-3 AUD-3 administrators are told before a certificate ends', () => {
  it('AUD-3 60, 30, 7 and 1 days before, once each', async () => {
    const now = new Date();
    const ending = makeProviderKey({ until: new Date(now.getTime() + 65 * day) });
    const at = await made({ certificates: [ending.certificate] });
    const told: number[] = [];
    for (const left of [64, 59, 58, 31, 29.5, 7, 3, 0.9, 0.5, -1]) {
      const before = (await at.letters()).length;
      await database.owner`delete from saml_upkeep where authenticator_id = ${at.id}`;
      await keepSamlUp(new Date(now.getTime() + (65 - left) * day));
      if ((await at.letters()).length > before) told.push(left);
    }
    expect(told).toEqual([59, 29.5, 7, 0.9]);
    const rows =
      await database.owner`select days from certificate_notices where authenticator_id = ${at.id} order by days desc`;
    expect(rows.map(({ days }) => days)).toEqual([60, 30, 7, 1]);
  });

  it('AUD-3 nobody is told where the next certificate is there already', () => {
    const now = new Date();
    const ending = makeProviderKey({ until: new Date(now.getTime() + 5 * day) });
    expect(endingSoon([ending.certificate, next.certificate], now)).toEqual([]);
    expect(endingSoon([ending.certificate], now)).toMatchObject([{ days: 7 }]);
  });
});
