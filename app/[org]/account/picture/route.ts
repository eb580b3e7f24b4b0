import { findOwnPicture } from '@/lib/profile/service';
import { currentStanding } from '@/lib/sessions/current';

/** One's own picture. */
export async function GET(_request: Request, { params }: RouteContext<'/[org]/account/picture'>): Promise<Response> {
  const standing = await currentStanding((await params).org);
  if (standing.state === 'outside') return new Response(null, { status: 403 });
  if (standing.state !== 'signed-in') return new Response(null, { status: 404 });
  const picture = await findOwnPicture(standing.actor);
  if (picture === null) return new Response(null, { status: 404 });
  return new Response(new Uint8Array(picture.bytes), {
    headers: { 'Content-Type': picture.mediaType, 'Content-Disposition': 'inline; filename="picture.webp"' },
  });
}
