import { offerNewPasskey } from '@/lib/enrolment/service';
import { Refusal } from '@/lib/refusals';
import { currentLocale } from '@/lib/sessions/current';
import { passkeyOptions } from '../../../passkeys';
import { findSignInEnrolment } from '../../enrol/holder';

/** A challenge for a passkey that is made while signing in (ENROL-9). */
export async function POST(
  _request: Request,
  { params }: RouteContext<'/[org]/sign-in/passkey/new'>,
): Promise<Response> {
  const found = await findSignInEnrolment((await params).org);
  return passkeyOptions(found?.holder.actor.locale ?? (await currentLocale()), async () => {
    if (found === null) throw new Refusal('enrolment.expired');
    return offerNewPasskey(found.holder);
  });
}
