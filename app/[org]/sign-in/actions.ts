'use server';

import { z } from 'zod';
import { identifierInput, passwordInput } from '@/lib/accounts/text';
import { defineArrivalAction, defineVisitorAction } from '@/lib/actions/define-action';
import { config } from '@/lib/config';
import { completeTicket } from '@/lib/external/service';
import { passwordResetPath, requestPasswordReset, resetPassword } from '@/lib/forgotten/service';
import { returnPathWithin } from '@/lib/navigation/return-path';
import { passkeyAnswer } from '@/lib/passkeys/model';
import { Refusal } from '@/lib/refusals';
import { keepOutcome } from '@/lib/sessions/outcome';
import { requestHelp } from '@/lib/reset-requests/service';
import {
  signInPath,
  startAttempt,
  submitCode,
  submitNewPassword,
  submitPasskey,
  submitPassword,
  submitRecoveryCode,
} from '@/lib/sign-in/service';
import { ticketToken } from '@/lib/tickets/model';

const attempt = z.uuid({ error: 'text.invalid' });
const typedCode = z.string({ error: 'text.required' }).max(200, { error: 'text.tooLong' });

export const identify = defineArrivalAction({
  name: 'sign-in.identify',
  input: z.object({ identifier: identifierInput, next: z.string().max(2_048).optional() }),
  run: async (arrival, { identifier, next }) => {
    const returnPath = returnPathWithin(arrival.organisation.slug, next, config().APP_ORIGIN);
    const kept = await keepOutcome(await startAttempt(arrival, { identifier, returnPath }));
    const way = signInPath(arrival.organisation.slug, 'redirect');
    // Where a script runs, straight to the provider; a form alone may lead to no other site, so a page goes on from there.
    return kept.next === way ? { ...kept, leave: `${way}/go` } : kept;
  },
});

export const continueAs = defineVisitorAction({
  name: 'sign-in.continue',
  input: z.object({ ticket: ticketToken }),
  secret: ['ticket'],
  run: async (visitor, { ticket }) => keepOutcome(await completeTicket(visitor, ticket, true)),
});

export const enterPassword = defineArrivalAction({
  name: 'sign-in.password',
  input: z.object({ attempt, password: passwordInput }),
  secret: ['password'],
  run: async (arrival, input) => keepOutcome(await submitPassword(arrival, input)),
});

export const enterCode = defineArrivalAction({
  name: 'sign-in.code',
  input: z.object({ attempt, code: typedCode, following: typedCode.optional(), remember: z.literal('on').optional() }),
  secret: ['code', 'following'],
  run: async (arrival, { attempt: id, code, following, remember }) =>
    keepOutcome(
      await submitCode(arrival, { attempt: id, code, following: following || null, trustDevice: remember === 'on' }),
    ),
});

export const enterPasskey = defineArrivalAction({
  name: 'sign-in.passkey',
  input: z.object({ attempt, passkey: passkeyAnswer, remember: z.literal('on').optional() }),
  secret: ['passkey'],
  run: async (arrival, { attempt: id, passkey, remember }) =>
    keepOutcome(await submitPasskey(arrival, { attempt: id, passkey, trustDevice: remember === 'on' })),
});

export const enterRecoveryCode = defineArrivalAction({
  name: 'sign-in.recovery-code',
  input: z.object({ attempt, code: typedCode }),
  secret: ['code'],
  run: async (arrival, input) => keepOutcome(await submitRecoveryCode(arrival, input)),
});

export const askForHelp = defineVisitorAction({
  name: 'sign-in.help',
  input: z.object({ attempt }),
  run: async (visitor, input) => {
    await requestHelp(visitor, input.attempt);
    return { next: `/${visitor.organisation.slug}/sign-in/verify/help` };
  },
});

export const chooseNewPassword = defineVisitorAction({
  name: 'sign-in.new-password',
  input: z.object({ attempt, password: passwordInput }),
  secret: ['password'],
  run: async (visitor, input) => keepOutcome(await submitNewPassword(visitor, input)),
});

export const forgotPassword = defineVisitorAction({
  name: 'sign-in.forgotten',
  input: z.object({ identifier: identifierInput }),
  run: async (visitor, { identifier }) => {
    await requestPasswordReset(visitor, identifier);
    return { next: `/${visitor.organisation.slug}/sign-in/forgotten?sent=1` };
  },
});

export const chooseResetPassword = defineVisitorAction({
  name: 'sign-in.reset',
  input: z.object({ ticket: ticketToken, password: passwordInput }),
  secret: ['ticket', 'password'],
  run: async (visitor, { ticket: token, password }) => {
    try {
      return await keepOutcome(await resetPassword(visitor, { token, password }));
    } catch (error) {
      // The page of the link says it better than a line above the form.
      if (!(error instanceof Refusal) || error.code !== 'link.gone') throw error;
      return { next: passwordResetPath(visitor.organisation.slug, token) };
    }
  },
});
