import { cookies } from 'next/headers';
import { config } from '@/lib/config';
import { isLocale, type Locale } from '@/lib/language/locale';

/**
 * The cookies of the portal (SAFE-3): `__Host-`, HttpOnly, Secure and SameSite=Lax; over plain http, which only
 * localhost may speak, plain names without Secure. Each is an opaque random token, but for the language and the word that
 * somebody has just signed out.
 */
type CookieName = 'session' | 'browser' | 'device' | 'language' | 'signed-out';

/** Long enough for the page that comes next on a slow line; whoever opens the door later is told nothing. */
const SIGNED_OUT_SECONDS = 30;

const YEAR_SECONDS = 365 * 24 * 60 * 60;

export function cookieName(name: CookieName): string {
  return `${config().secureCookies ? '__Host-' : ''}vestibule.${name}`;
}

export const cookieOptions = () =>
  ({ path: '/', httpOnly: true, secure: config().secureCookies, sameSite: 'lax' }) as const;

/** A token as we make them; anything else in a cookie is as good as none. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export function isToken(value: string): boolean {
  return TOKEN.test(value);
}

/**
 * The value of the session's cookie in a `Cookie` header that Next.js has not read, as it would read it: decoded, and the
 * last one that can be where the name comes twice.
 */
export function sessionCookieIn(header: string | undefined): string | undefined {
  const name = cookieName('session');
  let value: string | undefined;
  for (const pair of header?.split(/; */) ?? []) {
    if (pair !== name && !pair.startsWith(`${name}=`)) continue;
    try {
      value = decodeURIComponent(pair.slice(name.length + 1));
    } catch {
      // As good as not sent.
    }
  }
  return value;
}

/** The cookies that came with a request, and those that its answer sets. */
type Jar = Awaited<ReturnType<typeof cookies>>;

export function tokenIn(jar: Jar, name: Exclude<CookieName, 'language' | 'signed-out'>): string | null {
  const value = jar.get(cookieName(name))?.value;
  return value !== undefined && TOKEN.test(value) ? value : null;
}

export async function keepSession(session: { token: string; expiresAt: Date }): Promise<void> {
  (await cookies()).set(cookieName('session'), session.token, { ...cookieOptions(), expires: session.expiresAt });
}

export async function keepDevice(token: string): Promise<void> {
  (await cookies()).set(cookieName('device'), token, { ...cookieOptions(), maxAge: YEAR_SECONDS });
}

/** Lives as long as the browser is open: what it binds lasts an hour at most. */
export async function keepBrowser(token: string): Promise<void> {
  (await cookies()).set(cookieName('browser'), token, cookieOptions());
}

export async function forgetSession(): Promise<void> {
  (await cookies()).set(cookieName('session'), '', { ...cookieOptions(), maxAge: 0 });
}

/** The next page of the organisation's door may say that the session is over: no address says it, so none can be forged to. */
export async function noteSignedOut(slug: string): Promise<void> {
  (await cookies()).set(cookieName('signed-out'), slug, { ...cookieOptions(), maxAge: SIGNED_OUT_SECONDS });
}

/** Whether this browser signed out of the organisation a moment ago. */
export async function hasSignedOut(slug: string): Promise<boolean> {
  return (await cookies()).get(cookieName('signed-out'))?.value === slug;
}

export function languageIn(jar: Jar): Locale | null {
  const value = jar.get(cookieName('language'))?.value;
  return isLocale(value) ? value : null;
}

export async function keepLanguage(locale: Locale): Promise<void> {
  (await cookies()).set(cookieName('language'), locale, { ...cookieOptions(), maxAge: YEAR_SECONDS });
}
