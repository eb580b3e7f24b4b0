import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { setting } from '@/lib/config';
import { parseAddress } from '@/lib/network/address';
import { judgeAddress, judgeUrl, literalOf, type AddressIssue } from './rules';

/** All that one call may take, in milliseconds: looking the name up, connecting, and the whole answer. */
export const OUTGOING_MS_MAX = 5_000;
/** The largest answer that is read, in bytes. */
export const OUTGOING_BYTES_MAX = 1_000_000;

/** Why a call outside came to nothing. Nothing that came from there is in it. */
export class OutgoingFault extends Error {
  constructor(
    readonly code: 'address' | 'unreachable' | 'timeout' | 'too-large',
    /** What is wrong with the address, where that is it. */
    readonly issue: AddressIssue | null = null,
  ) {
    super(code);
  }
}

export interface OutgoingRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams | null;
  /** Ends the call early; it ends by itself after {@link OUTGOING_MS_MAX}. */
  readonly signal?: AbortSignal;
}

/** How names are looked up, and what the operator allows; tests give their own. */
export interface OutgoingWays {
  readonly allowPrivate?: boolean;
  readonly resolve?: (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;
}

const resolveAll = (host: string) => lookup(host, { all: true, verbatim: true });

/**
 * Calls an address that somebody typed or that a document named (OIDC-5): https, at 443 or 8443, at addresses of the world
 * at large. Every address that the name leads to is checked, and the connection goes to one of those very addresses: a name
 * that leads elsewhere a moment later leads nowhere. Follows no redirect, keeps no connection, sends nothing of ours.
 *
 * @returns the whole answer, of at most {@link OUTGOING_BYTES_MAX} bytes; a redirect is an answer like any other
 * @throws {OutgoingFault} `address` (nothing was connected to), `unreachable`, `timeout`, `too-large`
 * @source SPEC.md OIDC-5; SECURITY.md, OIDC; Bad inputs 65–67
 */
export async function guardedFetch(
  target: string | URL,
  request: OutgoingRequest = {},
  ways: OutgoingWays = {},
): Promise<Response> {
  const late = AbortSignal.timeout(OUTGOING_MS_MAX);
  const signal = request.signal === undefined ? late : AbortSignal.any([late, request.signal]);
  const url = readUrl(target);
  const addresses = await checkAddresses(url, signal, ways);
  return call(url, addresses, request, signal);
}

/**
 * Whether an address could be called, without calling it: its name is looked up, and no more.
 *
 * @throws {OutgoingFault} as {@link guardedFetch}
 */
export async function checkOutgoing(target: string | URL, ways: OutgoingWays = {}): Promise<void> {
  await checkAddresses(readUrl(target), AbortSignal.timeout(OUTGOING_MS_MAX), ways);
}

function readUrl(target: string | URL): URL {
  if (!URL.canParse(String(target))) throw new OutgoingFault('address', 'host');
  return new URL(target);
}

type Resolved = readonly { readonly address: string; readonly family: number }[];

async function checkAddresses(
  url: URL,
  signal: AbortSignal,
  { allowPrivate = setting('ALLOW_PRIVATE_IDPS'), resolve = resolveAll }: OutgoingWays,
): Promise<Resolved> {
  const issue = judgeUrl(url, allowPrivate);
  if (issue !== null) throw new OutgoingFault('address', issue);
  const literal = literalOf(url);
  if (literal !== null) return [{ address: literal.text, family: literal.family }];
  const found = await untilAborted(resolve(url.hostname), signal);
  if (found.length === 0) throw new OutgoingFault('unreachable');
  for (const { address } of found) {
    const parsed = parseAddress(address);
    const wrong = parsed === null ? 'private' : judgeAddress(url, parsed, allowPrivate);
    if (wrong !== null) throw new OutgoingFault('address', wrong);
  }
  return found;
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new OutgoingFault('timeout'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } catch (error) {
    throw error instanceof OutgoingFault ? error : new OutgoingFault('unreachable');
  } finally {
    signal.removeEventListener('abort', stop);
    aborted.catch(() => {});
  }
}

function call(url: URL, addresses: Resolved, request: OutgoingRequest, signal: AbortSignal): Promise<Response> {
  const { method = 'GET', headers = {}, body = null } = request;
  const text = body === null ? null : String(body);
  // In the place of a look-up of its own: the connection can go nowhere but where we looked.
  const pinned: LookupFunction = (_host, options, answer) => {
    if (options.all) answer(null, [...addresses]);
    else answer(null, addresses[0]!.address, addresses[0]!.family);
  };
  const { request: open } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const fail = (error?: unknown) => {
      sent.destroy();
      if (error instanceof OutgoingFault) reject(error);
      else reject(new OutgoingFault(signal.aborted ? 'timeout' : 'unreachable'));
    };
    const sent = open(
      url,
      {
        method,
        agent: false,
        lookup: pinned,
        signal,
        headers: {
          'user-agent': 'Vestibule',
          ...headers,
          'accept-encoding': 'identity',
          ...(text === null ? {} : { 'content-length': String(Buffer.byteLength(text)) }),
        },
      },
      (answer) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > OUTGOING_BYTES_MAX) fail(new OutgoingFault('too-large'));
          else parts.push(part);
        });
        answer.on('error', fail);
        answer.on('aborted', fail);
        answer.on('end', () => {
          try {
            resolve(responseOf(answer, Buffer.concat(parts)));
          } catch {
            fail();
          }
        });
      },
    );
    sent.on('error', fail);
    sent.end(text ?? undefined);
  });
}

/** Statuses that have no body. */
const BODILESS = new Set([204, 205, 304]);

function responseOf({ statusCode = 0, rawHeaders }: http.IncomingMessage, body: Buffer): Response {
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index]!, rawHeaders[index + 1]!);
  }
  return new Response(BODILESS.has(statusCode) ? null : new Uint8Array(body), { status: statusCode, headers });
}
