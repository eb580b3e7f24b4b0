/**
 * Private headers between server.ts and the pages. server.ts overwrites whatever a client sends under these
 * names.
 */
export const HEADERS = {
  /** The address of the socket's other end. */
  peer: 'x-vestibule-peer',
  /** Proves that the peer was stamped by this process: Next.js asks its own origin after an action's redirect. */
  stamp: 'x-vestibule-stamp',
  requestId: 'x-request-id',
} as const;
