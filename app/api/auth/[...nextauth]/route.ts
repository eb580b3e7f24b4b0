import NextAuth from 'next-auth';
import type { NextRequest } from 'next/server';
import { config } from '@/lib/config';
import { requestContext } from '@/lib/request/context';
import { nextAuthOptions } from '@/lib/sessions/next-auth';

type Context = { params: Promise<{ nextauth: string[] }> };

/** What next-auth may be asked. Providers, its own pages and `_log` (which writes whatever anyone posts) stay shut. */
const GET_ALLOWED = new Set(['csrf', 'session']);
const POST_ALLOWED = new Set(['signout']);

async function handle(request: NextRequest, context: Context, allowed: ReadonlySet<string>): Promise<Response> {
  const { nextauth } = await context.params;
  if (nextauth.length !== 1 || !allowed.has(nextauth[0]!)) return new Response(null, { status: 404 });
  const answer = (await NextAuth(request as never, { params: { nextauth } } as never, nextAuthOptions())) as Response;
  // next-auth swallows a lost database, and would say « signed out » of a session that goes on.
  return requestContext.getStore()?.databaseUnavailable ? new Response(null, { status: 503 }) : answer;
}

export const GET = (request: NextRequest, context: Context) => handle(request, context, GET_ALLOWED);

export async function POST(request: NextRequest, context: Context): Promise<Response> {
  if (request.headers.get('origin') !== config().APP_ORIGIN) return new Response(null, { status: 403 });
  return handle(request, context, POST_ALLOWED);
}
