import { offerNewPasskey } from '@/lib/enrolment/service';
import { Refusal } from '@/lib/refusals';
import { currentLocale, currentStanding } from '@/lib/sessions/current';
import { passkeyOptions } from '../../../passkeys';
import { ownEnrolment } from '../../enrol/holder';

/** A challenge for a passkey that is made in My account (ENROL-9). */
export async function POST(
  _request: Request,
  { params }: RouteContext<'/[org]/account/passkey/new'>,
): Promise<Response> {
  const standing = await currentStanding((await params).org);
  return passkeyOptions(standing.state === 'none' ? await currentLocale() : standing.actor.locale, async () => {
    if (standing.state !== 'signed-in') throw new Refusal('session.missing');
    const { actor, settings, session } = standing;
    const { authenticator } = session.facts;
    const found = await ownEnrolment(actor, { actor, settings, authenticator, session }).catch((error: unknown) => {
      if (error instanceof Refusal) return null;
      throw error;
    });
    // Where there is nothing to set up, nothing was begun.
    if (found === null) throw new Refusal('enrolment.expired');
    return offerNewPasskey(found.holder);
  });
}
