import { beginSignIn } from '@/lib/external/begin';
import { currentVisitor } from '@/lib/sessions/current';
import { signInPath } from '@/lib/sign-in/service';
import { leaveFor, seeOther } from '../../../way-out';

/** To the provider of the sign-in under way in this browser. */
export async function GET(request: Request, { params }: RouteContext<'/[org]/sign-in/provider/go'>): Promise<Response> {
  const visitor = await currentVisitor((await params).org);
  const anew = new URL(request.url).searchParams.has('anew');
  const way = await beginSignIn(visitor, anew);
  if (way === null) return seeOther(signInPath(visitor.organisation.slug, 'redirect'));
  return 'next' in way ? seeOther(way.next) : leaveFor(way, request, visitor.locale);
}
