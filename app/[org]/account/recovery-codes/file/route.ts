import { Refusal } from '@/lib/refusals';
import { currentStanding } from '@/lib/sessions/current';
import { recoveryCodesFile } from '../../../enrolment/codes-file';
import { ownEnrolment } from '../../enrol/holder';

export async function POST(_request: Request, { params }: RouteContext<'/[org]/account/recovery-codes/file'>) {
  const standing = await currentStanding((await params).org);
  if (standing.state === 'outside') return new Response(null, { status: 403 });
  if (standing.state !== 'signed-in') return new Response(null, { status: 404 });
  const { actor, settings, session } = standing;
  const { authenticator } = session.facts;
  const found = await ownEnrolment(actor, { actor, settings, authenticator, session }).catch((error: unknown) => {
    if (error instanceof Refusal) return null;
    throw error;
  });
  return recoveryCodesFile(found?.holder ?? null, actor.locale);
}
