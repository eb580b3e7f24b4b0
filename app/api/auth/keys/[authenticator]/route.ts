import { publishedKeys } from '@/lib/oidc/published';

/** Our public keys at an OIDC authenticator: by them its provider knows our assertions (OIDC-2). */
export async function GET(
  _request: Request,
  { params }: RouteContext<'/api/auth/keys/[authenticator]'>,
): Promise<Response> {
  const keys = await publishedKeys((await params).authenticator);
  return keys === null ? new Response(null, { status: 404 }) : Response.json({ keys });
}
