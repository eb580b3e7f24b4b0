import { answerOidc } from '@/lib/external/begin';
import { findDoor } from '@/lib/external/service';
import { visitorOf } from '@/lib/sessions/current';
import { keepOutcome } from '@/lib/sessions/outcome';

/**
 * The redirect URI of an OIDC authenticator, one for each: which provider answers is known from the address, never from
 * the answer.
 */
export async function GET(
  request: Request,
  { params }: RouteContext<'/api/auth/callback/[authenticator]'>,
): Promise<Response> {
  const { authenticator } = await params;
  const door = await findDoor(authenticator);
  if (door === null || door.type !== 'oidc') return new Response(null, { status: 404 });
  const visitor = await visitorOf(door.organisation);
  const { searchParams } = new URL(request.url);
  const { next } = await keepOutcome(await answerOidc(visitor, authenticator, searchParams));
  return new Response(null, { status: 303, headers: { Location: next } });
}
