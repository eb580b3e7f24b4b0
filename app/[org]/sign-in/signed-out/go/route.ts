import { leaveProvider, signedOutPath } from '@/lib/external/sign-out';
import { currentVisitor } from '@/lib/sessions/current';
import { leaveFor, seeOther } from '../../../way-out';

/** To the provider, once, to end the session there. */
export async function GET(
  request: Request,
  { params }: RouteContext<'/[org]/sign-in/signed-out/go'>,
): Promise<Response> {
  const visitor = await currentVisitor((await params).org);
  const ticket = new URL(request.url).searchParams.get('ticket') ?? '';
  const way = await leaveProvider(visitor, ticket);
  return way === null ? seeOther(signedOutPath(visitor.organisation.slug)) : leaveFor(way, request, visitor.locale);
}
