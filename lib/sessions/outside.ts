import type { RequestOrigin } from '@/lib/actors/model';
import { recordEvent } from '@/lib/audit/store';
import { inOrganisation } from '@/lib/db/in-organisation';
import { requestContext } from '@/lib/request/context';
import type { JudgedSession } from './judge';
import { markRefused } from './store';

/**
 * Notes that a session was refused for where its request comes from: for the page that says so, and once a minute for the
 * audit, so that a page that keeps asking does not fill it.
 */
export async function noteOutside({ session }: JudgedSession, origin: RequestOrigin): Promise<void> {
  const context = requestContext.getStore();
  if (context) context.outside = { address: origin.address };
  const { organisation } = session;
  await inOrganisation({ organisation }, async (transaction) => {
    if (!(await markRefused(transaction, session.id))) return;
    const holder = { kind: 'system', organisation, origin } as const;
    await recordEvent(transaction, holder, {
      action: 'filter.refuse',
      outcome: 'refused',
      reason: 'network.outside',
      subjectId: session.account.id,
      sessionId: session.id,
      deviceId: session.deviceId,
    });
  });
}
