'use server';

import { z } from 'zod';
import { passwordInput } from '@/lib/accounts/text';
import { defineVisitorAction } from '@/lib/actions/define-action';
import type { Visitor } from '@/lib/actors/model';
import { config } from '@/lib/config';
import { confirmCard, confirmEnrolment, confirmPasskey, confirmToken, type AlsoWithin } from '@/lib/enrolment/confirm';
import type { EnrolmentHolder } from '@/lib/enrolment/holder';
import { chosenMethod, firstStep, tokenInput, typedCode } from '@/lib/enrolment/input';
import { APP_KEYS, PHONES } from '@/lib/enrolment/model';
import { beginEnrolment, chooseForEnrolment, chooseMethod as choose, finishEnrolment } from '@/lib/enrolment/service';
import { returnPathWithin } from '@/lib/navigation/return-path';
import { passkeyAnswer } from '@/lib/passkeys/model';
import { checkOwnPassword } from '@/lib/passwords/service';
import { Refusal } from '@/lib/refusals';
import { keepSession } from '@/lib/sessions/cookies';
import { keepOutcome } from '@/lib/sessions/outcome';
import { postponeInSession, renewAfterEnrolment, type RenewedSession } from '@/lib/sessions/service';
import { completeAfterEnrolment, postponeEnrolment } from '@/lib/sign-in/service';
import { findSignInEnrolment, type SignInEnrolment } from './holder';

const base = (visitor: Visitor) => `/${visitor.organisation.slug}/sign-in/enrol`;

const next = z.string().max(2_048).optional();

/** Where somebody was going whose open session came to need a factor; a sign-in under way keeps its own. */
const onward = (visitor: Visitor, wanted: string | undefined) =>
  returnPathWithin(visitor.organisation.slug, wanted, config().APP_ORIGIN);

async function loadEnrolment(visitor: Visitor): Promise<SignInEnrolment> {
  const found = await findSignInEnrolment(visitor.organisation.slug);
  if (found === null) throw new Refusal('sign-in.expired');
  return found;
}

export const begin = defineVisitorAction({
  name: 'enrol.begin',
  input: z.object({ password: passwordInput.optional(), next }),
  secret: ['password'],
  run: async (visitor, { password, next: wanted }) => {
    const { holder, needs, sessionActor } = await loadEnrolment(visitor);
    if (needs !== null) {
      if (sessionActor === null || (password === undefined && needs === 'password'))
        throw new Refusal('password.wrong');
      await checkOwnPassword(sessionActor, password ?? '');
    }
    await beginEnrolment(holder, onward(visitor, wanted));
    return { next: `${base(visitor)}/method` };
  },
});

export const chooseMethod = defineVisitorAction({
  name: 'enrol.method',
  input: chosenMethod,
  run: async (visitor, choice) => {
    await choose((await loadEnrolment(visitor)).holder, choice);
    return { next: `${base(visitor)}/${firstStep(choice)}` };
  },
});

export const choosePhone = defineVisitorAction({
  name: 'enrol.phone',
  input: z.object({ phone: z.enum(PHONES) }),
  run: async (visitor, choice) => {
    await chooseForEnrolment((await loadEnrolment(visitor)).holder, choice);
    return { next: `${base(visitor)}/${choice.phone === 'other' ? 'other' : 'app'}` };
  },
});

export const chooseApp = defineVisitorAction({
  name: 'enrol.app',
  input: z.object({ app: z.enum(APP_KEYS) }),
  run: async (visitor, choice) => {
    const { holder, enrolment } = await loadEnrolment(visitor);
    await chooseForEnrolment(holder, choice);
    return { next: `${base(visitor)}/${enrolment?.phone === 'other' ? 'key' : 'scan'}` };
  },
});

/** In the transaction that confirms a factor: an open session that came to need one goes on under a new token. */
async function confirming(
  visitor: Visitor,
  confirmed: (holder: EnrolmentHolder, alsoWithin: AlsoWithin<RenewedSession | null>) => Promise<RenewedSession | null>,
): Promise<{ next: string }> {
  const { holder, sessionActor, settings } = await loadEnrolment(visitor);
  const session = await confirmed(holder, async (transaction) =>
    sessionActor === null ? null : renewAfterEnrolment(transaction, sessionActor, settings),
  );
  if (session) await keepSession(session);
  return { next: `${base(visitor)}/codes` };
}

export const confirm = defineVisitorAction({
  name: 'enrol.confirm',
  leaves: true,
  input: z.object({ code: typedCode }),
  secret: ['code'],
  run: async (visitor, { code }) =>
    confirming(visitor, (holder, alsoWithin) => confirmEnrolment(holder, code, alsoWithin)),
});

export const confirmOwnPasskey = defineVisitorAction({
  name: 'enrol.passkey',
  input: z.object({ passkey: passkeyAnswer }),
  secret: ['passkey'],
  run: async (visitor, { passkey }) =>
    confirming(visitor, (holder, alsoWithin) => confirmPasskey(holder, passkey, alsoWithin)),
});

export const confirmOwnToken = defineVisitorAction({
  name: 'enrol.token',
  leaves: true,
  input: tokenInput,
  secret: ['code', 'following'],
  run: async (visitor, input) => confirming(visitor, (holder, alsoWithin) => confirmToken(holder, input, alsoWithin)),
});

export const confirmOwnCard = defineVisitorAction({
  name: 'enrol.card',
  leaves: true,
  input: z.object({ code: typedCode }),
  secret: ['code'],
  run: async (visitor, { code }) => confirming(visitor, (holder, alsoWithin) => confirmCard(holder, code, alsoWithin)),
});

export const finish = defineVisitorAction({
  name: 'enrol.finish',
  input: z.object({}),
  run: async (visitor) => {
    const { holder, attemptId, settings } = await loadEnrolment(visitor);
    const outcome = await finishEnrolment(holder, async (transaction, confirmedAt, returnPath) =>
      attemptId === null
        ? { next: returnPath ?? `/${visitor.organisation.slug}` }
        : completeAfterEnrolment(transaction, visitor, attemptId, confirmedAt, settings),
    );
    return keepOutcome(outcome);
  },
});

/** « Plus tard », within the grace: in a sign-in under way, or in a session that is open already. */
export const postpone = defineVisitorAction({
  name: 'enrol.postpone',
  input: z.object({ next }),
  run: async (visitor, { next: wanted }) => {
    const { attemptId, sessionActor, postponableUntil } = await loadEnrolment(visitor);
    if (attemptId !== null) return keepOutcome(await postponeEnrolment(visitor, attemptId));
    if (sessionActor === null || postponableUntil === null) throw new Refusal('mfa.mandatory');
    await postponeInSession(sessionActor);
    return { next: onward(visitor, wanted) ?? `/${visitor.organisation.slug}` };
  },
});
