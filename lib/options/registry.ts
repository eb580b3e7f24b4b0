import { z } from 'zod';
import type { AccountKind } from '@/lib/policy/decision';

/**
 * Every option of an organisation: the one list that the settings grid, the checks, the operator's command and the
 * documentation are drawn from (OPT-1). Labels and descriptions stand in messages/ under `options.<key>`.
 */
const mfa = z.enum(['off', 'on-demand', 'mandatory']);

/** Numbers come as text from forms and the command line; an empty field is no number, and not 0. */
const whole = (min: number, max: number) =>
  z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^-?\d{1,9}$/)
          .transform(Number),
      ],
      { error: 'expected a whole number' },
    )
    .pipe(z.number().int().min(min).max(max));

export const OPTIONS = {
  /** MFA of employees (MFA-1). */
  internalMFA: { schema: mfa, initial: 'on-demand' },
  /** MFA of parents. */
  portalMFA: { schema: mfa, initial: 'on-demand' },
  /** MFA of external people. */
  externalMFA: { schema: mfa, initial: 'off' },
  /** Days in which a person whom MFA has become mandatory for may postpone (MFA-4). */
  mfaGraceDays: { schema: whole(0, 30), initial: 0 },
  /** Days for which a device that the person ticked is not asked for a code (MFA-5); 0: always asked. */
  mfaRememberDeviceDays: { schema: whole(0, 90), initial: 0 },
  /** Minutes without a request after which a session ends (SAFE-3); NIST SP 800-63B-4 §2.2.3 allows an hour. */
  sessionIdleMinutes: { schema: whole(5, 60), initial: 60 },
  /** Hours after which a session ends whatever happens. */
  sessionHours: { schema: whole(1, 24), initial: 24 },
  /** The same for a parent who has no second factor (§2.1.3: at most 30 days). */
  portalSessionIdleMinutes: { schema: whole(5, 10_080), initial: 1_440 },
  portalSessionHours: { schema: whole(1, 720), initial: 720 },
} as const satisfies Record<string, { schema: z.ZodType; initial: unknown }>;

export type OptionKey = keyof typeof OPTIONS;
export type Options = { readonly [K in OptionKey]: z.output<(typeof OPTIONS)[K]['schema']> };

export const MFA_OPTION_OF = {
  employee: 'internalMFA',
  parent: 'portalMFA',
  external: 'externalMFA',
} as const satisfies Record<AccountKind, OptionKey>;

/** Whether a word is the name of an option. */
export function isOptionKey(word: string): word is OptionKey {
  return Object.hasOwn(OPTIONS, word);
}
