import { leaveFor, seeOther } from '../../../way-out';
import { hasFreshProof } from '@/lib/actions/define-action';
import { beginBinding } from '@/lib/external/begin';
import { BIND_PROOF_SECONDS, pageOfFault, ProviderFault } from '@/lib/external/model';
import { Refusal } from '@/lib/refusals';
import { currentActor } from '@/lib/sessions/current';

/** To a provider, to bind one's own identity there (AUTH-7). */
export async function GET(request: Request, { params }: RouteContext<'/[org]/account/identity/go'>): Promise<Response> {
  const { actor } = await currentActor((await params).org, '/[org]/account/identity/go');
  const account = `/${actor.organisation.slug}/account`;
  if (!hasFreshProof(actor, BIND_PROOF_SECONDS)) return seeOther(account);
  try {
    const id = new URL(request.url).searchParams.get('at') ?? '';
    return leaveFor(await beginBinding(actor, id), request, actor.locale);
  } catch (error) {
    if (error instanceof Refusal) return seeOther(account);
    if (error instanceof ProviderFault) return seeOther(`${account}?identity=${pageOfFault(error.code)}`);
    throw error;
  }
}
