import { hasFreshProof } from '@/lib/actions/define-action';
import type { Actor } from '@/lib/actors/model';
import type { EnrolmentHolder } from '@/lib/enrolment/holder';
import type { EnrolmentView } from '@/lib/enrolment/model';
import { findEnrolment } from '@/lib/enrolment/service';
import { mfaChoice } from '@/lib/factors/service';
import { comesByProvider } from '@/lib/passwords/service';
import { replacementOf, type Replacement } from '@/lib/policy/decision';
import { Refusal } from '@/lib/refusals';
import { hasFreshFactor } from '@/lib/resets/proof';
import type { SignedIn } from '@/lib/sessions/current';
import { ENROLMENT_PROOF_SECONDS } from '../../sign-in/enrol/holder';

export interface OwnEnrolment {
  readonly holder: EnrolmentHolder;
  readonly enrolment: EnrolmentView | null;
  /** What is asked before anything begins: the factor, where there is one; else the password, or the provider, unless proved just now. */
  readonly needs: 'password' | 'provider' | 'code' | null;
  readonly another: boolean;
  /** Why what the account has is to be replaced; null: it stays. */
  readonly replaces: Replacement | null;
}

/**
 * The enrolment of somebody in My account: a first factor, or another one beside those that stand (SELF-1).
 *
 * @throws {Refusal} `mfa.off` where the organisation offers none
 */
export async function ownEnrolment(actor: Actor, { settings, authenticator }: SignedIn): Promise<OwnEnrolment> {
  const holder: EnrolmentHolder = {
    actor,
    organisation: actor.organisation,
    accountId: actor.account.id,
    label: actor.account.email,
    anchor: { sessionId: actor.sessionId },
    allowedKinds: authenticator.factorKinds,
    factorProved: actor.proofs.factorAt !== null,
  };
  const enrolment = await findEnrolment(holder);
  if (mfaChoice(actor, settings, authenticator) === 'unavailable') throw new Refusal('mfa.off');
  const replaces = replacementOf(actor.account.factorKinds, holder.allowedKinds);
  const another = actor.account.factorKinds.length > 0;
  const proved = another ? hasFreshFactor(actor) : hasFreshProof(actor, ENROLMENT_PROOF_SECONDS);
  const first = comesByProvider(actor) ? 'provider' : 'password';
  return {
    holder,
    enrolment,
    needs: enrolment !== null || proved ? null : another ? 'code' : first,
    another,
    replaces,
  };
}
