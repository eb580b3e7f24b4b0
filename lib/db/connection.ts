import { once } from 'node:events';
import net from 'node:net';
import type { ExtractTablesWithRelations } from 'drizzle-orm';
import type { PgTransaction } from 'drizzle-orm/pg-core';
import { drizzle, type PostgresJsDatabase, type PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { readArray, writeArray } from './arrays';
import { followsAnother } from './errors';

/** PostgreSQL itself ends a statement of ours that takes longer, in milliseconds. */
export const STATEMENT_MS = 5_000;
/** An answer that is out for longer won't come: the server, or the way to it, is gone without a word. */
export const SILENCE_MS = STATEMENT_MS + 3_000;
const CONNECT_MS = 3_000;
/** How long a connection that is given up may take to say goodbye. */
const GOODBYE_MS = 1_000;

/** What stands in a statement: values, and names. */
export type Parameters = readonly postgres.ParameterOrFragment<never>[];

/** Sends statements: each by itself, or all in one transaction. */
export interface Client {
  /** Sends a statement. */
  <T extends readonly (object | undefined)[] = postgres.Row[]>(
    statement: TemplateStringsArray,
    ...parameters: Parameters
  ): Promise<postgres.RowList<T>>;
  /** A name within a statement. */
  (name: string): postgres.Helper<string>;
  /** Sends a statement that was put together elsewhere. */
  unsafe<T extends postgres.Row[] = postgres.Row[]>(
    statement: string,
    parameters?: never[],
  ): Promise<postgres.RowList<T>>;
  /** Is asked before the transaction is kept: by throwing it keeps nothing. Where there is no transaction it is never asked. */
  beforeKeeping(check: () => void): void;
  /** Sends what keeps the whole transaction at once, behind what has left so far; later statements are refused. */
  keep(): void;
}

/** What drizzle's queries of one transaction are built with. */
export type Transaction = PgTransaction<
  PostgresJsQueryResultHKT,
  Record<string, never>,
  ExtractTablesWithRelations<Record<string, never>>
>;

/**
 * The arrays that are read or written as such, by their OIDs in PostgreSQL: text, character varying, uuid. postgres.js would
 * ask each new connection about all arrays there are, and where that question fails nobody can catch it.
 */
const ARRAYS = {
  to: 1009,
  from: [1009, 1015, 2951],
  parse: readArray,
  // Drizzle writes those of its columns itself.
  serialize: (value: unknown) => (Array.isArray(value) ? writeArray(value as string[]) : value),
};

/** What stands between BEGIN and COMMIT, or between a savepoint and its end; or statements of no transaction. */
class Scope {
  /** Why it can't be kept: the first of its statements that failed, whoever heard of it. */
  failure: { readonly reason: unknown } | undefined;
  ended = false;
  check = () => {};
  /** PostgreSQL's answer to `keep`, once that was sent. */
  kept: Promise<{ readonly command: string }> | undefined;

  constructor(
    readonly keep = '',
    readonly undo = '',
  ) {}
}

function lost(cause?: unknown): Error {
  return Object.assign(new Error('The connection to PostgreSQL is lost', { cause }), { code: 'CONNECTION_CLOSED' });
}

/**
 * Whether a connection is done for: only what PostgreSQL says of one statement leaves it as it was. Where postgres.js can't
 * write a statement it waits for its answer all the same.
 */
const endsConnection = (error: unknown) => (error as { severity?: unknown }).severity !== 'ERROR';

/**
 * One connection, for one use at a time. postgres.js has a pool and transactions of its own, but where a connection ends
 * within a transaction they write to it still: what is sent to nowhere throws where nobody can catch it, the connection
 * never comes back, and a statement that comes late runs in the transaction of whoever is next (porsager/postgres 1154,
 * 1208, 1215). So each connection here is a postgres.js of its own that is thrown away once it is lost, and nothing is
 * sent after the end of a transaction. See docs/decisions/018-connections.md.
 */
export class Connection {
  readonly openedAt = performance.now();
  readonly #sql: postgres.Sql;
  /** Drizzle over transactions of this connection: those that change something, and those that only read. */
  readonly #orm: PostgresJsDatabase;
  readonly #readingOrm: PostgresJsDatabase;
  readonly #onLost: (connection: Connection) => void;
  #lost = false;
  #tried = 0;
  #socket: net.Socket | undefined;
  #answered = false;
  #unanswered = 0;
  #heardAt = 0;

  constructor(url: string, settings: postgres.Options<never>, onLost: (connection: Connection) => void) {
    this.#onLost = onLost;
    const own = {
      max: 1,
      connect_timeout: CONNECT_MS / 1_000,
      idle_timeout: 0,
      max_lifetime: null,
      fetch_types: false,
      types: { texts: ARRAYS, uuids: { ...ARRAYS, to: 2951 } },
      onnotice: () => {},
      onclose: () => this.lose(),
      socket: (options: { host: string[]; port: number[]; path: string | false }) => this.#reach(options),
    };
    this.#sql = postgres(url, { ...settings, ...own });
    const { options } = this.#sql;
    const ormOver = (begin: typeof this.begin) => drizzle({ options, begin } as unknown as postgres.Sql);
    this.#orm = ormOver((work) => this.begin(work));
    this.#readingOrm = ormOver((work) => this.begin(work, 'begin read only'));
  }

  get isLost(): boolean {
    return this.#lost;
  }

  /** Sends statements of no transaction. */
  get client(): Client {
    return this.#clientOf(new Scope());
  }

  /** {@link begin} for drizzle's queries. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>, readOnly = false): Promise<T> {
    return (readOnly ? this.#readingOrm : this.#orm).transaction(work);
  }

  /**
   * Runs `work` in a transaction: all of it is kept, or nothing. BEGIN travels with the first statement. Where a statement
   * fails nothing is kept, even if the work went on regardless, and what the work sends later is refused.
   */
  async begin<T>(work: (client: Client) => Promise<T>, how: 'begin' | 'begin read only' = 'begin'): Promise<T> {
    const scope = new Scope('commit', 'rollback');
    const begun = this.#send(this.#sql.unsafe(how), scope);
    // What is given to postgres.js while it connects leaves in two halves, and what comes later may overtake the second.
    if (!this.#answered) await begun;
    return this.#within(scope, work);
  }

  /** Nothing more is sent, and who waits for an answer hears that there is none. */
  lose(): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#onLost(this);
    void this.#sql.end({ timeout: 0 });
    // Whoever went without a word takes no goodbye either.
    setTimeout(() => this.#socket?.destroy(), GOODBYE_MS).unref();
  }

  /** Loses the connection where PostgreSQL owes an answer for longer. */
  loseIfSilent(milliseconds: number): void {
    if (this.#unanswered > 0 && performance.now() - this.#heardAt > milliseconds) this.lose();
  }

  /**
   * The way to PostgreSQL: each host that the URL names is tried once, in their order. postgres.js would connect again, at
   * once and without end, for what it had not sent yet.
   */
  async #reach({ host, port, path }: { host: string[]; port: number[]; path: string | false }): Promise<net.Socket> {
    let reason: unknown;
    while (!this.#lost && this.#tried < host.length) {
      const place = { host: host[this.#tried]!, port: port[this.#tried]! };
      this.#tried += 1;
      const socket = path === false ? net.connect({ ...place, noDelay: true }) : net.connect(path);
      try {
        await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) });
        if (this.#lost) throw lost();
        this.#socket = socket;
        return Object.assign(socket, place);
      } catch (error) {
        socket.destroy();
        reason = error;
      }
    }
    this.lose();
    throw lost(reason);
  }

  async #within<T>(scope: Scope, work: (client: Client) => Promise<T>): Promise<T> {
    try {
      const result = await work(this.#clientOf(scope));
      this.#keep(scope);
      const { command } = await scope.kept!;
      if (command !== 'ROLLBACK') return result;
      throw scope.failure?.reason;
    } catch (error) {
      scope.ended = true;
      // What was asked to be kept may be kept already. A savepoint that could not be is still to be undone.
      const isKept = await scope.kept?.then(
        () => true,
        () => false,
      );
      if (isKept !== true && !this.#lost)
        await this.#send(this.#sql.unsafe(scope.undo), new Scope()).catch(() => this.lose());
      throw scope.failure !== undefined && (this.#lost || followsAnother(error)) ? scope.failure.reason : error;
    }
  }

  #keep(scope: Scope): void {
    if (scope.kept !== undefined) return;
    scope.check();
    scope.ended = true;
    scope.kept = this.#send(this.#sql.unsafe(scope.keep), scope);
  }

  #clientOf(scope: Scope): Client {
    const refuse = () => {
      if (this.#lost) throw lost();
      if (scope.ended) throw new Error('The transaction of this statement has ended');
    };
    let savepoints = 0;
    const tag = (first: TemplateStringsArray | string, ...rest: never[]) => {
      if (typeof first === 'string') return this.#sql(first);
      refuse();
      return this.#send(this.#sql(first, ...rest), scope);
    };
    return Object.assign(tag as unknown as Client, {
      // Drizzle sends every query of its builder unprepared: PostgreSQL parses and plans it anew, and asks back for the
      // types of its parameters first. Prepared, a sign-in costs half the round trips.
      unsafe: (statement: string, parameters?: never[]) => {
        refuse();
        return this.#send(this.#sql.unsafe(statement, parameters, { prepare: true }), scope);
      },
      savepoint: async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
        refuse();
        const name = `s${(savepoints += 1)}`;
        const inner = new Scope(`release savepoint ${name}`, `rollback to savepoint ${name}`);
        void this.#send(this.#sql.unsafe(`savepoint ${name}`), scope);
        return this.#within(inner, work);
      },
      beforeKeeping: (check: () => void) => void (scope.check = check),
      keep: () => {
        if (scope.keep !== 'commit') throw new Error('Only a transaction is kept at once');
        this.#keep(scope);
      },
    });
  }

  /** Sends a statement at once, whether or not somebody awaits it. */
  #send<Q extends PromiseLike<unknown>>(query: Q, scope: Scope): Q {
    if (this.#unanswered === 0) this.#heardAt = performance.now();
    this.#unanswered += 1;
    const heard = () => {
      this.#answered = true;
      this.#unanswered -= 1;
      this.#heardAt = performance.now();
    };
    query.then(heard, (error: unknown) => {
      heard();
      scope.failure ??= { reason: error };
      if (endsConnection(error)) this.lose();
    });
    return query;
  }
}
