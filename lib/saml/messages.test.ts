import { inflateRawSync } from 'node:zlib';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { expect, it } from 'vitest';
import { makeProviderKey } from '@/e2e/fixtures/saml-forge';
import type { SamlFault } from './fault';
import { authnRequestXml, inflateMessage, newMessageId, sendMessage, verifyQuery } from './messages';

const key = makeProviderKey();
const stranger = makeProviderKey();
const id = newMessageId();
const xml = authnRequestXml({
  id,
  now: new Date(),
  destination: 'https://idp.test/sso?a=1&b="é"',
  entityId: 'https://portal.test/api/saml/1/metadata',
  acsUrl: 'https://portal.test/api/saml/1/acs',
  nameIdFormat: 'persistent',
  forceAuthn: true,
});
const message = { kind: 'SAMLRequest', id, xml } as const;

it('SAML-4 a request in a URL is signed beside it, over the text as it is sent', () => {
  const way = sendMessage('redirect', 'https://idp.test/sso?a=1', message, 'état/+=', key);
  if (way.kind !== 'redirect') throw new Error('no redirect');
  const url = new URL(way.url);
  expect(inflateRawSync(Buffer.from(url.searchParams.get('SAMLRequest')!, 'base64')).toString()).toBe(xml);
  expect([url.searchParams.get('a'), url.searchParams.get('RelayState')]).toEqual(['1', 'état/+=']);
  const query = way.url.slice(way.url.indexOf('SAMLRequest='));
  expect(verifyQuery('SAMLRequest', query, [stranger.certificate, key.certificate])).toEqual([key.certificate]);
  const code = (changed: string, certificates = [key.certificate]) => {
    try {
      verifyQuery('SAMLRequest', changed, certificates);
      return 'passed';
    } catch (error) {
      return (error as SamlFault).code;
    }
  };
  expect(code(query, [stranger.certificate])).toBe('saml.key');
  expect(code(query.replace('RelayState=', 'RelayState=x'))).toBe('saml.key');
  expect(code(query.replace('rsa-sha256', 'rsa-sha1'))).toBe('saml.key');
  expect(code(query.replace(/&Signature=.*/, ''))).toBe('saml.unsigned');
  expect(code(`${query}&RelayState=x`)).toBe('saml.structure');
});

it('SAML-4 a request in a form is signed inside, as another library reads it', () => {
  const way = sendMessage('post', 'https://idp.test/sso', message, null, key);
  if (way.kind !== 'post') throw new Error('no form');
  const text = Buffer.from(way.fields['SAMLRequest']!, 'base64').toString();
  const signature = new DOMParser().parseFromString(text, 'text/xml').getElementsByTagName('ds:Signature')[0]!;
  const verifier = new SignedXml({ publicCert: key.certificate });
  verifier.loadSignature(signature as unknown as Node);
  expect(verifier.checkSignature(text)).toBe(true);
  expect(verifier.getSignedReferences()).toHaveLength(1);
});

it('SAML-4 unsigned where the organisation asks for no more', () => {
  const way = sendMessage('redirect', 'https://idp.test/sso', message, 's', null);
  expect(way).toMatchObject({ kind: 'redirect', url: expect.not.stringContaining('Signature') });
});

it('SAML-2 what inflates to more than a message may be is not inflated', () => {
  const bomb = sendMessage('redirect', 'https://x.test/', { ...message, xml: 'a'.repeat(5_000_000) }, null, null);
  if (bomb.kind !== 'redirect') throw new Error('no redirect');
  const deflated = Buffer.from(new URL(bomb.url).searchParams.get('SAMLRequest')!, 'base64');
  expect(() => inflateMessage(deflated)).toThrow('saml.too-large');
  expect(() => inflateMessage(Buffer.from('nothing'))).toThrow('saml.malformed');
});
