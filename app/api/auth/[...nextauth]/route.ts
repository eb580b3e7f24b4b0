import NextAuth from 'next-auth';
import type { NextRequest } from 'next/server';
import { config } from '@/lib/config';
import { signOutByToken } from '@/lib/external/sign-out';
import { requestContext } from '@/lib/request/context';
import { originOf } from '@/lib/sessions/origin';
import { nextAuthOptions } from '@/lib/sessions/next-auth';

type Context = { params: Promise<{ nextauth: string[] }> };

/** What next-auth may be asked. Providers, its own pages and `_log` (which writes whatever anyone posts) stay shut. */
const GET_ALLOWED = new Set(['csrf', 'session']);
const POST_ALLOWED = new Set(['signout']);

async function handle(request: NextRequest, context: Context, allowed: ReadonlySet<string>): Promise<Response> {
  const { nextauth } = await context.params;
  if (nextauth.length !== 1 || !allowed.has(nextauth[0]!)) return new Response(null, { status: 404 });
  let next: string | null = null;
  const options = nextAuthOptions(async (token) => {
    next = await signOutByToken(token, originOf(request.headers));
  });
  const answer = (await NextAuth(request as never, { params: { nextauth } } as never, options)) as Response;
  // next-auth swallows a lost database, and would say « signed out » of a session that goes on.
  if (requestContext.getStore()?.databaseUnavailable) return new Response(null, { status: 503 });
  // It calls it a failure of ours where a `callbackUrl`, in the address, the form or its cookie, is no address at all.
  if (answer.status >= 500) return new Response(null, { status: 400 });
  return next === null ? answer : towards(answer, new URL(next, config().APP_ORIGIN).href);
}

/** Where the session at a provider is left to end, the browser goes there first, wherever it was asked to go. */
function towards({ status, headers }: Response, url: string): Response {
  if (!headers.has('location')) return Response.json({ url }, { status, headers });
  headers.set('location', url);
  return new Response(null, { status, headers });
}

export const GET = (request: NextRequest, context: Context) => handle(request, context, GET_ALLOWED);

export async function POST(request: NextRequest, context: Context): Promise<Response> {
  if (request.headers.get('origin') !== config().APP_ORIGIN) return new Response(null, { status: 403 });
  return handle(request, context, POST_ALLOWED);
}
