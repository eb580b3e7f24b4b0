import { sql, type ExtractTablesWithRelations } from 'drizzle-orm';
import type { PgTransaction } from 'drizzle-orm/pg-core';
import type { PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js';
import { withDeadline } from './deadline';
import { DatabaseUnavailable } from './errors';
import { pool } from './pool';

declare const ofOneOrganisation: unique symbol;

/**
 * A transaction that sees one organisation's rows only. Store functions take nothing else: a query without an
 * organisation does not compile, and behind the type PostgreSQL's row-level security refuses the rest.
 */
export type OrganisationTransaction = PgTransaction<
  PostgresJsQueryResultHKT,
  Record<string, never>,
  ExtractTablesWithRelations<Record<string, never>>
> & { readonly [ofOneOrganisation]: true };

/** Whoever acts — a visitor, a signed-in account, an operator — acts in one organisation. */
export interface WithinOrganisation {
  readonly organisation: { readonly id: string };
}

/**
 * Runs `work` in one transaction that is walled to the actor's organisation. All of it happens, or nothing.
 *
 * @throws {DatabaseUnavailable} when PostgreSQL is away or too slow
 */
export async function inOrganisation<T>(
  actor: WithinOrganisation,
  work: (transaction: OrganisationTransaction) => Promise<T>,
): Promise<T> {
  return withDeadline((deadline) =>
    pool().orm.transaction(async (transaction) => {
      if (deadline.expired) throw new DatabaseUnavailable(new Error('Nobody waits for this any more'));
      // Not awaited: it travels with the first statement of the work, which PostgreSQL runs after it.
      const wall = transaction
        .execute(sql`select set_config('app.organisation_id', ${actor.organisation.id}, true)`)
        .then(() => undefined);
      wall.catch(() => {});
      const result = await work(transaction as unknown as OrganisationTransaction);
      await wall;
      if (deadline.expired) throw new DatabaseUnavailable(new Error('Nobody waits for this any more'));
      return result;
    }),
  );
}
