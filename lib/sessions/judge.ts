import type { RequestOrigin } from '@/lib/actors/model';
import { hashToken } from '@/lib/crypto/tokens';
import { settingsOf, type Settings } from '@/lib/options/service';
import { decide, type Decision } from '@/lib/policy/decision';
import { requestContext } from '@/lib/request/context';
import { sessionFacts } from './facts';
import { findOpenSession, type OpenSession } from './store';

/** A session, and what the one decision says of a request that comes with it. */
export interface JudgedSession {
  readonly session: OpenSession;
  readonly settings: Settings;
  readonly decision: Decision;
}

/** Whether a request is refused for where it comes from. */
export function isOutside({ decision }: JudgedSession): boolean {
  return decision.step === 'blocked' && decision.reasons.includes('network.outside');
}

/**
 * Asks the decision about the session behind a token; null where there is none, or it ran out.
 *
 * @param address of the request, as `lib/network/client-address.ts` finds it
 */
export async function judgeSession(token: string, address: RequestOrigin['address']): Promise<JudgedSession | null> {
  const session = await findOpenSession(hashToken(token));
  if (session === null) return null;
  const settings = await settingsOf(session.organisation);
  return { session, settings, decision: decide(sessionFacts(session, settings, address)) };
}

/**
 * {@link judgeSession} for whoever comes after the filter in the same request: takes what it found, once. An action
 * may change the session, so what is drawn after it asks anew.
 */
export async function judgeOnce(token: string, address: RequestOrigin['address']): Promise<JudgedSession | null> {
  const context = requestContext.getStore();
  const known = context?.judged;
  if (!context || known?.token !== token) return judgeSession(token, address);
  context.judged = null;
  return known.session;
}
