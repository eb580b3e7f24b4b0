/** Longer than any of the answers takes on a machine that isn't drowning. */
const STEP_MS = 250;

/**
 * Answers, or refuses, only at the next full step of time: how long the work took says nothing about what was found. For
 * forms that say one sentence to everybody, known or not (SIGN-5, SIGN-6).
 */
export async function inEvenTime<T>(work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  try {
    return await work();
  } finally {
    const taken = performance.now() - startedAt;
    // A timer may ring a little early, and never rings between two milliseconds.
    const wait = Math.ceil((Math.floor(taken / STEP_MS) + 1) * STEP_MS - taken) + 1;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
