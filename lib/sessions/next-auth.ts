import type { NextAuthOptions } from 'next-auth';
import type { Adapter, AdapterUser } from 'next-auth/adapters';
import { config } from '@/lib/config';
import { hashToken, newToken } from '@/lib/crypto/tokens';
import { safeReturnPath } from '@/lib/navigation/return-path';
import { cookieName, cookieOptions } from './cookies';
import { findOpenSession } from './store';

/**
 * next-auth over our own session rows: it reads and ends them, and never makes or changes one. Only our own decision
 * opens a session (SAFE-3), so everything that would write a user, an account or a session is refused here.
 */
const refuse = (): never => {
  throw new Error('Sessions begin by our own decision only');
};

const readOnly: Adapter = {
  createUser: refuse,
  getUser: async () => null,
  getUserByEmail: async () => null,
  getUserByAccount: async () => null,
  updateUser: refuse,
  linkAccount: refuse,
  createSession: refuse,
  // next-auth would push the expiry forward; our limits stand in the row itself.
  updateSession: async () => null,
  async getSessionAndUser(token) {
    const session = await findOpenSession(hashToken(token));
    if (session === null) return null;
    const { account } = session;
    const user: AdapterUser = {
      id: account.id,
      email: account.email,
      emailVerified: null,
      name: `${account.firstName} ${account.lastName}`,
    };
    return { session: { sessionToken: token, userId: account.id, expires: session.expiresAt }, user };
  },
};

/** The path where it is an address of ours, else what was given: a form may hold anything. */
const withoutOrigin = (url: unknown, origin: string) =>
  typeof url === 'string' && url.startsWith(`${origin}/`) ? url.slice(origin.length) : url;

/** @param endSession signs out whoever holds the token */
export function nextAuthOptions(endSession: (token: string) => Promise<void>): NextAuthOptions {
  return {
    adapter: {
      ...readOnly,
      async deleteSession(token) {
        await endSession(token);
        return null;
      },
    },
    secret: config().AUTH_SECRET,
    session: { strategy: 'database', generateSessionToken: newToken },
    providers: [],
    // Its own pages carry inline styles and speak English; ours stand in their place.
    pages: { signIn: '/', signOut: '/', error: '/' },
    cookies: {
      sessionToken: { name: cookieName('session'), options: cookieOptions() },
      callbackUrl: { name: cookieName('session').replace('session', 'callback'), options: cookieOptions() },
      csrfToken: { name: cookieName('session').replace('session', 'csrf'), options: cookieOptions() },
    },
    callbacks: {
      // Nothing about a person in an answer that any script of the page can ask for.
      session: ({ session }) => ({ expires: session.expires }),
      signIn: () => false,
      // Its own would fail at whatever is no address.
      redirect: ({ url, baseUrl }) => baseUrl + safeReturnPath(withoutOrigin(url, baseUrl), baseUrl, '/'),
    },
    logger: { error: () => {}, warn: () => {}, debug: () => {} },
  };
}
