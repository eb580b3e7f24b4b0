import { unstable_doesMiddlewareMatch as doesProxyMatch } from 'next/experimental/testing/server.js';
import { expect, it } from 'vitest';
import { config } from './proxy';

const COOKIES = ['vestibule.session', '__Host-vestibule.session'];
const PREFETCH = { 'next-router-prefetch': '1', purpose: 'prefetch', rsc: '1' };

const asked = (url: string, cookies?: Record<string, string>, headers?: Record<string, string>) =>
  doesProxyMatch({ config, url, cookies, headers, nextConfig: {} });

it.each(COOKIES)('LOC-4 whatever is asked for with a session comes before the filter: %s', (name) => {
  const cookies = { other: '1', [name]: 'A'.repeat(43) };
  for (const url of [
    '/',
    '/a',
    '/a/settings/audit/export?x=1',
    '/api/auth/session',
    '/_next/image',
    '/a/_next/static/b',
  ])
    for (const headers of [undefined, PREFETCH]) expect(asked(url, cookies, headers), url).toBe(true);
  expect(asked('/_next/static/chunks/a.js', cookies)).toBe(false);
});

it('FAST-1 whoever brings no session is not asked about', () => {
  expect(asked('/a/sign-in', { 'vestibule.browser': 'A'.repeat(43) })).toBe(false);
});
