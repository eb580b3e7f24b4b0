import type { DrizzleQueryError } from 'drizzle-orm';
import { requestContext } from '@/lib/request/context';

/** PostgreSQL can't be reached, is starting or stopping, or doesn't answer in time. Nothing was changed that counts. */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    super('The database is not available', { cause });
    const request = requestContext.getStore();
    if (request) request.databaseUnavailable = true;
  }
}

/** postgres.js names and SQLSTATE codes (PostgreSQL manual, appendix A) of a server that is away, not of a wrong query. */
const UNAVAILABLE = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  '57P04',
  '53300',
  '57014',
  '55P03',
  '25P03',
  '08000',
  '08003',
  '08006',
]);

/**
 * Turns a lost database into {@link DatabaseUnavailable}; every other error passes as it is, but for what was sent with the
 * query: names, addresses and hashes, which drizzle writes into the message, and which no log may hold (RUN-6).
 */
export function translateDatabaseError(error: unknown): unknown {
  forgetParameters(error);
  if (error instanceof DatabaseUnavailable) return error;
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause) {
    if (UNAVAILABLE.has(String((inner as { code?: unknown }).code))) return new DatabaseUnavailable(error);
  }
  return error;
}

/** Takes out of an error, and of what it was caused by, what was sent with the query. */
export function forgetParameters(error: unknown): void {
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause) {
    if (!isQueryError(inner)) continue;
    const { message } = inner;
    const plain = `Failed query: ${inner.query}`;
    inner.params = [];
    inner.message = plain;
    if (inner.stack !== undefined) inner.stack = inner.stack.replace(message, () => plain);
  }
}

/** By its shape: the build's files and the driver may each have a drizzle of their own, and so another class. */
function isQueryError(error: Error): error is DrizzleQueryError {
  return 'params' in error && 'query' in error && error.message.startsWith('Failed query: ');
}

/** Whether an error is a broken unique constraint or index of this name (SQLSTATE 23505). */
export function violatesUnique(error: unknown, constraint: string): boolean {
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause) {
    const { code, constraint_name: name } = inner as { code?: string; constraint_name?: string };
    if (code === '23505' && name === constraint) return true;
  }
  return false;
}

/** Whether an error is a broken foreign key: what is pointed at is not there (any more), or is pointed at still (23503). */
export function violatesForeignKey(error: unknown): boolean {
  return sqlState(error) === '23503';
}

/** The SQLSTATE of a failure, however deep it is wrapped; null where PostgreSQL gave none. */
export function sqlState(error: unknown): string | null {
  for (let inner: unknown = error; inner instanceof Error; inner = inner.cause) {
    const { code } = inner as { code?: unknown };
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  }
  return null;
}

/** Whether an error only follows another ("current transaction is aborted", 25P02): every statement after the one that failed. */
export function followsAnother(error: unknown): boolean {
  return sqlState(error) === '25P02';
}
