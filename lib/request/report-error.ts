import { DatabaseUnavailable } from '@/lib/db/errors';
import { Refusal } from '@/lib/refusals';
import { requestContext, type RequestContext } from './context';
import { logger } from './log';

/** How Next.js, React and busboy say that they can't read what was sent. */
const UNREADABLE =
  /Unexpected end of (form|JSON|multipart)|[Bb]oundary not found|Malformed|Connection closed|is not valid JSON|Unexpected token|Server Action|Body exceeded|Invalid (reference|FormData)|Failed to parse body|initial chunk|Maximum array nesting|aborted/;

/**
 * React says in a hundred ways that an action's arguments can't be made of what was sent, and some are errors like any of
 * ours; but of ours none is thrown before an action was called.
 */
const isOfArguments = (store: RequestContext, { routeType }: { readonly routeType: string }) =>
  routeType === 'action' && !store.acted && !store.databaseUnavailable;

/** One line for every failure of a request: where, of what kind, and under which id; nothing of its content. */
export function reportRequestError(
  error: unknown,
  request: { readonly method: string },
  context: { readonly routePath: string; readonly routeType: string },
): void {
  const cause = error instanceof Error ? error : new Error(String(error));
  const store = requestContext.getStore();
  const place = {
    route: context.routePath,
    kind: context.routeType,
    method: request.method,
    requestId: store?.requestId,
  };
  if (store && request.method === 'POST' && (UNREADABLE.test(cause.message) || isOfArguments(store, context))) {
    store.unreadable = cause.message.includes('exceeded') ? 413 : 400;
    logger().info({ ...place, type: cause.name }, 'unreadable form');
  } else if (store?.databaseUnavailable || cause instanceof DatabaseUnavailable)
    logger().warn(place, 'the database is not available');
  else if (cause instanceof Refusal) logger().info({ ...place, refusal: cause.code }, 'refused');
  else logger().error({ ...place, err: cause }, 'unexpected failure');
}
