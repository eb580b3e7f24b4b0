import { decide, type Facts } from './decision';

/** What becomes of somebody's own session under facts that their change would bring about. */
export type OwnFate =
  | 'stays'
  /** Leads to enrolment at their next page, and on from there. */
  | 'enrols'
  /** They hold a factor that this session never proved: it ends, and they come in again with their code. */
  | 'signs-in-again'
  | 'shut-out';

/**
 * Whether whoever saves a change would still come in once it counts (GUARD-1), by the one decision.
 *
 * @param facts their own, with the draft in the place of what it would replace
 */
export function ownFate(facts: Facts): OwnFate {
  switch (decide(facts).step) {
    case 'signed-in':
      return 'stays';
    case 'enrol':
      return 'enrols';
    case 'challenge':
      return 'signs-in-again';
    default:
      return 'shut-out';
  }
}
