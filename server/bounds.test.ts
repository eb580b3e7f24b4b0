import http from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { HEADERS } from '@/lib/request/headers';
import { keepInBounds } from './bounds';

/** What a request for this URL, with these headers, and its answer carry afterwards. */
function bounded(url: string, headers: http.IncomingHttpHeaders = {}) {
  const request = new http.IncomingMessage(new Socket());
  Object.assign(request, { url, headers: { ...headers } });
  const response = new http.ServerResponse(request);
  const path = url.split('?', 1)[0]!;
  keepInBounds(request, response, path, { origin: 'https://portal.test', secure: true, demo: true });
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
  expect(bounded(url).asked[HEADERS.path]).toBe(place);
});

it('SAFE-4 nobody chooses the nonce of a page or the path that it leads back to', () => {
  const forged = { 'content-security-policy': "script-src 'nonce-mine'", [HEADERS.path]: '/mine' };
  const { asked, answer } = bounded('/a', forged);
  expect(asked['content-security-policy']).toMatch(/script-src 'nonce-[0-9a-f]{32}' 'strict-dynamic'/);
  expect(answer['content-security-policy']).toBe(asked['content-security-policy']);
  expect(asked[HEADERS.path]).toBe('/a');
  expect(bounded('/a', forged).answer['content-security-policy']).not.toBe(answer['content-security-policy']);
});

it('SAFE-4 the build’s own files keep the headers that Next.js gives them; a letter alone brings its styles only', () => {
  for (const file of ['/_next/static/chunks/a.js', '/icon.svg']) expect(bounded(file).answer).toEqual({});
  const letter = bounded('/outbox/2b1e4f5a-0000-4000-8000-000000000000/html').answer;
  expect(letter['content-security-policy']).toMatch(/^default-src 'none'; style-src 'unsafe-inline'.* sandbox /);
  expect(letter['x-frame-options']).toBe('SAMEORIGIN');
});
