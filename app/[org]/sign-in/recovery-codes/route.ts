import { recoveryCodesFile } from '../../enrolment/codes-file';
import { findSignInEnrolment } from '../enrol/holder';

export async function POST(_request: Request, { params }: RouteContext<'/[org]/sign-in/recovery-codes'>) {
  const { org } = await params;
  const found = await findSignInEnrolment(org);
  return recoveryCodesFile(found?.holder ?? null, found?.holder.actor.locale ?? 'fr');
}
