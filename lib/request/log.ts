import { pino, type Logger } from 'pino';
import { config } from '@/lib/config';

let once: Logger | undefined;

/** Structured JSON lines on standard output (RUN-6). Callers pass codes and ids; no secret ever belongs here. */
export function logger(): Logger {
  once ??= pino({ level: config().LOG_LEVEL, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  return once;
}
