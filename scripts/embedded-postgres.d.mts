/** A PostgreSQL at work, on 127.0.0.1. */
export interface RunningPostgres {
  /** Of the superuser, on the database `vestibule`. */
  url: string;
  port: number;
  pid: number;
  /** Settles when the server ends, asked or not. */
  ended: Promise<void>;
  /** Ends the server in order, within a bound; a temporary one takes its data along. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Made where missing; may be left out for a temporary server. */
  dataDirectory?: string;
  /** Any free one where missing. */
  port?: number;
  /** Faster, not safe against a crash of the machine, and gone when stopped. */
  temporary?: boolean;
  /** Hears what a person may want to know. */
  log?: (line: string) => void;
}

export class PostgresFailure extends Error {
  detail: string;
}
export class PostgresInUse extends PostgresFailure {}

export function startPostgres(options: PostgresOptions): Promise<RunningPostgres>;
export function removePostgres(dataDirectory: string, log?: (line: string) => void): Promise<void>;
export function isInUse(dataDirectory: string): boolean;
export function isRunning(dataDirectory: string): boolean;
export function freePort(): Promise<number>;
