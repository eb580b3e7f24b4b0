import { expect, it } from 'vitest';
import { startSamlProvider } from '@/scripts/idp/saml';
import { passGate } from './gate';
import { authnRequestXml, newMessageId, sendMessage } from './messages';
import { readMetadata } from './metadata';

it('SAML-1 a real provider: its metadata are read, it reads our request, and its answer passes the gate; also after a change of keys', async () => {
  const provider = await startSamlProvider({
    people: [{ email: 'lea@provider.test', password: 'secret', firstName: 'Léa', lastName: 'Roy & fils' }],
  });
  try {
    const entityId = 'https://portal.test/api/saml/1/metadata';
    const acsUrl = 'https://portal.test/api/saml/1/acs';
    const known = async () => {
      const bytes = Buffer.from(await (await fetch(provider.metadataUrl)).arrayBuffer());
      const read = readMetadata(bytes, { now: new Date(), allowExpired: false, mayVisit: () => true });
      if ('issue' in read) throw new Error(read.issue);
      return read.metadata;
    };
    const ask = async (certificates: readonly string[]) => {
      const id = newMessageId();
      const given = { id, now: new Date(), destination: `${provider.origin}/sso`, entityId, acsUrl };
      const xml = authnRequestXml({ ...given, nameIdFormat: 'emailAddress', forceAuthn: false });
      const way = sendMessage('redirect', given.destination, { kind: 'SAMLRequest', id, xml }, 'state', null);
      if (way.kind !== 'redirect') throw new Error('no redirect');
      const form = await (await fetch(way.url)).text();
      const errand = /name="errand" value="([^"]+)"/
        .exec(form)![1]!
        .replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(code));
      const body = new URLSearchParams({ errand, email: 'lea@provider.test', password: 'secret' });
      const posted = await (await fetch(`${provider.origin}/login`, { method: 'POST', body })).text();
      const encoded = /name="SAMLResponse" value="([^"]+)"/.exec(posted)![1]!;
      expect(posted).toContain(`action="${acsUrl}"`);
      const settings = {
        entityId: provider.entityId,
        certificates: [...certificates],
        allowExpiredCertificate: false,
        allowLongValidity: false,
        ficam: true,
      };
      return passGate(encoded, { entityId, acsUrl, settings, privateKey: '', requestId: id, now: new Date() });
    };
    const { certificates, entityId: issuer, sloUrl } = await known();
    expect([issuer, sloUrl, certificates.length]).toEqual([provider.entityId, `${provider.origin}/slo`, 1]);
    const assertion = await ask(certificates);
    expect(assertion).toMatchObject({
      nameId: 'lea@provider.test',
      classes: [expect.stringContaining('PasswordProtectedTransport')],
    });
    expect(assertion.attributes.map(({ values }) => values)).toContainEqual(['Roy & fils']);
    await provider.addKey();
    provider.signWithNewest();
    await expect(ask(certificates)).rejects.toMatchObject({ code: 'saml.key' });
    expect((await ask((await known()).certificates)).nameId).toBe('lea@provider.test');
  } finally {
    await provider.stop();
  }
});
