import { NextResponse, type NextRequest } from 'next/server';
import { cookieName } from '@/lib/sessions/cookies';
import { isRefusedHere } from '@/lib/sessions/filter';

/**
 * The filter before whatever Next.js's own router answers with a session (LOC-4): what its script asks for, and all that
 * is not plain. A plain request is handed to its page by server.ts, which asks the same first.
 *
 * @returns the refusal; nothing where the request goes on
 */
export async function proxy(request: NextRequest): Promise<NextResponse | undefined> {
  const token = request.cookies.get(cookieName('session'))?.value;
  // Without a body: server.ts draws the page, with the address that was seen and whom to ask.
  return (await isRefusedHere(token, request.nextUrl.pathname, request.headers))
    ? new NextResponse(null, { status: 403 })
    : undefined;
}

export const config = {
  // Everything but the build's own files, which hold nothing of anybody. No `missing` clause: a prefetch is a request. No
  // `has` clause: of a cookie that comes twice Next.js would tell it the first, and the page the last.
  matcher: '/((?!_next/static/|icon\\.svg$).*)',
};
