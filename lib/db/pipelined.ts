import { followsAnother } from './errors';

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
