import { Refusal } from '@/lib/refusals';
import { finishSamlAnswer, samlDoor } from '@/lib/saml/answer';
import { visitorOf } from '@/lib/sessions/current';
import { keepOutcome } from '@/lib/sessions/outcome';
import { errorPage, seeOther } from '../form';

/** Goes on with an answer that waits, in the browser whose sign-in it belongs to: here its cookies are. */
export async function GET(request: Request, { params }: RouteContext<'/api/saml/[authenticator]/finish'>) {
  const { authenticator } = await params;
  try {
    const visitor = await visitorOf(await samlDoor(authenticator));
    const ticket = new URL(request.url).searchParams.get('ticket') ?? '';
    const { next } = await keepOutcome(await finishSamlAnswer(visitor, ticket));
    return seeOther(next);
  } catch (error) {
    if (error instanceof Refusal) return errorPage(404);
    throw error;
  }
}
