import { z } from 'zod';
import { SERIAL_MAX } from '@/lib/tokens/model';
import { METHOD_STEPS, METHODS, type Method } from './model';

/** What the forms of an enrolment send, while signing in and in My account alike. */
export const typedCode = z.string({ error: 'text.required' }).max(200, { error: 'text.tooLong' });

/** « Choisir »; an app on the computer is chosen where the phone is known to be none. */
export const chosenMethod = z.object({ method: z.enum(METHODS), phone: z.literal('other').optional() });

export const tokenInput = z.object({
  serial: z
    .string({ error: 'text.required' })
    .trim()
    .min(1, { error: 'text.required' })
    .max(SERIAL_MAX * 2, { error: 'text.tooLong' }),
  code: typedCode,
  following: typedCode.optional(),
});

/** Where « Choisir » leads. */
export const firstStep = ({ method, phone }: { method: Method; phone?: 'other' }): string =>
  method === 'app' && phone === 'other' ? 'app' : METHOD_STEPS[method][0];
