import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeProviderKey } from '@/e2e/fixtures/saml-forge';
import { selfSign } from './self-signed';
import { readCertificates, viewCertificate } from './certificates';
import { readMetadata, serviceMetadata } from './metadata';
import { pemOf } from './self-signed';

const now = new Date();
const rsa = makeProviderKey({ commonName: 'Fournisseur' });
const second = makeProviderKey();
const ec = makeProviderKey({ kind: 'ec' });
const weak = makeProviderKey({ kind: 'rsa-1024' });
const expired = makeProviderKey({ until: new Date(now.getTime() - 86_400_000) });
const future = makeProviderKey({ from: new Date(now.getTime() + 86_400_000) });
const der = new X509Certificate(rsa.certificate).raw;
const edwards = generateKeyPairSync('ed25519');

const onCurve = (namedCurve: string) =>
  selfSign(generateKeyPairSync('ec', { namedCurve }).privateKey, {
    commonName: 'Fournisseur',
    from: new Date(now.getTime() - 86_400_000),
    until: new Date(now.getTime() + 86_400_000),
  });

function read(text: string | Buffer, allowExpired = false): string | number {
  const outcome = readCertificates(typeof text === 'string' ? Buffer.from(text) : text, { now, allowExpired });
  return 'issue' in outcome ? outcome.issue : outcome.certificates.length;
}
const lines = (pem: string, width: number) =>
  pem
    .replace(/\n/g, '')
    .replace(
      /-----BEGIN CERTIFICATE-----(.+)-----END CERTIFICATE-----/,
      (_all, body: string) =>
        `-----BEGIN CERTIFICATE-----\n${body.match(new RegExp(`.{1,${width}}`, 'g'))!.join('\n')}\n-----END CERTIFICATE-----`,
    );

describe('SAML-1 a certificate as administrators bring it (bad inputs 47 to 55)', () => {
  it.each<[string, string | Buffer, string | number]>([
    ['RSA 2048', rsa.certificate, 1],
    ['EC P-256', ec.certificate, 1],
    ['expired', expired.certificate, 'certificate.expired'],
    ['not yet valid', future.certificate, 'certificate.notYet'],
    ['a private key', rsa.privateKey, 'certificate.privateKey'],
    ['an RSA private key', rsa.privateKey.replaceAll('PRIVATE', 'RSA PRIVATE'), 'certificate.privateKey'],
    ['an encrypted private key', rsa.privateKey.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE'), 'certificate.privateKey'],
    ['a certificate and a key in one file', rsa.certificate + rsa.privateKey, 'certificate.privateKey'],
    ['PKCS #7', pemOf('PKCS7', der), 'certificate.pkcs7'],
    ['a request', pemOf('CERTIFICATE REQUEST', der), 'certificate.request'],
    ['a public key', pemOf('PUBLIC KEY', der), 'certificate.publicKey'],
    ['DER', Buffer.from(der), 'certificate.binary'],
    [
      'a picture with a certificate in it',
      Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from(rsa.certificate)]),
      'certificate.binary',
    ],
    ['two, for a rollover', rsa.certificate + second.certificate, 2],
    ['the same twice', rsa.certificate + rsa.certificate, 1],
    ['two, of which one is over', expired.certificate + rsa.certificate, 2],
    [
      'eleven',
      Array.from({ length: 11 }, (_, i) =>
        i % 2
          ? pemOf('CERTIFICATE', new X509Certificate(makeProviderKey({ kind: 'ec' }).certificate).raw)
          : makeProviderKey({ kind: 'ec' }).certificate,
      ).join(''),
      'certificate.tooMany',
    ],
    ['RSA 1024', weak.certificate, 'certificate.weakRsa'],
    ['EC on a curve that SAML does not name', onCurve('secp256k1'), 'certificate.keyType'],
    ['EC P-384', onCurve('P-384'), 1],
    ['CRLF', rsa.certificate.replaceAll('\n', '\r\n'), 1],
    ['no line end at the end', rsa.certificate.trim(), 1],
    ['a byte order mark', `\uFEFF${rsa.certificate}`, 1],
    ['lines of 60', lines(rsa.certificate, 60), 1],
    ['one line', lines(rsa.certificate, 10_000), 1],
    ['text before it', `Bag Attributes\n${rsa.certificate}`, 'certificate.leading'],
    ['65 KB', rsa.certificate.padEnd(65 * 1024 + 1), 'certificate.tooLarge'],
    ['two megabytes', 'A'.repeat(2_000_000), 'certificate.tooLarge'],
    ['nothing', ' \n', 'certificate.missing'],
    ['words', 'bonjour', 'certificate.unreadable'],
    ['base64 alone', der.toString('base64'), 'certificate.unreadable'],
    ['cut short', rsa.certificate.slice(0, 600), 'certificate.unreadable'],
    ['broken inside', rsa.certificate.replace(/MII/, 'AAA'), 'certificate.unreadable'],
    ['one whole, one cut short', rsa.certificate + second.certificate.slice(0, 300), 'certificate.unreadable'],
  ])('%s', (_title, text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('an expired one where that is allowed', () => {
    expect(read(expired.certificate, true)).toBe(1);
  });

  it('a key that signs no SAML', () => {
    expect(edwards.privateKey.asymmetricKeyType).toBe('ed25519');
  });

  it('shows whose it is, until when, and its fingerprint', () => {
    expect(viewCertificate(rsa.certificate)).toMatchObject({ subject: 'CN=Fournisseur', key: 'RSA 2048' });
    expect(viewCertificate(rsa.certificate).fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });
});

const body = (pem: string) => new X509Certificate(pem).raw.toString('base64');
const keyDescriptor = (pem: string, use: string | null = 'signing') =>
  `<KeyDescriptor${use === null ? '' : ` use="${use}"`}><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>\n${body(pem)}\n</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`;
const service = (url: string, binding = 'HTTP-Redirect', name = 'SingleSignOnService') =>
  `<${name} Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${url}"/>`;
const descriptor = (inside: string, more = '') =>
  `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.test/entity"${more}><IDPSSODescriptor WantAuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${inside}</IDPSSODescriptor></EntityDescriptor>`;
const good = keyDescriptor(rsa.certificate) + service('https://idp.test/sso');

function readXml(text: string | Buffer) {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return readMetadata(bytes, {
    now,
    allowExpired: false,
    mayVisit: (url) => /^https:\/\/[^@]+$/.test(url) && URL.canParse(url),
  });
}

describe('SAML-1 metadata as administrators bring it (bad inputs 56 to 60)', () => {
  it('says who the provider is, where, and by which keys', () => {
    const xml = descriptor(
      keyDescriptor(rsa.certificate) +
        keyDescriptor(second.certificate, null) +
        keyDescriptor(ec.certificate, 'encryption') +
        service('https://idp.test/slo', 'HTTP-Redirect', 'SingleLogoutService') +
        service('https://idp.test/post', 'HTTP-POST') +
        service('https://idp.test/sso?x=1&amp;y=2'),
    );
    expect(readXml(xml)).toMatchObject({
      metadata: {
        entityId: 'https://idp.test/entity',
        ssoUrl: 'https://idp.test/sso?x=1&y=2',
        ssoBinding: 'redirect',
        sloUrl: 'https://idp.test/slo',
        sloBinding: 'redirect',
        certificates: [rsa.certificate, second.certificate],
        wantsSigned: true,
      },
    });
    const utf16 = Buffer.from(`\uFEFF<?xml version="1.0" encoding="utf-16"?>${xml}`, 'utf16le');
    expect(readXml(utf16)).toEqual(readXml(xml));
    const one = `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${xml}</EntitiesDescriptor>`;
    expect(readXml(one)).toEqual(readXml(xml));
    const posted = descriptor(good + service('https://idp.test/out', 'HTTP-POST', 'SingleLogoutService'));
    expect(readXml(posted)).toMatchObject({ metadata: { sloUrl: 'https://idp.test/out', sloBinding: 'post' } });
    expect(readXml(posted)).toMatchObject({ metadata: { sloResponseUrl: null } });
  });

  it('SAML-4 where answers to a sign-out have an address of their own, they go there, if anybody may', () => {
    const out = service('https://idp.test/out', 'HTTP-Redirect', 'SingleLogoutService');
    const back = (url: string) => descriptor(good + out.replace('/>', ` ResponseLocation="${url}"/>`));
    expect(readXml(back('https://idp.test/back'))).toMatchObject({
      metadata: { sloUrl: 'https://idp.test/out', sloResponseUrl: 'https://idp.test/back' },
    });
    expect(readXml(back('javascript:alert(1)'))).toEqual({ issue: 'metadata.address' });
  });

  it('SAML-1 in a federation’s file, beside services and in groups, one provider is found; of two nobody is chosen', () => {
    const all = (inside: string, more = '') =>
      `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"${more}>${inside}</EntitiesDescriptor>`;
    const provider = descriptor(good);
    const service = `<EntityDescriptor entityID="https://sp.test"><SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/></EntityDescriptor>`;
    expect(readXml(all(service + all(provider)))).toEqual(readXml(provider));
    expect(readXml(all(provider + all(provider.replace('/entity', '/other'))))).toEqual({ issue: 'metadata.several' });
    expect(readXml(all(service))).toEqual({ issue: 'metadata.ours' });
    expect(readXml(all(''))).toEqual({ issue: 'metadata.notProvider' });
    const over = new Date(now.getTime() - 1_000);
    expect(readXml(all(provider, ` validUntil="${over.toISOString()}"`))).toEqual({
      issue: 'metadata.expired',
      date: over,
    });
  });

  it.each<[string, string | Buffer, string]>([
    ['a document type', `<!DOCTYPE x>${descriptor(good)}`, 'metadata.unsafe'],
    [
      'an external entity',
      `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${descriptor(good)}`,
      'metadata.unsafe',
    ],
    [
      'our own',
      serviceMetadata({
        entityId: 'https://p.test/metadata',
        acsUrl: 'https://p.test/acs',
        sloUrl: 'https://p.test/slo',
        certificate: rsa.certificate,
        signsRequests: true,
        nameIdFormat: 'x',
        organisation: 'É & <b>',
      }),
      'metadata.ours',
    ],
    [
      'three providers',
      `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${descriptor(good).repeat(3)}</EntitiesDescriptor>`,
      'metadata.several',
    ],
    ['no sign-on', descriptor(keyDescriptor(rsa.certificate)), 'metadata.noSignOn'],
    [
      'sign-on by SOAP alone',
      descriptor(keyDescriptor(rsa.certificate) + service('https://idp.test/', 'SOAP')),
      'metadata.noSignOn',
    ],
    ['no certificate', descriptor(service('https://idp.test/sso')), 'metadata.noCertificate'],
    [
      'a certificate for encryption alone',
      descriptor(keyDescriptor(rsa.certificate, 'encryption') + service('https://idp.test/sso')),
      'metadata.noCertificate',
    ],
    [
      'a script for an address',
      descriptor(keyDescriptor(rsa.certificate) + service('javascript:alert(1)')),
      'metadata.address',
    ],
    [
      'data for an address',
      descriptor(keyDescriptor(rsa.certificate) + service('data:text/html,x')),
      'metadata.address',
    ],
    ['plain http', descriptor(keyDescriptor(rsa.certificate) + service('http://idp.test/sso')), 'metadata.address'],
    ['no scheme', descriptor(keyDescriptor(rsa.certificate) + service('//evil.test/sso')), 'metadata.address'],
    [
      'a user in the address',
      descriptor(keyDescriptor(rsa.certificate) + service('https://user:pass@idp.test/sso')),
      'metadata.address',
    ],
    ['no entity ID', descriptor(good).replace(' entityID="https://idp.test/entity"', ''), 'metadata.noEntity'],
    ['out of date', descriptor(good, ' validUntil="2020-01-01T00:00:00Z"'), 'metadata.expired'],
    [
      'one expired key',
      descriptor(keyDescriptor(expired.certificate) + service('https://idp.test/sso')),
      'certificate.expired',
    ],
    ['RSA 1024', descriptor(keyDescriptor(weak.certificate) + service('https://idp.test/sso')), 'certificate.weakRsa'],
    [
      'Latin-1',
      Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${descriptor(good)}`, 'latin1'),
      'metadata.unreadable',
    ],
    ['a page', '<html><body>Sign in</body></html>', 'metadata.notProvider'],
    ['words', 'bonjour', 'metadata.unreadable'],
    ['a megabyte', ' '.repeat(1_000_000), 'metadata.tooLarge'],
  ])('%s', (_title, text, expected) => {
    expect(readXml(text)).toMatchObject({ issue: expected });
  });

  it('one of two keys expired: the other signs', () => {
    expect(readXml(descriptor(keyDescriptor(expired.certificate) + good))).toMatchObject({
      metadata: { certificates: [expired.certificate, rsa.certificate] },
    });
  });
});
