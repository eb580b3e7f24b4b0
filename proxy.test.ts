import { unstable_doesMiddlewareMatch as doesProxyMatch } from 'next/experimental/testing/server.js';
import { expect, it } from 'vitest';
import { config } from './proxy';

const TOKEN = 'A'.repeat(43);
const PREFETCH = { 'next-router-prefetch': '1', purpose: 'prefetch', rsc: '1' };
const COOKIES = [
  `vestibule.session=${TOKEN}`,
  `other=1; __Host-vestibule.session=${TOKEN}`,
  `vestibule.session=; vestibule.session=${TOKEN}`,
  `;;a="; vestibule.session=${TOKEN}`,
];

const asked = (url: string, headers: Record<string, string>) =>
  doesProxyMatch({ config, url, headers, nextConfig: {} });

it.each(COOKIES)('LOC-4 whatever Next.js’s router is asked for comes before the filter: %s', (cookie) => {
  for (const url of [
    '/',
    '/a',
    '/a/settings/audit/export?x=1',
    '/api/auth/session',
    '/_next/image',
    '/a/_next/static/b',
  ])
    for (const headers of [{ cookie }, { cookie, ...PREFETCH }]) expect(asked(url, headers), url).toBe(true);
  expect(asked('/_next/static/chunks/a.js', { cookie })).toBe(false);
});
