import { hasFreshProof } from '@/lib/actions/define-action';
import type { Actor } from '@/lib/actors/model';
import type { EnrolmentView } from '@/lib/enrolment/model';
import { findEnrolment, type EnrolmentHolder } from '@/lib/enrolment/service';
import { mfaChoice } from '@/lib/factors/service';
import { Refusal } from '@/lib/refusals';
import type { SignedIn } from '@/lib/sessions/current';
import { ENROLMENT_PROOF_SECONDS } from '../../../sign-in/enrol/holder';

/**
 * The enrolment of somebody in My account.
 *
 * @throws {Refusal} `mfa.off` where the organisation offers none, `mfa.already-on` for somebody who has a factor
 */
export async function ownEnrolment(
  actor: Actor,
  { settings, authenticator }: SignedIn,
): Promise<{ holder: EnrolmentHolder; enrolment: EnrolmentView | null; needsPassword: boolean }> {
  const holder: EnrolmentHolder = {
    actor,
    organisation: actor.organisation,
    accountId: actor.account.id,
    label: actor.account.email,
    anchor: { sessionId: actor.sessionId },
  };
  const enrolment = await findEnrolment(holder);
  if (mfaChoice(actor, settings, authenticator) === 'unavailable') throw new Refusal('mfa.off');
  if (actor.account.factorKinds.length > 0 && !enrolment?.confirmed) throw new Refusal('mfa.already-on');
  return { holder, enrolment, needsPassword: enrolment === null && !hasFreshProof(actor, ENROLMENT_PROOF_SECONDS) };
}
