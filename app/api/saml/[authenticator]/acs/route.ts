import { Refusal } from '@/lib/refusals';
import { samlDoor, takeSamlAnswer } from '@/lib/saml/answer';
import { visitorOf } from '@/lib/sessions/current';
import { errorPage, readForm, seeOther } from '../form';

/**
 * Where a provider's page posts its answer. From another site no cookie of ours comes along: the answer is judged, kept
 * under a ticket, and the browser is sent to ask for it, which brings them.
 */
export async function POST(request: Request, { params }: RouteContext<'/api/saml/[authenticator]/acs'>) {
  const { authenticator } = await params;
  try {
    const organisation = await samlDoor(authenticator);
    const form = await readForm(request, ['SAMLResponse', 'RelayState']);
    const encoded = form?.get('SAMLResponse');
    if (!encoded) return errorPage(400);
    const answer = { encoded, relayState: form?.get('RelayState') ?? null };
    const taken = await takeSamlAnswer(await visitorOf(organisation), authenticator, answer);
    if ('ticket' in taken) return seeOther(`/api/saml/${authenticator}/finish?ticket=${taken.ticket}`);
    return seeOther(taken.next);
  } catch (error) {
    if (error instanceof Refusal) return errorPage(404);
    throw error;
  }
}
