import { expect, it } from 'vitest';
import { inEvenTime } from './even-time';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

it('SIGN-6 quick and slow work, and a refusal, are answered at the same step of time', async () => {
  const timeOf = async (work: () => Promise<unknown>) => {
    const startedAt = performance.now();
    await inEvenTime(work).catch(() => undefined);
    return performance.now() - startedAt;
  };
  const times = await Promise.all([
    timeOf(async () => undefined),
    timeOf(() => pause(120)),
    timeOf(async () => {
      throw new Error('refused');
    }),
  ]);
  for (const taken of times) expect(Math.abs(taken - times[0]!)).toBeLessThan(40);
  expect(times[0]).toBeGreaterThanOrEqual(250);
  expect(await inEvenTime(async () => 'an answer')).toBe('an answer');
});
