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
 * is for statements of which none decides anything: where one fails nothing is kept, and what they answer comes too late
 * to undo them. Each must leave without waiting for an answer first.
 */
export async function lastly<T extends readonly unknown[]>(
  transaction: OrganisationTransaction,
  statements: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  let failed = false;
  const answers = pipelined(statements);
  for (const statement of statements) Promise.resolve(statement).catch(() => (failed = true));
  answers.catch(() => {});
  // By then all of them have left, or failed without PostgreSQL having heard of it.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  if (!failed) clientOf(transaction).keep();
  return answers;
}
