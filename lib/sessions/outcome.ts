import type { StepOutcome } from '@/lib/sign-in/model';
import { keepBrowser, keepDevice, keepSession } from './cookies';

/** Puts what a step of signing in gave into the browser's cookies. */
export async function keepOutcome(outcome: StepOutcome): Promise<{ next: string }> {
  if (outcome.browserToken !== undefined) await keepBrowser(outcome.browserToken);
  if (outcome.deviceToken !== undefined) await keepDevice(outcome.deviceToken);
  if (outcome.session !== undefined) {
    await keepSession(outcome.session);
    await keepDevice(outcome.session.deviceToken);
  }
  return { next: outcome.next };
}
