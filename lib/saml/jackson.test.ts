import { expect, it, vi } from 'vitest';
import { forgeResponse, makeProviderKey, type Forgery } from '@/e2e/fixtures/saml-forge';
import { passGate, type Assertion } from './gate';
import { profileOf, type Door } from './jackson';

const key = makeProviderKey({ kind: 'ec' });
const issuer = 'https://idp.test/shared';
const doorOf = (authenticatorId: string): Door => ({
  authenticatorId,
  entityId: `https://portal.test/api/saml/${authenticatorId}/metadata`,
  acsUrl: `https://portal.test/api/saml/${authenticatorId}/acs`,
});

function passed(door: Door, change: Partial<Forgery> = {}): Assertion {
  const { acsUrl, entityId } = door;
  const settings = {
    entityId: issuer,
    certificates: [key.certificate],
    allowExpiredCertificate: false,
    allowLongValidity: false,
    ficam: false,
  };
  const encoded = forgeResponse({ issuer, acsUrl, audience: entityId, key, requestId: '_1', ...change });
  return passGate(encoded, { entityId, acsUrl, settings, privateKey: '', requestId: '_1', now: new Date() });
}

it('SAML-5 two authenticators behind one provider: Jackson holds both, and tells them apart', async () => {
  const [one, other] = [doorOf('11111111-1111-4111-8111-111111111111'), doorOf('22222222-2222-4222-8222-222222222222')];
  const now = new Date();
  const profiles = await Promise.all([
    profileOf(one, passed(one, { nameId: 'lea@one.test' }), now),
    profileOf(other, passed(other, { nameId: 'marc@other.test' }), now),
    profileOf(one, passed(one, { nameId: 'eve@one.test' }), now),
  ]);
  expect(profiles.map(({ id, requested }) => [id, requested['tenant']])).toEqual([
    ['lea@one.test', one.authenticatorId],
    ['marc@other.test', other.authenticatorId],
    ['eve@one.test', one.authenticatorId],
  ]);
}, 60_000);

it('SAML-2 reads what the gate read: an ECDSA key, two audiences, and an attribute that would stand for the name', async () => {
  const door = doorOf('11111111-1111-4111-8111-111111111111');
  const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
  const assertion = passed(door, {
    audiences: [['https://elsewhere.test', door.entityId]],
    nameId: 'Léa  & <b> "Roy"',
    nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    attributes: {
      [`${claims}/emailaddress`]: ['lea@one.test'],
      [`${claims}/givenname`]: ['Léa & <b>'],
      groups: ['a', 'b'],
      id: ['marc'],
      [`${claims}/nameidentifier`]: ['marc'],
    },
  });
  const profile = await profileOf(door, assertion, new Date());
  expect(profile).toMatchObject({
    id: 'Léa & <b> "Roy"',
    email: 'lea@one.test',
    firstName: 'Léa & <b>',
    groups: ['a', 'b'],
  });
}, 60_000);

it('SAML-2 whom an attribute names, under whatever name their address goes, is read like everybody', async () => {
  const door = doorOf('66666666-6666-4666-8666-666666666666');
  const mail = ['lea@one.test'];
  const nobody = passed(door, { nameId: null, attributes: { mail, givenName: ['Léa'] } });
  expect(await profileOf(door, nobody, new Date())).toMatchObject({ raw: { mail: 'lea@one.test', givenName: 'Léa' } });
  expect(await profileOf(door, passed(door, { nameId: '', attributes: {} }), new Date())).toMatchObject({ raw: {} });
}, 60_000);

it('SAML-2 a call that never comes back holds nobody for longer than five seconds', async () => {
  const door = doorOf('33333333-3333-4333-8333-333333333333');
  const assertion = passed(door);
  const shared = (globalThis as unknown as { vestibuleJackson: { plumbing: unknown } }).vestibuleJackson;
  const before = shared.plumbing;
  const never = () => new Promise(() => {});
  shared.plumbing = Promise.resolve({ ...((await before) as object), connections: { createSAMLConnection: never } });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const asked = expect(profileOf(door, assertion, new Date())).rejects.toMatchObject({ code: 'saml.library' });
    await vi.advanceTimersByTimeAsync(5_001);
    await asked;
  } finally {
    vi.useRealTimers();
    shared.plumbing = before;
  }
});

it('SAML-1 whoever comes first waits until it is loaded, and gets in, however long past a call’s own limit', async () => {
  const door = doorOf('55555555-5555-4555-8555-555555555555');
  const shared = (globalThis as unknown as { vestibuleJackson: { plumbing: unknown } }).vestibuleJackson;
  const before = shared.plumbing;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    shared.plumbing = new Promise((resolve) => setTimeout(() => resolve(before), 8_000));
    const asked = profileOf(door, passed(door), new Date());
    await vi.advanceTimersByTimeAsync(8_001);
    expect(await asked).toMatchObject({ id: passed(door).nameId });
  } finally {
    vi.useRealTimers();
    shared.plumbing = before;
  }
});

it('SAML-2 nothing is sent anywhere', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch');
  const door = doorOf('44444444-4444-4444-8444-444444444444');
  await profileOf(door, passed(door), new Date());
  expect(fetched).not.toHaveBeenCalled();
  fetched.mockRestore();
}, 60_000);
