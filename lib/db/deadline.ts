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
export function withDeadline<T>(
  work: (deadline: { expired: boolean }) => Promise<T>,
  withinMs = DATABASE_DEADLINE_MS,
): Promise<T> {
  const deadline = { expired: false };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      deadline.expired = true;
      reject(new DatabaseUnavailable(new Error(`No answer within ${withinMs} ms`)));
    }, withinMs);
    // Whichever comes first counts; what comes after it has nobody left to hear it.
    work(deadline)
      .then(
        (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        (error: unknown) => {
          clearTimeout(timer);
          throw translateDatabaseError(error);
        },
      )
      .catch(reject);
  });
}
