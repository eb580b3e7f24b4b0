import type { Instrumentation } from 'next';
import { DatabaseUnavailable } from '@/lib/db/errors';
import { Refusal } from '@/lib/refusals';
import { requestContext } from '@/lib/request/context';
import { logger } from '@/lib/request/log';

/** Next.js alone believes a client's word for its address: it must not serve without server.ts before it (LOC-5). */
export function register(): void {
  const served = (globalThis as { vestibuleServer?: boolean }).vestibuleServer === true;
  if (process.env['NEXT_RUNTIME'] === 'nodejs' && !served) {
    throw new Error('Start the portal with "npm start": "next start" alone would believe forged client addresses.');
  }
}

/** How Next.js, React and busboy say that they can't read what was sent. */
const UNREADABLE =
  /Unexpected end of (form|JSON|multipart)|[Bb]oundary not found|Malformed|Connection closed|is not valid JSON|Unexpected token|Server Action|Body exceeded|Invalid (reference|FormData)|Failed to parse body|initial chunk|Maximum array nesting|aborted/;

/** Every unexpected failure, once, with the request's id and no content of the request. */
export const onRequestError: Instrumentation.onRequestError = (error, request, context) => {
  const cause = error instanceof Error ? error : new Error(String(error));
  const store = requestContext.getStore();
  const requestId = store?.requestId;
  if (store && request.method === 'POST' && UNREADABLE.test(cause.message)) {
    store.malformedRequest = true;
    logger().info({ route: context.routePath, requestId }, 'unreadable form');
    return;
  }
  const place = { route: context.routePath, kind: context.routeType, method: request.method, requestId };
  if (cause instanceof DatabaseUnavailable) logger().warn(place, 'the database is not available');
  else if (cause instanceof Refusal) logger().info({ ...place, refusal: cause.code }, 'refused');
  else logger().error({ ...place, err: cause }, 'unexpected failure');
};
