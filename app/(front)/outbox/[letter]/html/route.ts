import { findDemoLetter } from '@/lib/mail/demo';

/** The letter itself, as a mail app gets it: a document without script, in a policy of its own (server/bounds.ts). */
export async function GET(_request: Request, { params }: RouteContext<'/outbox/[letter]/html'>): Promise<Response> {
  const found = await findDemoLetter((await params).letter);
  if (found === null) return new Response(null, { status: 404, headers: { 'Content-Type': 'text/html' } });
  return new Response(found.letter.html, { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
}
