import { completeTicket } from '@/lib/external/service';
import { currentVisitor } from '@/lib/sessions/current';
import { keepOutcome } from '@/lib/sessions/outcome';
import { seeOther } from '../../../way-out';

/**
 * Where a browser goes on with what a provider posted (SAML): here its cookies come along, and show whether it is the one
 * that the sign-in began in.
 */
export async function GET(
  request: Request,
  { params }: RouteContext<'/[org]/sign-in/provider/back'>,
): Promise<Response> {
  const visitor = await currentVisitor((await params).org);
  const ticket = new URL(request.url).searchParams.get('ticket') ?? '';
  const { next } = await keepOutcome(await completeTicket(visitor, ticket, false));
  return seeOther(next);
}
