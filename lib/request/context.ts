import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor } from '@/lib/actors/model';
import type { JudgedSession } from '@/lib/sessions/judge';

/**
 * What one HTTP request carries through every layer of one process.
 *
 * server.ts opens it around Next.js, which bundles its own copy of this file: both must meet in one place, hence
 * `globalThis`.
 */
export interface RequestContext {
  readonly requestId: string;
  /** The path and query that were asked for, so that a page can lead back to itself. */
  readonly place: string;
  /** Set by the database layer, so that the server answers 503 and not 500 (SAFE-7). */
  databaseUnavailable: boolean;
  /** Set where a form or payload can't be read at all, or is too large: the sender's fault, and no 500. */
  unreadable: 400 | 413 | null;
  /** Whether one of our actions was called: what fails in its request before that is what was sent. */
  acted: boolean;
  /** Where the request comes from, once a filter has refused it: the refused page shows it (LOC-4). */
  outside: { readonly address: string | null } | null;
  /** What the filter found out about the session: the page that follows takes it, once, and need not ask again. */
  judged: { readonly token: string; readonly session: JudgedSession | null } | null;
  /** Who asks, once the decision has said `signed-in`: a refused page tells them, by name, whom to ask. */
  actor: Actor | null;
}

const shared = globalThis as { vestibuleRequestContext?: AsyncLocalStorage<RequestContext> };
shared.vestibuleRequestContext ??= new AsyncLocalStorage<RequestContext>();

export const requestContext = shared.vestibuleRequestContext;
