import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeReturnPath } from './return-path';

const ORIGIN = 'https://app.test';
const back = (next: unknown) => safeReturnPath(next, ORIGIN, '/home');

describe('SIGN-5 the way back', () => {
  it.each([
    ['/', '/'],
    ['/petits-pas', '/petits-pas'],
    ['/petits-pas/settings/accounts?page=2&q=a%20b#row-3', '/petits-pas/settings/accounts?page=2&q=a%20b#row-3'],
    ['/petits-pas/?q=https://example.test//x', '/petits-pas/?q=https://example.test//x'],
    ['/petits-pas/a/../account', '/petits-pas/account'],
    ['/petits-pas?q=é', '/petits-pas?q=%C3%A9'],
    ['/petits-pas//account', '/petits-pas//account'],
    ['/petits-pas/a%2Fb', '/petits-pas/a%2Fb'],
    ['/apis', '/apis'],
    ['/petits-pas/api/x', '/petits-pas/api/x'],
    ['/@evil.test', '/@evil.test'],
  ])('SIGN-5 %s leads to %s', (next, path) => {
    expect(back(next)).toBe(path);
  });

  it.each<[unknown]>([
    // Bad inputs 70
    ['//evil.test'],
    ['/\\evil.test'],
    ['\thttps://evil.test'],
    ['https://app.test.evil.test'],
    ['https:evil'],
    ['javascript:alert(1)'],
    ['/%2f%2fevil'],
    // other hosts and schemes
    ['https://evil.test/'],
    ['https://app.test/petits-pas'],
    ['http:/evil.test'],
    ['data:text/html,x'],
    ['\\\\evil.test'],
    ['\\/evil.test'],
    ['///evil.test'],
    ['/\t/evil.test'],
    ['/\n/evil.test'],
    ['\n//evil.test'],
    [' //evil.test'],
    ['/ /evil.test'],
    ['/%5cevil.test'],
    ['/%5Cevil.test'],
    ['/%252f%252fevil.test'],
    ['/%09/evil.test'],
    // what turns into // once it is resolved
    ['/.//evil.test'],
    ['/..//evil.test'],
    ['/a/..//evil.test'],
    ['/a/%2e%2e//evil.test'],
    ['/a/.%2E//evil.test'],
    ['/a/b/../..//evil.test'],
    ['/petits-pas\\..\\..\\\\evil.test'],
    // headers, controls, invisible characters
    ['/a\r\nSet-Cookie: x=1'],
    ['/a\0b'],
    ['/a\u202Eb'],
    ['/a\u200Bb'],
    ['/a\uD800'],
    ['/a\u00A0b'],
    // for machines
    ['/api/auth/signout'],
    ['/api'],
    ['/API/saml/acs'],
    ['/ap%69/auth'],
    ['/%61pi/auth'],
    ['/./api/auth'],
    ['/x/../api/auth'],
    ['/_next/static/x.js'],
    ['/api?x=1'],
    ['/é'],
    ['/a%'],
    ['/a%ff'],
    // no path at all
    ['petits-pas'],
    ['?next=/x'],
    ['#x'],
    [''],
    [undefined],
    [null],
    [1],
    [['/petits-pas']],
    [{ toString: () => '/petits-pas' }],
  ])('SIGN-5 Bad inputs 70: %j leads to the default page', (next) => {
    expect(back(next)).toBe('/home');
  });

  it('SIGN-5 Bad inputs 70: takes 2,048 bytes and no more, before and after encoding', () => {
    expect(back(`/${'a'.repeat(2047)}`)).toHaveLength(2048);
    expect(back(`/${'a'.repeat(2048)}`)).toBe('/home');
    expect(back(`/${'a'.repeat(8192)}`)).toBe('/home');
    expect(back('/a/..'.repeat(1000))).toBe('/home');
    expect(back(`/a?${'é'.repeat(340)}`)).toHaveLength(2043);
    expect(back(`/a?${'é'.repeat(341)}`)).toBe('/home');
  });

  it('SIGN-5 works on an origin with a port, and gives the fallback back untouched', () => {
    expect(safeReturnPath('/petits-pas', 'http://localhost:3000', '/')).toBe('/petits-pas');
    expect(safeReturnPath('//localhost:3000/x', 'http://localhost:3000', '/petits-pas/account')).toBe(
      '/petits-pas/account',
    );
  });

  it('SIGN-5 stays on the site however often it is resolved, whatever it is made of', () => {
    const piece = fc.constantFrom(
      ...['/', '//', '\\', '.', '..', '%2e', '%2f', '%5c', '%', ':', '@', '?', '#', '\t', '\n', ' ', 'a', 'evil.test'],
      ...['https:', 'javascript:', 'api', '_next', '＼', '／', '。', '\u200B', 'é', '[', ']', ';'],
    );
    const next = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      fc.array(piece, { maxLength: 12 }).map((pieces) => `/a/${pieces.join('')}`),
      fc.webUrl({ withFragments: true, withQueryParameters: true }).map((url) => url.replace('https:/', '')),
      fc.string({ unit: 'binary' }).map((text) => `/${text}`),
      fc.anything(),
    );
    fc.assert(
      fc.property(next, (input) => {
        const path = back(input);
        expect(path).toMatch(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/);
        const once = new URL(path, ORIGIN);
        expect(once.origin).toBe(ORIGIN);
        expect(new URL(once.pathname + once.search + once.hash, ORIGIN).href).toBe(once.href);
        expect(once.pathname).not.toMatch(/^\/(api|_next)(\/|$)/i);
        expect(back(path)).toBe(path);
      }),
      { numRuns: 5000 },
    );
  });
});
