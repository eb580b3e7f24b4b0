import { pino, type Logger } from 'pino';
import { config } from '@/lib/config';
import { forgetParameters } from '@/lib/db/errors';

let once: Logger | undefined;

/** Structured JSON lines on standard output (RUN-6). Callers pass codes and ids; no secret ever belongs here. */
export function logger(): Logger {
  once ??= pino({
    level: config().LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: plainError },
  });
  return once;
}

/**
 * What a line says of an error: its class, code, words and place. Nothing else that hangs on it: PostgreSQL puts rows into
 * the detail of a refusal, and drizzle what was sent into its words.
 */
export function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  forgetParameters(error);
  const { type, message, stack } = pino.stdSerializers.err(error);
  const { code, digest } = error as { code?: unknown; digest?: unknown };
  return { type, code, digest, message, stack };
}
