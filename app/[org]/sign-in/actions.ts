'use server';

import { z } from 'zod';
import { identifierInput, passwordInput } from '@/lib/accounts/text';
import { defineVisitorAction } from '@/lib/actions/define-action';
import { config } from '@/lib/config';
import { safeReturnPath } from '@/lib/navigation/return-path';
import { keepOutcome } from '@/lib/sessions/outcome';
import { startAttempt, submitCode, submitNewPassword, submitPassword, submitRecoveryCode } from '@/lib/sign-in/service';

const attempt = z.uuid({ error: 'text.invalid' });
const typedCode = z.string({ error: 'text.required' }).max(200, { error: 'text.tooLong' });

export const identify = defineVisitorAction({
  name: 'sign-in.identify',
  input: z.object({ identifier: identifierInput, next: z.string().max(2_048).optional() }),
  run: async (visitor, { identifier, next }) => {
    const home = `/${visitor.organisation.slug}`;
    const wanted = next === undefined ? null : safeReturnPath(next, config().APP_ORIGIN, home);
    // Where one was, within the same organisation; elsewhere another session would be needed.
    const inside = wanted !== null && (wanted === home || wanted.startsWith(`${home}/`));
    return keepOutcome(await startAttempt(visitor, { identifier, returnPath: inside ? wanted : null }));
  },
});

export const enterPassword = defineVisitorAction({
  name: 'sign-in.password',
  input: z.object({ attempt, password: passwordInput }),
  secret: ['password'],
  run: async (visitor, input) => keepOutcome(await submitPassword(visitor, input)),
});

export const enterCode = defineVisitorAction({
  name: 'sign-in.code',
  input: z.object({ attempt, code: typedCode, remember: z.literal('on').optional() }),
  secret: ['code'],
  run: async (visitor, { attempt: id, code, remember }) =>
    keepOutcome(await submitCode(visitor, { attempt: id, code, trustDevice: remember === 'on' })),
});

export const enterRecoveryCode = defineVisitorAction({
  name: 'sign-in.recovery-code',
  input: z.object({ attempt, code: typedCode }),
  secret: ['code'],
  run: async (visitor, input) => keepOutcome(await submitRecoveryCode(visitor, input)),
});

export const chooseNewPassword = defineVisitorAction({
  name: 'sign-in.new-password',
  input: z.object({ attempt, password: passwordInput }),
  secret: ['password'],
  run: async (visitor, input) => keepOutcome(await submitNewPassword(visitor, input)),
});
