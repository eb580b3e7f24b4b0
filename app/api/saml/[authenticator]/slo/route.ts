import { leaveFor } from '@/app/[org]/way-out';
import { signedOutPath } from '@/lib/external/sign-out';
import { Refusal } from '@/lib/refusals';
import { samlDoor, takeLogoutAnswer, takeLogoutRequest } from '@/lib/saml/answer';
import type { LogoutMessage } from '@/lib/saml/service';
import { visitorOf } from '@/lib/sessions/current';
import { errorPage, readForm, seeOther } from '../form';

/** What came in: the provider's own request, or its answer to ours. */
type Received = { readonly kind: 'request' | 'answer'; readonly message: LogoutMessage };

/**
 * Where a provider's side of a sign-out comes in (SAML-4): its answer to ours, after which nothing is left to do, or its own
 * request to end the sessions that it names.
 */
async function handle(request: Request, authenticator: string, received: Received | null): Promise<Response> {
  try {
    const visitor = await visitorOf(await samlDoor(authenticator));
    if (received === null) return errorPage(400);
    const { kind, message } = received;
    if (kind === 'answer') return seeOther(await takeLogoutAnswer(visitor, authenticator, message));
    const taken = await takeLogoutRequest(visitor, authenticator, message);
    if (taken === null) return seeOther(signedOutPath(visitor.organisation.slug));
    return 'next' in taken ? seeOther(taken.next) : leaveFor(taken, request, visitor.locale);
  } catch (error) {
    if (error instanceof Refusal) return errorPage(404);
    throw error;
  }
}

type Context = RouteContext<'/api/saml/[authenticator]/slo'>;

export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { authenticator } = await params;
  const { search, searchParams } = new URL(request.url);
  const received = receivedIn(searchParams, (encoded, relayState) => ({
    binding: 'redirect',
    query: search.slice(1),
    encoded,
    relayState,
  }));
  return handle(request, authenticator, received);
}

export async function POST(request: Request, { params }: Context): Promise<Response> {
  const { authenticator } = await params;
  const form = await readForm(request, ['SAMLRequest', 'SAMLResponse', 'RelayState']);
  const received = receivedIn(form, (encoded, relayState) => ({ binding: 'post', encoded, relayState }));
  return handle(request, authenticator, received);
}

function receivedIn(
  fields: Pick<URLSearchParams, 'get'> | Pick<ReadonlyMap<string, string>, 'get'> | null,
  messageOf: (encoded: string, relayState: string | null) => LogoutMessage,
): Received | null {
  const [asked, answered] = [fields?.get('SAMLRequest') ?? null, fields?.get('SAMLResponse') ?? null];
  const encoded = asked ?? answered;
  if (encoded === null) return null;
  return {
    kind: asked === null ? 'answer' : 'request',
    message: messageOf(encoded, fields?.get('RelayState') ?? null),
  };
}
