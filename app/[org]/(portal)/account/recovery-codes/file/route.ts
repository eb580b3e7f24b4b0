import { currentStanding } from '@/lib/sessions/current';
import { recoveryCodesFile } from '../../../../enrolment/codes-file';
import { ownEnrolment } from '../../enrol/holder';

export async function POST(_request: Request, { params }: RouteContext<'/[org]/account/recovery-codes/file'>) {
  const standing = await currentStanding((await params).org);
  if (standing.state !== 'signed-in') return new Response(null, { status: 404 });
  const { actor, settings, decision, session } = standing;
  const { holder } = await ownEnrolment(actor, {
    actor,
    settings,
    decision,
    authenticator: session.facts.authenticator,
  });
  return recoveryCodesFile(holder, actor.locale);
}
