import { ConfigError } from '@/lib/config';
import { DatabaseUnavailable, translateDatabaseError } from '@/lib/db/errors';

/** What went wrong, in one line for the operator; null for what nobody foresaw, whose stack is wanted. */
export function failureLine(error: unknown): string | null {
  if (error instanceof ConfigError) return error.message;
  const cause = innermost(error);
  if (translateDatabaseError(error) instanceof DatabaseUnavailable) {
    return `The database can't be reached (${cause.message || String((cause as { code?: string }).code)})`;
  }
  // PostgreSQL's own words, without the statement and its values, which drizzle puts into its message.
  return sqlState(error) === null ? null : `PostgreSQL refuses: ${cause.message}`;
}

/** The SQLSTATE of an error that PostgreSQL gave, however deep it lies. */
export function sqlState(error: unknown): string | null {
  const { code } = innermost(error) as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

function innermost(error: unknown): Error {
  let inner = error as Error;
  while (inner.cause instanceof Error) inner = inner.cause;
  return inner;
}
