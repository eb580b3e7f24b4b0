import type { Actor, Visitor } from '@/lib/actors/model';
import { hasFreshProof } from '@/lib/actions/define-action';
import type { EnrolmentView } from '@/lib/enrolment/model';
import type { EnrolmentHolder } from '@/lib/enrolment/holder';
import { findEnrolment } from '@/lib/enrolment/service';
import { replacementOf, type Replacement } from '@/lib/policy/decision';
import type { Settings } from '@/lib/options/service';
import { settingsOf } from '@/lib/options/service';
import { comesByProvider } from '@/lib/passwords/service';
import { currentStanding, currentVisitor } from '@/lib/sessions/current';
import type { AttemptView } from '@/lib/sign-in/model';
import { findCurrentAttempt } from '@/lib/sign-in/service';

/** A proof this old, in seconds, lets somebody set a factor up without typing the password again. */
export const ENROLMENT_PROOF_SECONDS = 600;

/**
 * Where an attempt stands while something is set up in it, and, once that was confirmed, until « Terminer »: whoever had
 * proved a factor before it was replaced has nothing left to prove (AUTH-3).
 */
const MAY_ENROL: ReadonlySet<AttemptView['step']> = new Set(['enrol', 'challenge', 'signed-in', 'change-password']);

export interface SignInEnrolment {
  readonly visitor: Visitor;
  readonly holder: EnrolmentHolder;
  readonly enrolment: EnrolmentView | null;
  readonly settings: Settings;
  readonly firstName: string;
  readonly needs: 'password' | 'provider' | null;
  /** The attempt that the enrolment hangs on; null: an open session that now needs a factor (MFA-8). */
  readonly attemptId: string | null;
  readonly postponableUntil: Date | null;
  /** Why what the account has is to be replaced; null: it has nothing yet. */
  readonly replaces: Replacement | null;
  readonly sessionActor: Actor | null;
}

/** Who may enrol on the pages of signing in, by the decision alone; null: nobody here. */
export async function findSignInEnrolment(org: string): Promise<SignInEnrolment | null> {
  const visitor = await currentVisitor(org);
  const [attempt, standing, settings] = await Promise.all([
    findCurrentAttempt(visitor),
    currentStanding(org),
    settingsOf(visitor.organisation),
  ]);
  const { organisation } = visitor;
  if (attempt?.person && MAY_ENROL.has(attempt.step)) {
    const { accountId, email, firstName, postponableUntil, allowedKinds, factorProved, replaces } = attempt.person;
    const holder: EnrolmentHolder = {
      actor: visitor,
      organisation,
      accountId,
      label: email,
      anchor: { attemptId: attempt.id },
      allowedKinds,
      factorProved,
    };
    const enrolment = await findEnrolment(holder);
    // Confirmed but not finished: the account has its factor, and the codes are still to be kept.
    if (attempt.step === 'enrol' || enrolment?.confirmed) {
      return {
        visitor,
        holder,
        enrolment,
        settings,
        firstName,
        needs: null,
        attemptId: attempt.id,
        postponableUntil,
        replaces,
        sessionActor: null,
      };
    }
  }
  if (standing.state === 'none' || standing.state === 'outside') return null;
  const { actor } = standing;
  const holder: EnrolmentHolder = {
    actor,
    organisation,
    accountId: actor.account.id,
    label: actor.account.email,
    anchor: { sessionId: actor.sessionId },
    allowedKinds: standing.session.facts.authenticator.factorKinds,
    factorProved: actor.proofs.factorAt !== null,
  };
  const enrolment = await findEnrolment(holder);
  if (standing.state !== 'enrol' && !enrolment?.confirmed) return null;
  return {
    visitor,
    holder,
    enrolment,
    settings,
    firstName: actor.account.firstName,
    needs:
      enrolment !== null || hasFreshProof(actor, ENROLMENT_PROOF_SECONDS)
        ? null
        : comesByProvider(actor)
          ? 'provider'
          : 'password',
    attemptId: null,
    postponableUntil: standing.state === 'enrol' ? standing.decision.postponableUntil : null,
    replaces: replacementOf(actor.account.factorKinds, holder.allowedKinds),
    sessionActor: actor,
  };
}
