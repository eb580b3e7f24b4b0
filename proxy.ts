import { NextResponse, type NextRequest } from 'next/server';
import { config as settings } from '@/lib/config';
import { isBeforeSession } from '@/lib/policy/access';
import { requestContext } from '@/lib/request/context';
import { HEADERS } from '@/lib/request/headers';
import { cookieName, isToken } from '@/lib/sessions/cookies';
import { isOutside, judgeSession } from '@/lib/sessions/judge';
import { originOf } from '@/lib/sessions/origin';
import { noteOutside } from '@/lib/sessions/outside';

/** A letter of the demo's outbox: its page, or (1) the letter alone, which stands in a frame of that page. */
const DEMO_LETTER = /^\/outbox\/[0-9a-f-]{36}(\/html)?$/;

/**
 * An e-mail brings its styles at its elements, and nothing else: no script, no picture, no form; its links open beside it.
 */
const LETTER_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; " +
  'sandbox allow-popups allow-popups-to-escape-sandbox';

/**
 * Before every page, action and route: the headers that keep a browser in bounds, and the refusal of forms from other
 * sites. Never the only check: the services decide again.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { APP_ORIGIN, DEMO, secureCookies } = settings();
  const { pathname, search } = request.nextUrl;
  const writes = request.method !== 'GET' && request.method !== 'HEAD' && request.method !== 'OPTIONS';
  const refused = writes && !pathname.startsWith('/api/') && request.headers.get('origin') !== APP_ORIGIN;
  // Next.js lets a missing Origin through, and answers 500 to a foreign one.
  if (refused) {
    const answer = new NextResponse('403 Forbidden: this form was not sent from the portal itself.\n', {
      status: 403,
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    });
    return keepInBounds(answer, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'", secureCookies);
  }

  if (await isRefusedHere(request)) {
    // Without a body: server.ts draws the page, with the address that was seen and whom to ask.
    return new NextResponse(null, { status: 403 });
  }

  const letter = DEMO ? DEMO_LETTER.exec(pathname) : null;
  if (letter?.[1]) return keepInBounds(NextResponse.next(), LETTER_POLICY, secureCookies, 'SAMEORIGIN');

  const nonce = crypto.randomUUID().replaceAll('-', '');
  const policy =
    `default-src 'none'; script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self'; ` +
    `font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; ` +
    `object-src 'none'; frame-ancestors 'none'${letter ? "; frame-src 'self'" : ''}`;

  // On the request: Next.js reads the nonce there, and whatever a client sent under these names is overwritten.
  const headers = new Headers(request.headers);
  headers.set('content-security-policy', policy);
  headers.set(HEADERS.path, `${pathname}${search}`.slice(0, 2_000));
  headers.delete('x-nonce');

  return keepInBounds(NextResponse.next({ request: { headers } }), policy, secureCookies);
}

/**
 * Asks the decision about the session that a request carries, and hands what it found on to the page, which would ask the
 * same (LOC-4): a session opened in the office stops working outside, whatever is asked for and however.
 */
async function isRefusedHere(request: NextRequest): Promise<boolean> {
  const token = request.cookies.get(cookieName('session'))?.value;
  const context = requestContext.getStore();
  if (token === undefined || !isToken(token) || context === undefined) return false;
  if (isBeforeSession(request.nextUrl.pathname)) return false;
  const origin = originOf(request.headers);
  const session = await judgeSession(token, origin.address);
  context.judged = { token, session };
  if (session === null || !isOutside(session)) return false;
  await noteOutside(session, origin);
  return true;
}

/** The headers of every answer (SAFE-4). */
function keepInBounds(response: NextResponse, policy: string, secure: boolean, frames = 'DENY'): NextResponse {
  response.headers.set('Content-Security-Policy', policy);
  response.headers.set('X-Content-Type-Options', 'nosniff');
  response.headers.set('X-Frame-Options', frames);
  // `no-referrer` would make browsers send « Origin: null » with our own forms.
  response.headers.set('Referrer-Policy', 'same-origin');
  response.headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  response.headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  response.headers.set('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
  response.headers.set('Cache-Control', 'no-store');
  if (secure) response.headers.set('Strict-Transport-Security', 'max-age=63072000; includeSubDomains');
  return response;
}

export const config = {
  // Everything but the build's own files, which hold nothing of anybody. No `missing` clause: a prefetch is a request.
  matcher: ['/((?!_next/static/|icon\\.svg$).*)'],
};
