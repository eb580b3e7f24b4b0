import { followsAnother } from './errors';
import type { OrganisationTransaction } from './in-organisation';
import { clientOf } from './written';

/**
 * Sends several statements of one transaction without waiting between them, as `Promise.all` does, and awaits them all.
 * Where one fails, the statements behind it fail too, and which of these failures is heard of first is chance; this
 * throws the one that says why, by which a deadlock is tried again and a missing database is known (SAFE-7).
 */
export async function pipelined<T extends readonly unknown[]>(
  statements: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const ended: readonly PromiseSettledResult<unknown>[] = await Promise.allSettled(statements);
  const failures = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failures.length > 0) throw failures.find((error) => !followsAnother(error)) ?? failures[0];
  return ended.map((one) => (one as PromiseFulfilledResult<unknown>).value) as never;
}

/**
 * {@link pipelined} for the last statements of a transaction: what keeps it leaves with them, so that one answer says all. It
 * is for statements that are to be kept whatever they answer: where one fails nothing is, and else it is too late to undo
 * them, also where somebody gives up waiting in that very moment. Each must leave without waiting for an answer first.
 */
export async function lastly<T extends readonly unknown[]>(
  transaction: OrganisationTransaction,
  statements: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  let failed = false;
  // Once: drizzle sends a query again for whoever else asks for its answer.
  const begun = statements.map((statement) => Promise.resolve(statement));
  for (const statement of begun) statement.catch(() => (failed = true));
  const answers = pipelined(begun);
  answers.catch(() => {});
  // By then all of them have left, or failed without PostgreSQL having heard of it.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  if (!failed) clientOf(transaction).keep();
  return answers as never;
}
