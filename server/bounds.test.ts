import http from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { isForeign, keepInBounds, placeOf } from './bounds';

/** What a request for this URL, with these headers, and its answer carry afterwards. */
function bounded(url: string, headers: http.IncomingHttpHeaders = {}) {
  const request = new http.IncomingMessage(new Socket());
  Object.assign(request, { url, headers: { ...headers } });
  const response = new http.ServerResponse(request);
  const path = url.split('?', 1)[0]!;
  keepInBounds(request, response, path, { secure: true, demo: true });
  return { asked: request.headers, answer: response.getHeaders() };
}

it.each([
  ['/a/sign-in', '/a/sign-in'],
  ['/a/sign-in?next=%2Fa%2Faccount', '/a/sign-in?next=%2Fa%2Faccount'],
  ['/a/sign-in?_rsc', '/a/sign-in'],
  ['/a/sign-in?next=%2Fa%2Faccount&_rsc', '/a/sign-in?next=%2Fa%2Faccount'],
  ['/a/sign-in?_rsc=1x2y&next=%2Fa', '/a/sign-in?next=%2Fa'],
  ['//evil.test/a', '//evil.test/a'],
])('LOOK-1 a page can lead back to itself: %s', (url, place) => {
  expect(placeOf('https://portal.test', url)).toBe(place);
});

it('SAFE-4 nobody chooses the nonce of a page', () => {
  const forged = { 'content-security-policy': "script-src 'nonce-mine'" };
  const { asked, answer } = bounded('/a', forged);
  expect(asked['content-security-policy']).toMatch(/script-src 'nonce-[0-9a-f]{32}' 'strict-dynamic'/);
  expect(answer['content-security-policy']).toBe(asked['content-security-policy']);
  expect(bounded('/a', forged).answer['content-security-policy']).not.toBe(answer['content-security-policy']);
});

it('SAFE-4 the build’s own files keep the headers that Next.js gives them; a letter alone brings its styles only', () => {
  for (const file of ['/_next/static/chunks/a.js', '/icon.svg']) expect(bounded(file).answer).toEqual({});
  const letter = bounded('/outbox/2b1e4f5a-0000-4000-8000-000000000000/html').answer;
  expect(letter['content-security-policy']).toMatch(/^default-src 'none'; style-src 'unsafe-inline'.* sandbox /);
  expect(letter['x-frame-options']).toBe('SAMEORIGIN');
});

it.each([
  ['POST', '/a/sign-in', 'https://portal.test', false],
  ['POST', '/a/sign-in', 'https://evil.test', true],
  ['POST', '/a/sign-in', 'null', true],
  ['POST', '/a/sign-in', undefined, true],
  ['DELETE', '/a/sign-in', undefined, true],
  ['POST', '/api/saml/1/acs', 'https://provider.test', false],
  ['POST', '/apis', undefined, true],
  ['GET', '/a', undefined, false],
  ['HEAD', '/a', 'https://evil.test', false],
])('SAFE-4 %s %s from %s is foreign: %s', (method, path, origin, foreign) => {
  const request = new http.IncomingMessage(new Socket());
  Object.assign(request, { method, headers: { origin } });
  expect(isForeign(request, path, 'https://portal.test')).toBe(foreign);
});
