import { Refusal } from '@/lib/refusals';
import { publishedMetadata } from '@/lib/saml/answer';

/** What a provider is told about us; its URL is our name there (AUTH-4). */
export async function GET(_request: Request, { params }: RouteContext<'/api/saml/[authenticator]/metadata'>) {
  const { authenticator } = await params;
  const xml = await publishedMetadata(authenticator).catch((error: unknown) => {
    if (error instanceof Refusal) return null;
    throw error;
  });
  if (xml === null) return new Response(null, { status: 404, headers: { 'content-type': 'text/html' } });
  return new Response(xml, {
    headers: { 'content-type': 'application/samlmetadata+xml; charset=utf-8', 'cache-control': 'no-store' },
  });
}
