import { originOf } from '@/lib/sessions/origin';
import { requestContext } from '@/lib/request/context';

/** Where a sign-in ends that comes from a wrong place: an honest 403, which server.ts fills with the address seen (LOC-4). */
export function GET(request: Request): Response {
  const context = requestContext.getStore();
  if (context) context.outside = { address: originOf(request.headers).address };
  return new Response(null, { status: 403 });
}
