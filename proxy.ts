import { NextResponse, type NextRequest } from 'next/server';
import { config as settings } from '@/lib/config';
import { isBeforeSession } from '@/lib/policy/access';
import { requestContext } from '@/lib/request/context';
import { cookieName, isToken } from '@/lib/sessions/cookies';
import { isOutside, judgeSession } from '@/lib/sessions/judge';
import { originOf } from '@/lib/sessions/origin';
import { noteOutside } from '@/lib/sessions/outside';

/**
 * Before every page, action and route: the refusal of forms from other sites, and of sessions from where they don't count
 * (LOC-4). Never the only check: the services decide again.
 *
 * @returns the refusal; nothing where the request goes on
 */
export async function proxy(request: NextRequest): Promise<NextResponse | undefined> {
  const { pathname } = request.nextUrl;
  const writes = request.method !== 'GET' && request.method !== 'HEAD' && request.method !== 'OPTIONS';
  // Next.js lets a missing Origin through, and answers 500 to a foreign one.
  if (writes && !pathname.startsWith('/api/') && request.headers.get('origin') !== settings().APP_ORIGIN) {
    return new NextResponse('403 Forbidden: this form was not sent from the portal itself.\n', {
      status: 403,
      headers: {
        'Content-Type': 'text/plain; charset=utf-8',
        'Content-Security-Policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      },
    });
  }
  // Without a body: server.ts draws the page, with the address that was seen and whom to ask.
  return (await isRefusedHere(request)) ? new NextResponse(null, { status: 403 }) : undefined;
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

export const config = {
  // Everything but the build's own files, which hold nothing of anybody. No `missing` clause: a prefetch is a request.
  matcher: ['/((?!_next/static/|icon\\.svg$).*)'],
};
