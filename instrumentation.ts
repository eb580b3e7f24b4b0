import type { Instrumentation } from 'next';
import type { reportRequestError } from '@/lib/request/report-error';

let report: typeof reportRequestError | undefined;

/** Next.js alone believes a client's word for its address: it must not serve without server.ts before it (LOC-5). */
export async function register(): Promise<void> {
  // Next.js builds this file for the edge as well, where none of what follows exists.
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  if ((globalThis as { vestibuleServer?: boolean }).vestibuleServer !== true) {
    throw new Error('Start the portal with "npm start": "next start" alone would believe forged client addresses.');
  }
  ({ reportRequestError: report } = await import('@/lib/request/report-error'));
}

/** Every failure of a request, once. At once, so that server.ts knows of it when the status is sent. */
export const onRequestError: Instrumentation.onRequestError = (error, request, context) => {
  report?.(error, request, context);
};
