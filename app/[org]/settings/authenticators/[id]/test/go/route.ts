import { leaveFor, seeOther } from '../../../../../way-out';
import { beginTest } from '@/lib/external/begin';
import { ProviderFault } from '@/lib/external/model';
import { Refusal } from '@/lib/refusals';
import { currentActor } from '@/lib/sessions/current';

/** To the provider of an authenticator, to see what it says. */
export async function GET(
  request: Request,
  { params }: RouteContext<'/[org]/settings/authenticators/[id]/test/go'>,
): Promise<Response> {
  const { org, id } = await params;
  const { actor } = await currentActor(org, '/[org]/settings/authenticators/[id]/test/go');
  try {
    return leaveFor(await beginTest(actor, id), request, actor.locale);
  } catch (error) {
    if (error instanceof Refusal) return new Response(null, { status: error.status });
    if (!(error instanceof ProviderFault)) throw error;
    const fault = encodeURIComponent(error.code);
    return seeOther(`/${actor.organisation.slug}/settings/authenticators/${id}/test?fault=${fault}`);
  }
}
