import { notFound, redirect } from 'next/navigation';
import type { Visitor } from '@/lib/actors/model';
import { currentPasserby, visitorOf } from '@/lib/sessions/current';
import type { AttemptView } from '@/lib/sign-in/model';
import { findAttemptAt, signInPath } from '@/lib/sign-in/service';

/** The organisation of a URL with the attempt of this browser there; another slug is simply not found. */
export async function attemptHere(org: string): Promise<NonNullable<Awaited<ReturnType<typeof findAttemptAt>>>> {
  const found = await findAttemptAt(org, await currentPasserby());
  if (found === null) notFound();
  return found;
}

/**
 * The attempt of this browser, if it stands at this step; otherwise the way to the step where it does stand. Going back,
 * reloading and a second tab all end up where the server says.
 */
export async function attemptAt(
  org: string,
  step: AttemptView['step'],
): Promise<{ visitor: Visitor; attempt: AttemptView }> {
  const { organisation, attempt } = await attemptHere(org);
  if (attempt === null) redirect(signInPath(organisation.slug, 'start'));
  if (attempt.step !== step) redirect(signInPath(organisation.slug, attempt.step));
  return { visitor: await visitorOf(organisation), attempt };
}
