import { readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { getSortedRoutes } from 'next/dist/shared/lib/router/utils/sorted-routes.js';
import { describe, expect, it } from 'vitest';
import { findRoute, isPlain, routeTree } from './entrypoints';

const app = path.resolve(import.meta.dirname, '../app');

/** Every page and route of the application, by its folder: `/(front)/signup/page`. */
const pages = readdirSync(app, { recursive: true, encoding: 'utf8' })
  .filter((file) => /(^|\/)(page\.tsx|route\.ts)$/.test(file))
  .map((file) => `/${file.replace(/\.tsx?$/, '')}`);

/** As the browser writes it: without groups, without the file. */
const routeOf = (page: string) =>
  `/${page
    .split('/')
    .slice(1, -1)
    .filter((segment) => !segment.startsWith('('))
    .join('/')}`;

/** Next.js's way: fixed routes first, then one pattern after the other in its own order. */
function oracle(routes: readonly string[]) {
  const dynamic = getSortedRoutes(routes.filter((route) => route.includes('['))).map((route) => {
    const pattern = route.replaceAll(/\/\[\[\.\.\.\w+\]\]|\/\[\.\.\.\w+\]|\/\[\w+\]/g, (segment) =>
      segment.startsWith('/[[') ? '(?:/.+?)?' : segment.startsWith('/[...') ? '/.+?' : '/[^/]+?',
    );
    return { route, matches: new RegExp(`^${pattern}$`) };
  });
  return (asked: string) =>
    routes.includes(asked)
      ? asked
      : (dynamic.find(({ matches }) => matches.test(asked === '/' ? '' : asked))?.route ?? null);
}

const segmentsOf = (asked: string) => (asked === '/' ? [] : asked.slice(1).split('/'));

describe('FAST-1 FAST-2 a plain request goes straight to its page', () => {
  const routes = pages.map(routeOf);
  const tree = routeTree(pages.map((page) => [page, routeOf(page)] as const));
  const words = [...new Set(routes.flatMap(segmentsOf))].map((segment) => (segment.startsWith('[') ? 'x1' : segment));

  it('FAST-2 every page and route of the application is found by its own path', () => {
    expect(pages.length).toBeGreaterThan(90);
    for (const route of routes) {
      const asked = route
        .replaceAll(/\[\[?\.\.\.\w+\]?\]/g, 'x/y')
        .replaceAll(/\[\w+\]/g, 'x1')
        .replace(/(?<=.)\/$/, '');
      expect(findRoute(tree, segmentsOf(asked)), asked).toBe(route);
    }
  });

  it('FAST-2 LOC-4 any path leads to the page that Next.js’s own order of routes leads to', () => {
    const expected = oracle(routes);
    const paths = fc.array(fc.constantFrom(...words, 'a', 'b'), { maxLength: 7 }).map((parts) => `/${parts.join('/')}`);
    fc.assert(
      fc.property(paths, (asked) => {
        expect(findRoute(tree, segmentsOf(asked))).toBe(expected(asked));
      }),
      { numRuns: 5_000 },
    );
  });

  it('FAST-2 the same for any set of routes', () => {
    const segment = fc.constantFrom('a', 'b', '[x]');
    const last = fc.constantFrom('', 'a', '[x]', '[...r]', '[[...r]]');
    const route = fc
      .tuple(fc.array(segment, { maxLength: 3 }), last)
      .map(([first, end]) => `/${[...first, ...(end === '' ? [] : [end])].join('/')}`);
    const asked = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5 }).map((parts) => `/${parts.join('/')}`);
    fc.assert(
      fc.property(fc.uniqueArray(route, { minLength: 1, maxLength: 8 }), asked, (some, path) => {
        let expected;
        try {
          expected = oracle(some);
        } catch {
          // Next.js builds no such set: an optional catch-all beside its own root, two names for one place.
          return;
        }
        const found = findRoute(
          routeTree(some.map((one) => [`${one === '/' ? '' : one}/page`, one] as const)),
          segmentsOf(path),
        );
        expect(found).toBe(expected(path));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('FAST-2 LOC-4 what is not plain goes by Next.js’s own router', () => {
  const plain = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
    isPlain({ method, url, headers });

  it.each(['/', '/a', '/a/sign-in', '/a/settings/accounts/6f9d/codes?x=1&y=%20', '/a_b/c-d'])('plain: %s', (url) => {
    expect(plain(url)).toBe(true);
    expect(plain(url, {}, 'POST')).toBe(true);
    const usual = {
      host: 'x',
      cookie: 'a=b',
      accept: 'text/html',
      'sec-fetch-dest': 'document',
      'x-forwarded-for': '::1',
    };
    expect(plain(url, usual)).toBe(true);
  });

  it.each([
    '/a/',
    '//a',
    '/a//b',
    '/a.rsc',
    '/a/b.segments/c',
    '/a%2fb',
    '/%61',
    '/_next/static/a',
    '/_not-found',
    '/a/_b',
    '/a\\b',
    '/a;b',
    '/a/../b',
    '/a?x=1?y',
    '/a?nxtPorg=b',
    '/a?%6ExtPorg=b',
    '/a?x=1&NXTIorg=c',
    '/a?_rsc=1',
    '/é',
    '',
    'a',
    '*',
    '/-/\u0000',
  ])('not plain: %s', (url) => {
    expect(plain(url)).toBe(false);
  });

  it.each([
    'rsc',
    'next-action',
    'next-router-prefetch',
    'next-url',
    'next-resume',
    'x-nextjs-data',
    'x-next-resume-state-length',
    'x-middleware-rewrite',
    'x-middleware-subrequest',
    'x-matched-path',
    'x-now-route-matches',
    'x-invoke-path',
    'x-invocation-id',
    'x-prerender-revalidate',
    'x-vercel-protection-bypass',
  ])('not plain with %s', (name) => {
    expect(plain('/a', { [name]: '1' })).toBe(false);
  });

  it.each(['HEAD', 'OPTIONS', 'PUT', 'DELETE'])('not plain: %s', (method) => {
    expect(plain('/a', {}, method)).toBe(false);
  });
});
