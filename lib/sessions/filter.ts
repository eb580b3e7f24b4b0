import { isBeforeSession } from '@/lib/policy/access';
import { requestContext } from '@/lib/request/context';
import { isToken } from './cookies';
import { isOutside, judgeSession } from './judge';
import { originOf } from './origin';
import { noteOutside } from './outside';

/**
 * Asks the decision about the session that a request carries, before the page, action or route sees the request, and hands
 * what it found on to them, who would ask the same (LOC-4): a session opened in the office stops working outside, whatever
 * is asked for and however. Never the only check: the actor is made by the decision again.
 *
 * @param token in the cookie of the session, as it came
 * @param path of the request's URL, without its query
 */
export async function isRefusedHere(
  token: string | undefined,
  path: string,
  headers: Pick<Headers, 'get'>,
): Promise<boolean> {
  const context = requestContext.getStore();
  if (token === undefined || !isToken(token) || context === undefined) return false;
  if (isBeforeSession(path)) return false;
  const origin = originOf(headers);
  const session = await judgeSession(token, origin.address);
  context.judged = { token, session };
  if (session === null || !isOutside(session)) return false;
  await noteOutside(session, origin);
  return true;
}
