import { offerOwnPasskey } from '@/lib/passkeys/service';
import { Refusal } from '@/lib/refusals';
import { currentLocale, currentStanding } from '@/lib/sessions/current';
import { passkeyOptions } from '../../passkeys';

/** A challenge by which somebody who is signed in proves their own passkey for an act (ENROL-9). */
export async function POST(_request: Request, { params }: RouteContext<'/[org]/account/passkey'>): Promise<Response> {
  const standing = await currentStanding((await params).org);
  return passkeyOptions(standing.state === 'none' ? await currentLocale() : standing.actor.locale, async () => {
    if (standing.state !== 'signed-in') throw new Refusal('session.missing');
    return offerOwnPasskey(standing.actor);
  });
}
