import { redirect } from 'next/navigation';
import type { Visitor } from '@/lib/actors/model';
import { currentVisitor } from '@/lib/sessions/current';
import type { AttemptView } from '@/lib/sign-in/model';
import { findCurrentAttempt, signInPath } from '@/lib/sign-in/service';

/**
 * The attempt of this browser, if it stands at this step; otherwise the way to the step where it does stand. Going back,
 * reloading and a second tab all end up where the server says.
 */
export async function attemptAt(
  org: string,
  step: AttemptView['step'],
): Promise<{ visitor: Visitor; attempt: AttemptView }> {
  const visitor = await currentVisitor(org);
  const attempt = await findCurrentAttempt(visitor);
  if (attempt === null) redirect(signInPath(visitor.organisation.slug, 'start'));
  if (attempt.step !== step) redirect(signInPath(visitor.organisation.slug, attempt.step));
  return { visitor, attempt };
}
