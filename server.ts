import { randomBytes, randomUUID } from 'node:crypto';
import http from 'node:http';
import { resolve } from 'node:path';
import compression from 'compression';
import { config, ConfigError, type Config } from '@/lib/config';
import { forgetParameters } from '@/lib/db/errors';
import { closePool } from '@/lib/db/pool';
import { trustedProxies } from '@/lib/network/trusted-proxies';
import { startHousekeeping } from '@/lib/jobs/housekeeping';
import { carrierOfConfig, startPostman } from '@/lib/mail/postman';
import { warmUpPasswords } from '@/lib/passwords/hash';
import { requestContext, type RequestContext } from '@/lib/request/context';
import { HEADERS } from '@/lib/request/headers';
import { logger } from '@/lib/request/log';
import { observeRequest } from '@/lib/request/metrics';
import { isForeign, keepInBounds, placeOf } from '@/server/bounds';
import { entrypoints } from '@/server/entrypoints';
import type { ErrorStatus } from '@/server/error-page';

/**
 * The process that serves: Next.js behind a small server of our own, which stamps the address of the socket's other end
 * (next start believes whatever a client says), turns a lost database into 503, and stops in order.
 */

/** The largest body of any form; a picture of 2 MB is the largest thing that anybody sends. */
const BODY_BYTES_MAX = 2_600_000;
/** How long a piece of an answer waits for the next one. */
const TOGETHER_MS = 10;
/** How long a stop waits for requests under way. */
const DRAIN_MS = 10_000;

function readConfig(): Config {
  try {
    const read = config();
    trustedProxies();
    return read;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // A line for each variable, that names it and how to make one (RUN-3), not a stack.
    console.error(error.message);
    process.exit(1);
  }
}

/** This is built into `.next/vestibule` (scripts/build.mjs). */
const home = resolve(import.meta.dirname, '../..');
const settings = readConfig();
const origin = new URL(settings.APP_ORIGIN);
const stampSecret = randomBytes(32).toString('hex');

Object.assign(process.env, {
  NODE_ENV: 'production',
  // After an action's redirect Next.js asks its own origin for the page: that stays inside, and ignores Host headers.
  __NEXT_PRIVATE_ORIGIN: `http://localhost:${settings.PORT}`,
  NEXTAUTH_URL: settings.APP_ORIGIN,
});
(globalThis as { vestibuleServer?: boolean }).vestibuleServer = true;

// What Next.js prints of its own goes the way of all other lines (RUN-6). A failed request has its own line besides.
const heard = (parts: unknown[]) => {
  parts.forEach(forgetParameters);
  return parts.map(String).join(' ').trim().slice(0, 500);
};
console.error = (...parts: unknown[]) => logger().warn({ from: 'next' }, heard(parts));
console.warn = (...parts: unknown[]) => logger().warn({ from: 'next' }, heard(parts));
console.log = (...parts: unknown[]) => logger().debug({ from: 'next' }, heard(parts));

/** One line for the operator, where they look. */
const complain = (line: string) => process.stderr.write(`${line}\n`);

// A failure that nobody awaits is logged and survived; the requests of others go on.
process.on('unhandledRejection', (reason) => logger().error({ err: reason }, 'unhandled rejection'));
process.on('uncaughtException', (error) => logger().error({ err: error }, 'uncaught exception'));

// Only now: React and Next.js choose their build by NODE_ENV when they are loaded.
const { default: next } = await import('next');
const { errorPages, isErrorStatus } = await import('@/server/error-page');
const bounds = { secure: settings.secureCookies, demo: settings.DEMO };
const renderErrorPage = errorPages(home);
const app = next({ dev: false, dir: home, hostname: 'localhost', port: settings.PORT });
await Promise.all([app.prepare(), warmUpPasswords()]);
const handle = app.getRequestHandler();
// And these where Next.js has made the room that its own modules look for.
const { sessionCookieIn } = await import('@/lib/sessions/cookies');
const { isRefusedHere } = await import('@/lib/sessions/filter');
const entrypointOf = entrypoints(home, origin.origin);
const compressed = compression();

/** Headers by which Next.js, or we, would take a client's word for who and where it is. */
function stamp(request: http.IncomingMessage, requestId: string): void {
  const { headers } = request;
  const inner = headers[HEADERS.stamp] === stampSecret;
  if (!inner) {
    headers[HEADERS.peer] = request.socket.remoteAddress ?? '';
    headers[HEADERS.stamp] = stampSecret;
    headers[HEADERS.requestId] = requestId;
  }
  delete headers['x-forwarded-port'];
  delete headers['x-nonce'];
  headers.host = origin.host;
  headers['x-forwarded-host'] = origin.host;
  headers['x-forwarded-proto'] = origin.protocol.slice(0, -1);
}

/** The host that was asked for, before {@link stamp} puts the canonical one there. */
function asksByAddress(request: http.IncomingMessage): boolean {
  const host = request.headers.host ?? '';
  return origin.hostname === 'localhost' && /^(127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
}

/** Browsers ask for it whatever the page says. */
const ICON = '/icon.svg';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);

function isDecodable(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes('\0');
  } catch {
    return false;
  }
}

const OPERATIONS = new Set(['/healthz', '/readyz', '/metrics']);

async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const startedAt = process.hrtime.bigint();
  const url = request.url ?? '/';
  const path = pathOf(request);
  const requestId = randomUUID();
  const context: RequestContext = {
    requestId,
    place: url.startsWith('/') ? placeOf(origin.origin, url) : '/',
    databaseUnavailable: false,
    unreadable: null,
    acted: false,
    outside: null,
    judged: null,
    actor: null,
  };

  // Forms check their Origin against the canonical one, so a page must be opened there to begin with.
  if (asksByAddress(request) && request.method === 'GET' && !OPERATIONS.has(path) && url.startsWith('/')) {
    response.writeHead(308, { Location: `${origin.origin}${url.startsWith('//') ? '/' : url}` }).end();
    return;
  }
  stamp(request, requestId);
  if (!METHODS.has(request.method ?? '') || !url.startsWith('/')) {
    response.writeHead(405, { Allow: [...METHODS].join(', '), Connection: 'close' }).end();
    return;
  }
  if (path === '/favicon.ico') {
    response.writeHead(308, { Location: ICON }).end();
    return;
  }
  if (!isDecodable(path)) {
    await sendErrorPage(request, response, 400, requestId);
    return;
  }
  response.setHeader('X-Request-Id', request.headers[HEADERS.requestId] ?? requestId);
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) {
    response.setHeader('Connection', 'close');
    await sendErrorPage(request, response, 413, requestId);
    return;
  }
  keepInBounds(request, response, path, bounds);
  guardStatus(request, response, context);
  sendTogether(response);
  response.on('close', () => observeRequest(request.method ?? '', path, response.statusCode, startedAt));
  if (isForeign(request, path, settings.APP_ORIGIN)) {
    response.statusCode = 403;
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.setHeader('Content-Security-Policy', "default-src 'none'; base-uri 'none'; frame-ancestors 'none'");
    response.end('403 Forbidden: this form was not sent from the portal itself.\n');
    return;
  }
  await requestContext.run(context, () => answer(request, response, path));
}

/** Hands a plain request to its page or route, past the filter (LOC-4), and every other one to Next.js's router. */
async function answer(request: http.IncomingMessage, response: http.ServerResponse, path: string): Promise<void> {
  if (request.headers['accept-encoding'] !== undefined) {
    compressed(request as never, response as never, () => {});
  }
  const entrypoint = entrypointOf(request);
  if (entrypoint === null) return handle(request, response);
  try {
    const headers = { get: (name: string) => headerOf(request, name) };
    if (await isRefusedHere(sessionCookieIn(request.headers.cookie), path, headers)) {
      response.writeHead(403).end();
    } else {
      await entrypoint(request, response);
    }
  } catch (error) {
    if (response.headersSent || response.destroyed) throw error;
    // Next.js has told `instrumentation.ts` what failed; the answer becomes our own page on its way out.
    logger().warn({ err: error }, 'a page failed');
    response.writeHead(500).end();
  }
}

function headerOf(request: http.IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return value === undefined ? null : String(value);
}

/** What a browser sees where the application could not answer: in its language, without a word of the cause. */
async function sendErrorPage(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  status: ErrorStatus,
  requestId: string,
): Promise<void> {
  const { cookie, 'accept-language': acceptLanguage } = request.headers;
  const { actor = null, outside = null } = requestContext.getStore() ?? {};
  const asked = { path: pathOf(request), supportCode: requestId, cookie, acceptLanguage, actor, outside };
  const page = await renderErrorPage(status, asked);
  response.writeHead(status, page.headers).end(request.method === 'HEAD' ? undefined : page.body);
}

/**
 * Puts our own page in the place of what Next.js answers to a failure, a missing page or a missing permission. To a lost
 * database it answers 500 like to any failure; here it is 503 (SAFE-7).
 *
 * The methods stay wrapped to the end: Next.js's compression wraps them in turn, and must find them as it left them.
 */
function guardStatus(request: http.IncomingMessage, response: http.ServerResponse, context: RequestContext): void {
  const { writeHead, write, end } = response;
  let answer: 'undecided' | 'theirs' | 'ours' = 'undecided';

  /** Whose the answer is: decided once, when the status is final. */
  const decideAnswer = (): 'theirs' | 'ours' => {
    if (answer !== 'undecided') return answer;
    const status = finalStatus(response.statusCode, context);
    // A route that refuses says nothing at all: that is a blank page, and ours to fill (ACC-4).
    const type = String(response.getHeader('content-type') ?? (status === 403 ? 'text/html' : ''));
    const html = type.startsWith('text/html');
    const failed = response.statusCode >= 500;
    const known = isErrorStatus(status) && (failed ? !OPERATIONS.has(pathOf(request)) : html);
    if (!known || response.headersSent) return (answer = 'theirs');
    for (const name of response.getHeaderNames()) {
      if (name !== 'x-request-id' && name !== 'strict-transport-security') response.removeHeader(name);
    }
    // The page goes through the response's own methods; what Next.js still writes goes nowhere.
    const own = Object.create(response, {
      writeHead: { value: (...head: Parameters<typeof writeHead>) => (writeHead.apply(response, head), own) },
      end: { value: (body?: string) => end.call(response, body ?? '', 'utf8') },
    }) as http.ServerResponse;
    sendErrorPage(request, own, status as ErrorStatus, context.requestId).catch((error: unknown) => {
      logger().error({ err: error }, 'the error page failed');
      response.destroy();
    });
    return (answer = 'ours');
  };

  response.writeHead = ((...parameters: Parameters<typeof writeHead>) => {
    if (answer === 'undecided' && typeof parameters[0] === 'number') response.statusCode = parameters[0];
    return decideAnswer() === 'ours' ? response : writeHead.apply(response, parameters);
  }) as typeof writeHead;
  response.write = ((...parameters: Parameters<typeof write>) =>
    decideAnswer() === 'ours' || write.apply(response, parameters)) as typeof write;
  response.end = ((...parameters: Parameters<typeof end>) =>
    decideAnswer() === 'ours' ? response : end.apply(response, parameters)) as typeof end;
}

/**
 * Next.js sends the head of an answer by itself, and a page in pieces, each of which would be a packet and a call of the
 * system. What is written within a moment leaves together; so does what is too much to keep.
 */
function sendTogether(response: http.ServerResponse): void {
  const { write } = response;
  let timer: NodeJS.Timeout | undefined;
  let held = false;
  const release = () => {
    clearTimeout(timer);
    if (held) response.socket?.uncork();
    held = false;
  };
  // The head goes with the first piece.
  response.flushHeaders = () => {};
  response.write = ((...parameters: Parameters<typeof write>) => {
    if (timer === undefined) {
      timer = setTimeout(release, TOGETHER_MS);
      held = response.socket !== null;
      response.socket?.cork();
    }
    const more = write.apply(response, parameters);
    if (!more) release();
    return more;
  }) as typeof write;
  response.once('close', () => clearTimeout(timer));
}

/** What Next.js calls a failure may be the database's, or the sender's. */
function finalStatus(status: number, context: RequestContext): number {
  if (status < 500) return status;
  return context.databaseUnavailable ? 503 : (context.unreadable ?? 500);
}

function pathOf(request: http.IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0]!;
}

const listener: http.RequestListener = (request, response) => {
  serve(request, response).catch((error: unknown) => {
    logger().error({ err: error }, 'request failed');
    if (response.headersSent) response.destroy();
    else sendErrorPage(request, response, 500, '').catch(() => response.destroy());
  });
};

/** `localhost` is two addresses, and browsers differ in which they try first. */
const hosts = settings.HOST === 'localhost' ? ['127.0.0.1', '::1'] : [settings.HOST];
const servers: http.Server[] = [];
for (const host of hosts) {
  const server = http.createServer(
    { requestTimeout: 60_000, headersTimeout: 20_000, keepAliveTimeout: 10_000 },
    listener,
  );
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: settings.PORT, host, ipv6Only: host === '::1' }, resolve);
    });
    servers.push(server);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A machine without IPv6 serves the other address.
    if (host === '::1' && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) continue;
    complain(
      code === 'EADDRINUSE'
        ? `Port ${settings.PORT} is taken. Choose another with PORT=…`
        : `Can't listen on ${host}:${settings.PORT}: ${(error as Error).message}`,
    );
    process.exit(1);
  }
}
const housekeeping = startHousekeeping();
const postman = startPostman(carrierOfConfig());
logger().info({ origin: settings.APP_ORIGIN, port: settings.PORT }, 'listening');

let stopping = false;
async function stop(signal: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  logger().info({ signal }, 'stopping');
  const forced = setTimeout(() => process.exit(0), DRAIN_MS);
  housekeeping.stop();
  await Promise.all([
    postman.stop(),
    ...servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeIdleConnections();
        }),
    ),
  ]);
  await closePool();
  clearTimeout(forced);
  process.exit(0);
}
process.on('SIGTERM', () => void stop('SIGTERM'));
process.on('SIGINT', () => void stop('SIGINT'));
