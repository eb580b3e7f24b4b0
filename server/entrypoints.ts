import { readFileSync } from 'node:fs';
import type http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * Next.js builds each page and route as a function that answers a request by itself, and documents how to call it
 * (« Invoking Entrypoints », for platforms that route requests themselves). A plain request is handed to it directly: the
 * way through Next.js's own router costs as much as a bare page does (docs/decisions/017-entrypoints.md). Everything that
 * is not plain takes that way as before: the two give the same answers.
 */
export type Entrypoint = (request: http.IncomingMessage, response: http.ServerResponse) => Promise<void>;

type Handler = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  context: {
    waitUntil: (promise: Promise<unknown>) => void;
    requestMeta: { relativeProjectDir: string; initURL: string; initProtocol: string };
  },
) => Promise<unknown>;

/** What stands below one segment of a path. */
export interface Branch<T> {
  readonly named: Map<string, Branch<T>>;
  /** `[id]`: any one segment. */
  any: Branch<T> | null;
  here: T | null;
  /** `[...rest]`: one segment or more. */
  rest: T | null;
  /** `[[...rest]]`: any number of segments. */
  optionalRest: T | null;
}

const branch = <T>(): Branch<T> => ({ named: new Map(), any: null, here: null, rest: null, optionalRest: null });

/**
 * A tree of routes by their segments.
 *
 * @param routes each with the name of its folder in `app`, groups included: `/(front)/signup/page`
 */
export function routeTree<T>(routes: Iterable<readonly [page: string, value: T]>): Branch<T> {
  const root = branch<T>();
  for (const [page, value] of routes) {
    const segments = page.split('/').slice(1, -1);
    let at: Branch<T> | null = root;
    for (const segment of segments) {
      if (segment.startsWith('(')) continue;
      if (segment.startsWith('[[...')) at.optionalRest = value;
      else if (segment.startsWith('[...')) at.rest = value;
      if (segment.includes('...')) {
        at = null;
        break;
      }
      const known: Branch<T> | null = segment.startsWith('[') ? at.any : (at.named.get(segment) ?? null);
      const next: Branch<T> = known ?? branch<T>();
      if (segment.startsWith('[')) at.any = next;
      else at.named.set(segment, next);
      at = next;
    }
    if (at !== null) at.here = value;
  }
  return root;
}

/** The route that Next.js would take for a path: a name before `[id]` before `[...rest]` before `[[...rest]]`. */
export function findRoute<T>(at: Branch<T>, segments: readonly string[], from = 0): T | null {
  if (from === segments.length) return at.here ?? at.optionalRest;
  const segment = segments[from]!;
  const named = at.named.get(segment);
  return (
    (named && findRoute(named, segments, from + 1)) ??
    (at.any && findRoute(at.any, segments, from + 1)) ??
    at.rest ??
    at.optionalRest
  );
}

/** No dot (Next.js gives `.rsc` a meaning), nothing encoded, no empty segment, and none of the build's own files. */
const PLAIN_PATH = /^\/(?:[A-Za-z0-9-][A-Za-z0-9_-]*(?:\/[A-Za-z0-9-][A-Za-z0-9_-]*)*)?$/;
/** Names by which a router tells a page what it found, `nxtPid` or `_rsc`, and names that are encoded. */
const PRIVATE_QUERY = /(?:^|&)[^=&]*(?:nxt|_rsc|%)/i;
/** Headers of Next.js's script and of routers before it. */
const PRIVATE_HEADER = /^(?:rsc$|next-|x-next|x-middleware-|x-matched-|x-invo|x-now-|x-prerender-|x-vercel-)/;

/** Whether a request says nothing to Next.js but what its method, path, query and form say. */
export function isPlain({ method, url, headers }: Pick<http.IncomingMessage, 'method' | 'url' | 'headers'>): boolean {
  if (method !== 'GET' && method !== 'POST') return false;
  const [asked, ...query] = (url ?? '').split('?');
  if (!PLAIN_PATH.test(asked!) || query.length > 1 || PRIVATE_QUERY.test(query[0] ?? '')) return false;
  for (const name in headers) if (PRIVATE_HEADER.test(name)) return false;
  return true;
}

/**
 * Reads once what the build holds.
 *
 * @param directory of the project, whose `.next` is the build
 * @param origin of the portal: what a page takes for its own
 * @returns finds the entrypoint of a request; null where Next.js's router must look
 */
export function entrypoints(directory: string, origin: string) {
  const built = path.join(directory, '.next/server');
  const load = createRequire(path.join(built, 'entrypoints.js'));
  const pages = JSON.parse(readFileSync(path.join(built, 'app-paths-manifest.json'), 'utf8')) as Record<string, string>;
  // Next.js's own pages, such as /_not-found, are nobody's to ask for.
  const tree = routeTree(
    Object.entries(pages)
      .filter(([page]) => !page.startsWith('/_'))
      .map(
        ([page, file]) => [page, once(() => (load(path.join(built, file)) as { handler: Handler }).handler)] as const,
      ),
  );
  const requestMeta = {
    relativeProjectDir: path.relative(process.cwd(), directory),
    initProtocol: new URL(origin).protocol.slice(0, -1),
  };
  const waitUntil = (promise: Promise<unknown>) => void promise.catch(() => {});

  return function entrypointOf(request: http.IncomingMessage): Entrypoint | null {
    if (!isPlain(request)) return null;
    const asked = request.url!.split('?', 1)[0]!;
    const handlerOf = findRoute(tree, asked === '/' ? [] : asked.slice(1).split('/'));
    if (handlerOf === null) return null;
    return async (incoming, response) => {
      await handlerOf()(incoming, response, {
        waitUntil,
        requestMeta: { ...requestMeta, initURL: `${origin}${incoming.url}` },
      });
    };
  };
}

/** A page is loaded when it is first asked for, as Next.js does, and kept. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
