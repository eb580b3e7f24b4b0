import type postgres from 'postgres';
import { databaseUrl, setting } from '@/lib/config';
import { Connection, SILENCE_MS, STATEMENT_MS, type Client, type Transaction } from './connection';

/** The role that the application works under: it owns nothing, so row-level security binds it. */
export const APPLICATION_ROLE = 'vestibule_app';

/** A connection that is older is not used again: balancers and memory like new ones. */
const LIFETIME_MS = 30 * 60_000;
const WATCH_MS = 1_000;

/** Connections that are shared by all who need one, each for one use at a time. */
export interface Pool {
  /** For statements that stand by themselves. */
  readonly sql: Client & { begin<T>(work: (client: Client) => Promise<T>): Promise<T> };
  /**
   * Runs drizzle's queries in one transaction.
   *
   * @param options.silenceMs how long PostgreSQL may take for a statement before the connection is given up
   * @param options.readOnly whether PostgreSQL refuses whatever would change something
   */
  transaction<T>(
    work: (transaction: Transaction) => Promise<T>,
    options?: { silenceMs?: number; readOnly?: boolean },
  ): Promise<T>;
  /** Ends the connections; waits for those in use at most `seconds`. */
  end(seconds: number): Promise<void>;
}

/**
 * Opens up to `size` connections as the restricted role, when they are needed. Time-outs of the server itself stand behind
 * our own deadline (`lib/db/deadline.ts`), so that a forgotten query can't hold a connection.
 */
export function openPool(
  url: string,
  size: number,
  { silenceMs = SILENCE_MS, debug }: { silenceMs?: number; debug?: postgres.Options<never>['debug'] } = {},
): Pool {
  const settings = {
    ...(debug === undefined ? {} : { debug }),
    connection: {
      application_name: 'vestibule',
      role: APPLICATION_ROLE,
      statement_timeout: STATEMENT_MS,
      lock_timeout: 2_500,
      idle_in_transaction_session_timeout: 10_000,
    } as postgres.ConnectionParameters & { role: string },
  };
  /** The one that was used last comes first: it has most statements prepared. */
  const idle: Connection[] = [];
  const busy = new Map<Connection, number>();
  const waiting: ((connection: Connection) => void)[] = [];
  let ended: (() => void) | undefined;

  const use = (connection: Connection) => {
    busy.set(connection, silenceMs);
    return connection;
  };
  const open = () => use(new Connection(url, settings, forget));

  function forget(connection: Connection): void {
    const index = idle.indexOf(connection);
    if (index >= 0) idle.splice(index, 1);
    // Whoever holds it still finds out by the next answer; its place is free.
    if (busy.delete(connection)) waiting.shift()?.(open());
    if (busy.size === 0) ended?.();
  }

  function take(): Connection | Promise<Connection> {
    const connection = idle.pop();
    if (connection !== undefined) return use(connection);
    if (busy.size < size) return open();
    return new Promise((resolve) => waiting.push(resolve));
  }

  function giveBack(connection: Connection): void {
    if (connection.isLost) return;
    if (performance.now() - connection.openedAt > LIFETIME_MS || ended !== undefined) return connection.lose();
    const next = waiting.shift();
    if (next !== undefined) return next(use(connection));
    busy.delete(connection);
    idle.push(connection);
  }

  async function once<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const taken = take();
    const connection = taken instanceof Connection ? taken : await taken;
    try {
      return await work(connection);
    } finally {
      giveBack(connection);
    }
  }

  const watch = setInterval(() => {
    for (const [connection, milliseconds] of busy) connection.loseIfSilent(milliseconds);
  }, WATCH_MS).unref();

  const tag = (...statement: Parameters<Client>) =>
    once(({ client }) => client(...statement) as unknown as Promise<unknown>);
  const sql = Object.assign(tag as unknown as Client, {
    unsafe: <T extends postgres.Row[]>(statement: string, parameters?: never[]) =>
      once(({ client }) => client.unsafe<T>(statement, parameters)),
    begin: <T>(work: (client: Client) => Promise<T>) => once((connection) => connection.begin(work)),
  });

  return {
    sql,
    transaction: (work, options = {}) =>
      once((connection) => {
        if (busy.has(connection)) busy.set(connection, options.silenceMs ?? silenceMs);
        return connection.transaction(work, options.readOnly);
      }),
    async end(seconds) {
      clearInterval(watch);
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        new Promise<void>((resolve) => {
          ended = resolve;
          for (const connection of [...idle]) connection.lose();
          if (busy.size === 0) resolve();
        }),
        new Promise<void>((resolve) => (timer = setTimeout(resolve, seconds * 1_000))),
      ]);
      clearTimeout(timer);
      for (const connection of [...busy.keys()]) connection.lose();
    },
  };
}

// The proxy, the pages and the server are bundled apart but live in one process: one pool for all of them.
const shared = globalThis as { vestibulePool?: Pool };

/** The connections of this process. */
export function pool(): Pool {
  shared.vestibulePool ??= openPool(databaseUrl(), setting('DATABASE_POOL'));
  return shared.vestibulePool;
}

/** Ends the connections; waits for running queries at most `seconds`. */
export async function closePool(seconds = 5): Promise<void> {
  const open = shared.vestibulePool;
  delete shared.vestibulePool;
  await open?.end(seconds);
}
