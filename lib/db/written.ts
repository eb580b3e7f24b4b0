import { writeArray } from './arrays';
import type { Client, Parameters } from './connection';
import type { OrganisationTransaction } from './in-organisation';

/**
 * Sends a statement as it is written, with the values that stand in it as its parameters: `written(transaction)`select …``.
 * For the steps of signing in: drizzle puts each statement together anew, which takes longer than to send it
 * (docs/decisions/009-speed.md). Columns come under the names they have in the database, and moments as text, to be read by
 * `instant`; a moment is given as text too.
 *
 * It leaves one microtask later, as what drizzle builds does once it is awaited: so statements of both kinds that are begun
 * together leave in the order in which they stand.
 */
export function written(transaction: OrganisationTransaction) {
  return async <T extends readonly object[] = readonly Record<string, unknown>[]>(
    statement: TemplateStringsArray,
    ...parameters: Parameters
  ): Promise<T> => {
    await null;
    return clientOf(transaction)<T>(statement, ...parameters);
  };
}

/** What drizzle sends the statements of a transaction with. */
export const clientOf = (transaction: OrganisationTransaction): Client =>
  (transaction._.session as unknown as { readonly client: Client }).client;

/** The value of a `bytea[]` within {@link written}. */
export const byteas = (values: readonly Buffer[]): string =>
  writeArray(values.map((value) => `\\x${value.toString('hex')}`));
