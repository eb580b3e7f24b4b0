import { ProviderFault } from '@/lib/external/model';
import { Refusal } from '@/lib/refusals';
import { samlDoor, takeLogoutRequest } from '@/lib/saml/answer';
import type { LogoutMessage } from '@/lib/saml/service';
import { visitorOf } from '@/lib/sessions/current';
import { errorPage, readForm, seeOther } from '../form';

/**
 * Where a provider's side of a sign-out comes in (SAML-4): its answer to ours, after which nothing is left to do, or its own
 * request to end the sessions that it names.
 */
async function handle(authenticator: string, message: LogoutMessage | 'answer' | null): Promise<Response> {
  try {
    const organisation = await samlDoor(authenticator);
    if (message === null) return errorPage(400);
    const door = `/${organisation.slug}/sign-in`;
    // Our own session ended before we asked: whatever the answer says, and whoever sends it, leads to the door.
    if (message === 'answer') return seeOther(door);
    const way = await takeLogoutRequest(await visitorOf(organisation), authenticator, message);
    return seeOther(way?.kind === 'redirect' ? way.url : door);
  } catch (error) {
    if (error instanceof Refusal) return errorPage(404);
    if (error instanceof ProviderFault) return errorPage(400);
    throw error;
  }
}

export async function GET(request: Request, { params }: RouteContext<'/api/saml/[authenticator]/slo'>) {
  const { authenticator } = await params;
  const { search, searchParams } = new URL(request.url);
  const encoded = searchParams.get('SAMLRequest');
  if (encoded === null) return handle(authenticator, searchParams.has('SAMLResponse') ? 'answer' : null);
  const relayState = searchParams.get('RelayState');
  return handle(authenticator, { binding: 'redirect', query: search.slice(1), encoded, relayState });
}

export async function POST(request: Request, { params }: RouteContext<'/api/saml/[authenticator]/slo'>) {
  const { authenticator } = await params;
  const form = await readForm(request, ['SAMLRequest', 'SAMLResponse', 'RelayState']);
  const encoded = form?.get('SAMLRequest');
  if (encoded === undefined) return handle(authenticator, form?.has('SAMLResponse') ? 'answer' : null);
  return handle(authenticator, { binding: 'post', encoded, relayState: form?.get('RelayState') ?? null });
}
