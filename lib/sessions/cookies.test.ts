import fc from 'fast-check';
import { RequestCookies } from 'next/dist/server/web/spec-extension/cookies.js';
import { beforeAll, expect, it, vi } from 'vitest';
import { TEST_ENVIRONMENT } from '@/e2e/fixtures/database';
import { cookieName, isToken, sessionCookieIn } from './cookies';

beforeAll(() => {
  for (const [key, value] of Object.entries(TEST_ENVIRONMENT)) vi.stubEnv(key, value);
  vi.stubEnv('DATABASE_URL', 'postgres://localhost/none');
});

it('LOC-4 the filter and the page read one and the same session in a request’s cookies, however they are written', () => {
  const token = fc.constantFrom(
    'A'.repeat(43),
    'B'.repeat(43),
    `%41${'A'.repeat(42)}`,
    `"${'A'.repeat(43)}"`,
    '%E0%A4',
    '',
  );
  const name = fc.constantFrom(cookieName('session'), cookieName('browser'), `x${cookieName('session')}`, 'a', '');
  const pair = fc.tuple(name, fc.constantFrom('=', ''), token).map((parts) => parts.join(''));
  const header = fc.tuple(fc.array(pair, { maxLength: 4 }), fc.constantFrom('; ', ';', ' ;  ', ', '));
  fc.assert(
    fc.property(header, ([pairs, between]) => {
      const cookie = pairs.join(between);
      const read = new RequestCookies(new Headers({ cookie })).get(cookieName('session'))?.value;
      const found = sessionCookieIn(cookie);
      // Whoever is read as nobody by either is nobody's session; a token is the same for both.
      expect(found !== undefined && isToken(found) ? found : null).toBe(
        read !== undefined && isToken(read) ? read : null,
      );
    }),
    { numRuns: 5_000 },
  );
});
