import type { Actor, Visitor } from '@/lib/actors/model';
import type { Organisation } from '@/lib/organisations/model';
import type { FactorKind } from '@/lib/policy/decision';
import type { EnrolmentAnchor } from './store';

/**
 * Who is setting a factor up, and what that hangs on. Made from a decision by the pages that lead here, never from what a
 * browser says.
 */
export interface EnrolmentHolder {
  readonly actor: Visitor | Actor;
  readonly organisation: Organisation;
  readonly accountId: string;
  /** What the app shows under the organisation's name. */
  readonly label: string;
  readonly anchor: EnrolmentAnchor;
  /** The kinds that the account's authenticator allows (AUTH-3). */
  readonly allowedKinds: readonly FactorKind[];
  /** A factor of the account was proved in this attempt or session: another one may stand beside it. */
  readonly factorProved: boolean;
}
