import { cookies } from 'next/headers';
import { config } from '@/lib/config';
import { isLocale, type Locale } from '@/lib/language/locale';

/**
 * The cookies of the portal (SAFE-3): `__Host-`, HttpOnly, Secure and SameSite=Lax; over plain http, which only
 * localhost may speak, plain names without Secure. Each is an opaque random token, but for the language.
 */
type CookieName = 'session' | 'browser' | 'device' | 'language';

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

export async function readToken(name: Exclude<CookieName, 'language'>): Promise<string | null> {
  const value = (await cookies()).get(cookieName(name))?.value;
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

export async function readLanguage(): Promise<Locale | null> {
  const value = (await cookies()).get(cookieName('language'))?.value;
  return isLocale(value) ? value : null;
}

export async function keepLanguage(locale: Locale): Promise<void> {
  (await cookies()).set(cookieName('language'), locale, { ...cookieOptions(), maxAge: YEAR_SECONDS });
}
