import type { RequestOrigin } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation } from '@/lib/db/in-organisation';
import { requestContext } from '@/lib/request/context';
import type { JudgedSession } from './judge';
import { markRefused } from './store';

/**
 * Notes that a session's request came from outside a filter: once a minute for the audit, so that a page that keeps asking
 * does not fill it; and for the page that tells so, where the request is refused.
 */
export async function noteOutside({ session, decision }: JudgedSession, origin: RequestOrigin): Promise<void> {
  const reason = decision.reasons.find((one) => one === 'network.outside' || OUTSIDE.has(one));
  if (reason === undefined) return;
  const refused = reason === 'network.outside';
  const context = requestContext.getStore();
  if (context && refused) context.outside = { address: origin.address };
  const { organisation } = session;
  await inOrganisation({ organisation }, async (transaction) => {
    if (!(await markRefused(transaction, session.id))) return;
    const holder = { kind: 'system', organisation, origin } as const;
    await recordEvent(transaction, holder, {
      action: 'filter.refuse',
      outcome: refused ? 'refused' : 'success',
      reason,
      subjectId: session.account.id,
      sessionId: session.id,
      deviceId: session.deviceId,
    });
  });
}

/** Let in all the same, and worth a line in the audit (LOC-8). */
const OUTSIDE: ReadonlySet<string> = new Set(['network.watched', 'network.warned']);
