'use server';

import { z } from 'zod';
import { email, optionalLine, passwordInput, personName } from '@/lib/accounts/text';
import { defineAction, hasFreshProof } from '@/lib/actions/define-action';
import type { Actor } from '@/lib/actors/model';
import { EMAIL_PROOF_SECONDS } from '@/lib/email-change/model';
import {
  cancelEmailChange,
  confirmEmailChange,
  emailConfirmationPath,
  requestEmailChange,
  resendEmailConfirmation,
} from '@/lib/email-change/service';
import { confirmCard, confirmEnrolment, confirmPasskey, confirmToken, type AlsoWithin } from '@/lib/enrolment/confirm';
import type { EnrolmentHolder } from '@/lib/enrolment/holder';
import type { EnrolmentView } from '@/lib/enrolment/model';
import { chosenMethod, firstStep, tokenInput, typedCode } from '@/lib/enrolment/input';
import { APP_KEYS, PHONES } from '@/lib/enrolment/model';
import {
  beginEnrolment,
  chooseForEnrolment,
  chooseMethod as choose,
  finishEnrolment,
  renewRecoveryCodes,
} from '@/lib/enrolment/service';
import { endOwnDeviceTrust, forgetOwnDevice } from '@/lib/devices/service';
import { FACTOR_NAME_MAX } from '@/lib/factors/model';
import { mfaChoice, proveOwnFactor, removeOwnFactor, renameOwnFactor, switchOffOwnMfa } from '@/lib/factors/service';
import { isLocale } from '@/lib/language/locale';
import { passkeyAnswer, type OwnProof } from '@/lib/passkeys/model';
import { BIND_PROOF_SECONDS } from '@/lib/external/model';
import { changeOwnPassword, checkOwnPassword, comesByProvider } from '@/lib/passwords/service';
import { proveForOwnData } from '@/lib/privacy/service';
import { timeZone } from '@/lib/organisations/time-zone';
import { PICTURE_BYTES_MAX } from '@/lib/profile/model';
import { answerEnrolmentOffer, changeOwnPicture, changeOwnProfile, removeOwnPicture } from '@/lib/profile/service';
import { Refusal } from '@/lib/refusals';
import { keepLanguage, keepSession } from '@/lib/sessions/cookies';
import type { SignedIn } from '@/lib/sessions/current';
import { endOtherSessions, endSession, renewAfterEnrolment, type RenewedSession } from '@/lib/sessions/service';
import { ticketToken } from '@/lib/tickets/model';
import { ownEnrolment } from './enrol/holder';

const account = (actor: { organisation: { slug: string } }) => `/${actor.organisation.slug}/account`;

export const changeProfile = defineAction({
  name: 'account.profile',
  input: z.object({
    firstName: personName,
    lastName: personName,
    language: z.string().refine((value) => value === '' || isLocale(value), { error: 'text.invalid' }),
    timeZone: z.union([z.literal('').transform(() => null), timeZone], { error: 'text.invalid' }),
  }),
  run: async (actor, { firstName, lastName, language, timeZone }) => {
    const locale = isLocale(language) ? language : null;
    await changeOwnProfile(actor, { firstName, lastName, locale, timeZone });
    // The choice made here is the newest: an older one in this browser must not outvote it.
    if (locale !== null) await keepLanguage(locale);
    return { next: `${account(actor)}?done=saved` };
  },
});

export const changePicture = defineAction({
  name: 'account.picture',
  input: z.object({
    picture: z
      .instanceof(Blob, { error: 'text.required' })
      .refine((file) => file.size > 0, { error: 'text.required' })
      .refine((file) => file.size <= PICTURE_BYTES_MAX, { error: 'picture.too-large' }),
  }),
  run: async (actor, { picture }) => {
    await changeOwnPicture(actor, picture);
    return { next: `${account(actor)}?done=saved` };
  },
});

export const removePicture = defineAction({
  name: 'account.picture-remove',
  input: z.object({}),
  run: async (actor) => {
    await removeOwnPicture(actor);
    return { next: `${account(actor)}?done=saved` };
  },
});

/** The proof of one's own factor that a form brings; an empty one is no guess. */
function given(proof: OwnProof): OwnProof {
  if (proof.code.trim() === '' && !proof.passkey) throw new Refusal('proof.code-missing');
  return proof;
}

export const changePassword = defineAction({
  name: 'account.password',
  input: z.object({
    current: passwordInput.optional().or(z.literal('')),
    // « Laisser vide pour conserver ».
    next: passwordInput.optional().or(z.literal('')),
    code: typedCode.optional(),
    passkey: passkeyAnswer,
  }),
  secret: ['current', 'next', 'code', 'passkey'],
  run: async (actor, { current, next, code, passkey }) => {
    if (!next) return { next: account(actor) };
    if (!current) throw new Refusal('password.wrong');
    await keepSession(await changeOwnPassword(actor, { current, next, code: code ?? null, passkey }));
    return { next: `${account(actor)}?done=password` };
  },
});

export const changeEmail = defineAction({
  name: 'account.email',
  input: z.object({ email, password: passwordInput.optional().or(z.literal('')) }),
  secret: ['password'],
  run: async (actor, { email: address, password }) => {
    if (!hasFreshProof(actor, EMAIL_PROOF_SECONDS)) {
      if (!password && !comesByProvider(actor)) throw new Refusal('proof.too-old');
      await checkOwnPassword(actor, password ?? '');
    }
    await requestEmailChange(actor, address);
    return { next: `${account(actor)}?done=email-sent` };
  },
});

export const resendEmail = defineAction({
  name: 'account.email-resend',
  input: z.object({}),
  run: async (actor) => {
    await resendEmailConfirmation(actor);
    return { next: `${account(actor)}?done=email-sent` };
  },
});

export const cancelEmail = defineAction({
  name: 'account.email-cancel',
  input: z.object({}),
  run: async (actor) => {
    await cancelEmailChange(actor);
    return { next: `${account(actor)}?done=email-cancelled` };
  },
});

export const confirmEmail = defineAction({
  name: 'account.email-confirm',
  input: z.object({ ticket: ticketToken }),
  secret: ['ticket'],
  run: async (actor, { ticket: token }) => {
    try {
      await confirmEmailChange(actor, token);
    } catch (error) {
      // The page of the link says what became of it.
      if (!(error instanceof Refusal) || error.code !== 'link.gone') throw error;
      return { next: emailConfirmationPath(actor.organisation.slug, token) };
    }
    return { next: `${account(actor)}?done=email` };
  },
});

export const proveForData = defineAction({
  name: 'account.data-proof',
  input: z.object({ password: passwordInput }),
  secret: ['password'],
  run: async (actor, { password }) => {
    await keepSession(await proveForOwnData(actor, password));
    return { next: `${account(actor)}/data` };
  },
});

export const switchMfa = defineAction({
  name: 'mfa.switch',
  input: z.object({ to: z.enum(['on', 'off']) }),
  run: async (actor, { to }, { settings, authenticator }) => {
    const choice = mfaChoice(actor, settings, authenticator);
    if (choice === 'locked-on') throw new Refusal('mfa.mandatory');
    if (choice === 'unavailable') throw new Refusal('mfa.off');
    return { next: `${account(actor)}/${to === 'on' ? 'enrol' : 'switch-off'}` };
  },
});

export const switchOff = defineAction({
  name: 'mfa.switch-off',
  input: z.object({ password: passwordInput, code: typedCode, passkey: passkeyAnswer }),
  secret: ['password', 'code', 'passkey'],
  run: async (actor, { password, ...proof }, { settings, authenticator }) => {
    await keepSession(await switchOffOwnMfa(actor, settings, authenticator, { password, ...given(proof) }));
    return { next: `${account(actor)}?done=off` };
  },
});

export const renewCodes = defineAction({
  name: 'mfa.recovery-codes',
  input: z.object({ code: typedCode, passkey: passkeyAnswer }),
  secret: ['code', 'passkey'],
  run: async (actor, proof) => {
    await renewRecoveryCodes(actor, given(proof));
    return { next: `${account(actor)}/enrol/codes` };
  },
});

export const endOne = defineAction({
  name: 'session.end',
  input: z.object({ session: z.uuid({ error: 'text.invalid' }) }),
  run: async (actor, { session }) => {
    if (!(await endSession(actor, session))) throw new Refusal('not-found');
    return { next: `${account(actor)}?done=ended` };
  },
});

export const endOthers = defineAction({
  name: 'session.end-others',
  input: z.object({}),
  run: async (actor) => {
    await endOtherSessions(actor);
    return { next: `${account(actor)}?done=ended` };
  },
});

export const forget = defineAction({
  name: 'device.forget',
  input: z.object({ device: z.uuid({ error: 'text.invalid' }) }),
  run: async (actor, { device }) => {
    await forgetOwnDevice(actor, device);
    return { next: `${account(actor)}?done=forgotten` };
  },
});

export const distrustDevice = defineAction({
  name: 'device.distrust-own',
  input: z.object({ device: z.uuid({ error: 'text.invalid' }) }),
  run: async (actor, { device }) => {
    await endOwnDeviceTrust(actor, device);
    return { next: `${account(actor)}?done=distrusted` };
  },
});

const factor = z.uuid({ error: 'text.invalid' });

export const renameFactor = defineAction({
  name: 'factor.rename',
  input: z.object({
    factor,
    name: optionalLine(FACTOR_NAME_MAX).refine((name) => name !== '', { error: 'text.required' }),
  }),
  run: async (actor, { factor: id, name }) => {
    await renameOwnFactor(actor, id, name);
    return { next: `${account(actor)}?done=renamed` };
  },
});

export const removeFactor = defineAction({
  name: 'factor.remove',
  input: z.object({ factor, code: typedCode.optional(), passkey: passkeyAnswer }),
  secret: ['code', 'passkey'],
  run: async (actor, { factor: factorId, code = '', passkey }, { settings, authenticator }) => {
    await keepSession(await removeOwnFactor(actor, settings, authenticator, { factorId, code, passkey }));
    return { next: `${account(actor)}?done=removed` };
  },
});

export const begin = defineAction({
  name: 'enrol.begin-own',
  input: z.object({ password: passwordInput.optional(), code: typedCode.default(''), passkey: passkeyAnswer }),
  secret: ['password', 'code', 'passkey'],
  run: async (actor, { password, ...proof }, signedIn) => {
    const { holder, needs } = await ownEnrolment(actor, signedIn);
    if (needs === 'password' || needs === 'provider') {
      if (password === undefined && needs === 'password') throw new Refusal('password.wrong');
      await checkOwnPassword(actor, password ?? '');
    }
    if (needs === 'code') await keepSession(await proveOwnFactor(actor, given(proof)));
    await answerEnrolmentOffer(actor, 'yes');
    await beginEnrolment(holder);
    return { next: `${account(actor)}/enrol/method` };
  },
});

export const chooseMethod = defineAction({
  name: 'enrol.method-own',
  input: chosenMethod,
  run: async (actor, choice, signedIn) => {
    await choose((await ownEnrolment(actor, signedIn)).holder, choice);
    return { next: `${account(actor)}/enrol/${firstStep(choice)}` };
  },
});

export const choosePhone = defineAction({
  name: 'enrol.phone-own',
  input: z.object({ phone: z.enum(PHONES) }),
  run: async (actor, choice, signedIn) => {
    await chooseForEnrolment((await ownEnrolment(actor, signedIn)).holder, choice);
    return { next: `${account(actor)}/enrol/${choice.phone === 'other' ? 'other' : 'app'}` };
  },
});

export const chooseApp = defineAction({
  name: 'enrol.app-own',
  input: z.object({ app: z.enum(APP_KEYS) }),
  run: async (actor, choice, signedIn) => {
    const { holder, enrolment } = await ownEnrolment(actor, signedIn);
    await chooseForEnrolment(holder, choice);
    return { next: `${account(actor)}/enrol/${enrolment?.phone === 'other' ? 'key' : 'scan'}` };
  },
});

/** In the transaction that confirms a factor the session gets a new token, and the limits of people with a factor. */
async function confirming(
  actor: Actor,
  signedIn: SignedIn,
  confirmed: (holder: EnrolmentHolder, alsoWithin: AlsoWithin<RenewedSession | null>) => Promise<RenewedSession | null>,
): Promise<{ next: string }> {
  const { holder } = await ownEnrolment(actor, signedIn);
  const session = await confirmed(holder, (transaction) => renewAfterEnrolment(transaction, actor, signedIn.settings));
  if (session !== null) await keepSession(session);
  return { next: `${account(actor)}/enrol/codes` };
}

export const confirm = defineAction({
  name: 'enrol.confirm-own',
  leaves: true,
  input: z.object({ code: typedCode }),
  secret: ['code'],
  run: async (actor, { code }, signedIn) =>
    confirming(actor, signedIn, (holder, alsoWithin) => confirmEnrolment(holder, code, alsoWithin)),
});

export const confirmOwnPasskey = defineAction({
  name: 'enrol.passkey-own',
  input: z.object({ passkey: passkeyAnswer }),
  secret: ['passkey'],
  run: async (actor, { passkey }, signedIn) =>
    confirming(actor, signedIn, (holder, alsoWithin) => confirmPasskey(holder, passkey, alsoWithin)),
});

export const confirmOwnToken = defineAction({
  name: 'enrol.token-own',
  leaves: true,
  input: tokenInput,
  secret: ['code', 'following'],
  run: async (actor, input, signedIn) =>
    confirming(actor, signedIn, (holder, alsoWithin) => confirmToken(holder, input, alsoWithin)),
});

export const confirmOwnCard = defineAction({
  name: 'enrol.card-own',
  leaves: true,
  input: z.object({ code: typedCode }),
  secret: ['code'],
  run: async (actor, { code }, signedIn) =>
    confirming(actor, signedIn, (holder, alsoWithin) => confirmCard(holder, code, alsoWithin)),
});

/** Recovery codes come with the first factor of an account, and a card is offered to those who have nothing else. */
const isFirst = (enrolment: EnrolmentView | null) =>
  enrolment !== null && (enrolment.recoveryCodes !== null || enrolment.method === 'card');

export const finish = defineAction({
  name: 'enrol.finish-own',
  input: z.object({}),
  run: async (actor, _input, signedIn) => {
    const { holder, enrolment } = await ownEnrolment(actor, signedIn);
    const done = enrolment?.onlyCodes ? 'saved' : isFirst(enrolment) ? 'on' : 'added';
    return finishEnrolment(holder, async () => ({ next: `${account(actor)}?done=${done}` }));
  },
});

/** The proof first, then by a page to the provider, which says who it is (AUTH-7). */
export const bindIdentity = defineAction({
  name: 'account.bind-identity',
  input: z.object({
    authenticator: z.uuid({ error: 'text.invalid' }),
    password: passwordInput.optional().or(z.literal('')),
  }),
  secret: ['password'],
  run: async (actor, { authenticator, password }) => {
    if (!hasFreshProof(actor, BIND_PROOF_SECONDS)) {
      if (!password && !comesByProvider(actor)) throw new Refusal('proof.too-old');
      await keepSession(await proveForOwnData(actor, password ?? ''));
    }
    return { next: `${account(actor)}/identity?at=${authenticator}` };
  },
});
