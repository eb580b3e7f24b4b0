import { z } from 'zod';
import type { AccountKind } from '@/lib/policy/decision';

/** How long ago the administrator's own factor may have been proved in this session (RESET-1, SECURITY: step-up). */
export const PROOF_SECONDS = 600;

/** Why somebody helps another in, in the helper's words: one line of 1 to 500 characters, trimmed. */
export const helpReason = z
  .string({ error: 'text.required' })
  .trim()
  .min(1, { error: 'text.required' })
  .max(500, { error: 'text.tooLong' })
  .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]*$/u, { error: 'text.forbiddenCharacters' });

/** Somebody whose phone is lost, as the pages that help them show them. */
export interface Subject {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly kind: AccountKind;
  readonly status: 'invited' | 'active' | 'suspended';
  readonly factors: number;
  readonly sessions: number;
  /** Whether a second factor can be asked of them here: not of those whose provider sees to it (MFA-3). */
  readonly askedHere: boolean;
}

/** What a page that helps somebody needs to know before it shows its form. */
export interface HelpView {
  readonly subject: Subject;
  /**
   * - `own`: nobody helps themselves
   * - `out-of-reach`: the account holds a permission that the actor lacks
   * - `no-factor`: the actor must set up a factor first
   * - `provider`: the actor must sign in by their provider anew
   * - `prove`: the form asks for a code
   * - `proved`: a factor was proved a moment ago
   */
  readonly standing: 'own' | 'out-of-reach' | 'no-factor' | 'provider' | 'prove' | 'proved';
  /** Those who can help where the actor can't: « Marc Gagnon ou Odile Tremblay »; empty where nobody can. */
  readonly helpers: readonly string[];
}
