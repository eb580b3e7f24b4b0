import { randomUUID } from 'node:crypto';
import type http from 'node:http';

/** A letter of the demo's outbox: its page, or (1) the letter alone, which stands in a frame of that page. */
const DEMO_LETTER = /^\/outbox\/[0-9a-f-]{36}(\/html)?$/;

/**
 * An e-mail brings its styles at its elements, and nothing else: no script, no picture, no form; its links open beside it.
 */
const LETTER_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; " +
  'sandbox allow-popups allow-popups-to-escape-sandbox';

/**
 * The routes that lead to an identity provider, some of them by a form that is posted there: what that page may post to it
 * says itself, beside this policy (app/[org]/way-out.ts).
 */
const WAYS_OUT =
  /^\/(?:[^/]+\/(?:sign-in\/(?:provider|signed-out)|settings\/authenticators\/[^/]+\/test|account\/identity)\/go|api\/saml\/[^/]+\/slo)$/;

const pagePolicy = (nonce: string, frames: boolean, forms: boolean) =>
  `default-src 'none'; script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self'; ` +
  `font-src 'self'; connect-src 'self'; manifest-src 'self'; ${forms ? "form-action 'self'; " : ''}base-uri 'none'; ` +
  `object-src 'none'; frame-ancestors 'none'${frames ? "; frame-src 'self'" : ''}`;

/** The build's own files, which hold nothing of anybody, and keep the headers that Next.js gives them. */
const isBuildFile = (path: string) => path.startsWith('/_next/static/') || path === '/icon.svg';

/**
 * The headers of every answer that keep a browser in bounds (SAFE-4), and for the page the nonce of its scripts. Here and
 * not in proxy.ts: each header that a proxy adds to a request or an answer is written, read and copied several times on
 * its way through Next.js.
 *
 * @param path of the request's URL, without its query
 */
export function keepInBounds(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  path: string,
  { secure, demo }: { readonly secure: boolean; readonly demo: boolean },
): void {
  if (isBuildFile(path)) return;
  const letter = demo ? DEMO_LETTER.exec(path) : null;
  const alone = letter?.[1] !== undefined;
  const nonce = randomUUID().replaceAll('-', '');
  const policy = alone ? LETTER_POLICY : pagePolicy(nonce, letter !== null, !WAYS_OUT.test(path));
  // On the request: Next.js reads the nonce there, and whatever a client sent under this name is overwritten.
  request.headers['content-security-policy'] = policy;
  response.setHeader('Content-Security-Policy', policy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', alone ? 'SAMEORIGIN' : 'DENY');
  // `no-referrer` would make browsers send « Origin: null » with our own forms.
  response.setHeader('Referrer-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader(
    'Permissions-Policy',
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), ' +
      // A passkey is made and used in our own pages, never in a frame (ENROL-9).
      'publickey-credentials-create=(self), publickey-credentials-get=(self)',
  );
  response.setHeader('Cache-Control', 'no-store');
  if (secure) response.setHeader('Strict-Transport-Security', 'max-age=63072000; includeSubDomains');
}

/** Path and query as a browser shows them: without the mark by which Next.js's own script asks for a part of a page. */
export function placeOf(origin: string, url: string): string {
  const asked = new URL(origin + url);
  if (asked.search.includes('_rsc')) asked.searchParams.delete('_rsc');
  return `${asked.pathname}${asked.search}`.slice(0, PLACE_MAX);
}

const PLACE_MAX = 2_000;

/**
 * Whether a form, or what a script sends, comes from another site (Next.js lets a missing Origin through, and answers 500 to
 * a foreign one). Machines post to `/api`, each with a proof of its own.
 *
 * @param path of the request's URL, without its query
 */
export function isForeign(request: http.IncomingMessage, path: string, origin: string): boolean {
  const reads = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
  return !reads && !path.startsWith('/api/') && request.headers.origin !== origin;
}
