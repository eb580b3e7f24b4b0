import { NextResponse, type NextRequest } from 'next/server';
import { isBeforeSession } from '@/lib/policy/access';
import { requestContext } from '@/lib/request/context';
import { cookieName, isToken } from '@/lib/sessions/cookies';
import { isOutside, judgeSession } from '@/lib/sessions/judge';
import { originOf } from '@/lib/sessions/origin';
import { noteOutside } from '@/lib/sessions/outside';

/**
 * Before every page, action and route that is asked for with a session: the refusal of sessions from where they don't count
 * (LOC-4). Never the only check: the services decide again.
 *
 * @returns the refusal; nothing where the request goes on
 */
export async function proxy(request: NextRequest): Promise<NextResponse | undefined> {
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
  // Whoever brings no session has nothing to be judged by: Next.js's own part of a proxy costs a quarter of a page.
  matcher: [
    { source: '/((?!_next/static/|icon\\.svg$).*)', has: [{ type: 'cookie', key: 'vestibule.session' }] },
    { source: '/((?!_next/static/|icon\\.svg$).*)', has: [{ type: 'cookie', key: '__Host-vestibule.session' }] },
  ],
};
