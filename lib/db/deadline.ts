import { DatabaseUnavailable, translateDatabaseError } from './errors';

/** How long one use of the database may take before the person is told to try again (SAFE-7). */
export const DATABASE_DEADLINE_MS = 3_000;

/**
 * Runs a use of the database under a deadline: postgres.js has none of its own for getting a connection.
 *
 * `expired` lets work that was still queued notice that nobody waits for it any more, and change nothing.
 *
 * @throws {DatabaseUnavailable} when the time is over or the connection is lost
 */
export async function withDeadline<T>(
  work: (deadline: { expired: boolean }) => Promise<T>,
  withinMs = DATABASE_DEADLINE_MS,
): Promise<T> {
  const deadline = { expired: false };
  let timer: NodeJS.Timeout | undefined;
  const outOfTime = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      deadline.expired = true;
      reject(new DatabaseUnavailable(new Error(`No answer within ${withinMs} ms`)));
    }, withinMs);
  });
  const running = work(deadline);
  // Its own failure after the deadline has nobody left to hear it.
  running.catch(() => {});
  try {
    return await Promise.race([running, outOfTime]);
  } catch (error) {
    throw translateDatabaseError(error);
  } finally {
    clearTimeout(timer);
  }
}
