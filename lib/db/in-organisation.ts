import { Refusal } from '@/lib/refusals';
import { countTransaction } from '@/lib/request/metrics';
import type { Client, Transaction } from './connection';
import { DATABASE_DEADLINE_MS, withDeadline } from './deadline';
import { DatabaseUnavailable, sqlState, violatesForeignKey } from './errors';
import { pool } from './pool';
import { clientOf } from './written';

declare const ofOneOrganisation: unique symbol;

/**
 * A transaction that sees one organisation's rows only. Store functions take nothing else: a query without an
 * organisation does not compile, and behind the type PostgreSQL's row-level security refuses the rest.
 */
export type OrganisationTransaction = Transaction & { readonly [ofOneOrganisation]: true };

/** Whoever acts — a visitor, a signed-in account, an operator — acts in one organisation. */
export interface WithinOrganisation {
  readonly organisation: { readonly id: string };
}

/** Acts that met each other in a burst: PostgreSQL undid one of them whole, and it may simply begin again. */
const AGAIN = new Set(['40P01', '40001']);
const TRIES_MAX = 4;
/** What was read a moment ago and is pointed at now was removed in between: who looks again finds it gone, and says so. */
const LOOKS_MAX = 2;

interface Manner {
  /** How long it may take; more than usual only for what one administrator does to very many. */
  readonly withinMs?: number;
  /** PostgreSQL refuses whatever would change something. */
  readonly readOnly?: boolean;
}

/**
 * Runs `work` in one transaction that is walled to the actor's organisation. All of it happens, or nothing. Where
 * PostgreSQL undoes it for the sake of another (deadlock, serialisation), it runs again, so `work` must do nothing but
 * talk to the database. It also looks again where something that it points at was removed meanwhile; `not-found` is the
 * answer where that comes out the same. Rows are locked in the order of docs/decisions/016-order-of-locks.md.
 *
 * @throws {DatabaseUnavailable} when PostgreSQL is away or too slow
 * @throws {Refusal} `not-found`
 */
export function inOrganisation<T>(
  { organisation }: WithinOrganisation,
  work: (transaction: OrganisationTransaction) => Promise<T>,
  manner: Manner = {},
): Promise<T> {
  return behindWall(
    (client) => client`select set_config('app.organisation_id', ${organisation.id}, true)`,
    work,
    manner,
  );
}

/**
 * {@link inOrganisation} where a statement of the transaction itself finds the organisation.
 *
 * @param wall sends the statement that sets `app.organisation_id`; until it has, the transaction sees no organisation
 */
export async function behindWall<W, T>(
  wall: (client: Client) => Promise<W>,
  work: (transaction: OrganisationTransaction, walled: Promise<W>) => Promise<T>,
  { withinMs = DATABASE_DEADLINE_MS, readOnly = false }: Manner = {},
): Promise<T> {
  const manner = { readOnly, ...(withinMs > DATABASE_DEADLINE_MS ? { silenceMs: withinMs } : {}) };
  return withDeadline(async (deadline) => {
    const stopIfLate = () => {
      if (deadline.expired) throw new DatabaseUnavailable(new Error('Nobody waits for this any more'));
    };
    for (let tries = 1; ; tries += 1) {
      try {
        countTransaction();
        return await pool().transaction(async (unwalled) => {
          stopIfLate();
          const transaction = unwalled as unknown as OrganisationTransaction;
          const client = clientOf(transaction);
          client.beforeKeeping(stopIfLate);
          // Not awaited: it leaves at once, with the first statement of the work after it.
          const walled = wall(client);
          walled.catch(() => {});
          return work(transaction, walled);
        }, manner);
      } catch (error) {
        if (violatesForeignKey(error)) {
          if (tries >= LOOKS_MAX) throw new Refusal('not-found', {}, { cause: error });
        } else if (tries === TRIES_MAX || !AGAIN.has(sqlState(error) ?? '')) throw error;
      }
    }
  }, withinMs);
}

/** What undoes the inner transaction once its work has given its answer. */
class Undone<T> {
  constructor(readonly answer: T) {}
}

/** Does `work` within a transaction, keeps its answer, and leaves everything as it was before. */
export async function undone<T>(
  transaction: OrganisationTransaction,
  work: (transaction: OrganisationTransaction) => Promise<T>,
): Promise<T> {
  try {
    return await transaction.transaction(async (inner) => {
      throw new Undone(await work(inner as unknown as OrganisationTransaction));
    });
  } catch (error) {
    if (error instanceof Undone) return error.answer as T;
    throw error;
  }
}
