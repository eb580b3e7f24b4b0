'use server';

import { z } from 'zod';
import { organisationName as lineOfText } from '@/lib/accounts/text';
import { defineAction, type ActionResult } from '@/lib/actions/define-action';
import type { Actor } from '@/lib/actors/model';
import { oidcChange, oidcInput, samlInput, systemChange, systemInput } from '@/lib/authenticators/input';
import { AUTHENTICATOR_TYPES } from '@/lib/authenticators/model';
import {
  activateAuthenticator,
  createAuthenticator,
  saveAuthenticator,
  type AuthenticatorChange,
} from '@/lib/authenticators/service';
import { readSamlForm } from '@/lib/saml/editor';
import { answerProposedKeys } from '@/lib/saml/upkeep';
import { faultSentences, issueSentences, writeFaults } from './words';

const room = ({ organisation }: Actor) => `/${organisation.slug}/settings/authenticators`;
const id = z.uuid({ error: 'text.invalid' });

export const create = defineAction({
  name: 'authenticator.create',
  input: z.object({ name: lineOfText, type: z.enum(AUTHENTICATOR_TYPES, { error: 'text.required' }) }),
  run: async (actor, input) => ({ next: `${room(actor)}/${await createAuthenticator(actor, input)}?done=created` }),
});

/** « Enregistrer », and where that button was pressed « Enregistrer et activer ». */
async function keep(
  actor: Actor,
  { authenticator, seenAt, button }: { authenticator: string; seenAt: Date; button: 'save' | 'activate' },
  change: AuthenticatorChange,
): Promise<ActionResult> {
  const page = `${room(actor)}/${authenticator}`;
  const outcome = await saveAuthenticator(actor, authenticator, seenAt, change);
  if (!outcome.saved) return { invalid: faultSentences(actor.locale, outcome.faults) };
  const cleared = outcome.secretCleared ? '&cleared=1' : '';
  if (button === 'save') return { next: `${page}?done=saved${cleared}` };
  // The draft is kept whatever comes of it: a secret that was typed would otherwise be lost.
  const activation = await activateAuthenticator(actor, authenticator);
  if (activation.activated) return { next: `${page}?done=activated${cleared}` };
  return { next: `${page}?${writeFaults(activation.faults)}${cleared}` };
}

export const saveSystem = defineAction({
  name: 'authenticator.save-system',
  input: systemInput,
  run: async (actor, input) => keep(actor, input, systemChange(input)),
});

export const saveOidc = defineAction({
  name: 'authenticator.save-oidc',
  input: oidcInput,
  secret: ['clientSecret', 'clientSecretAgain'],
  run: async (actor, input) => keep(actor, input, oidcChange(input)),
});

export const saveSaml = defineAction({
  name: 'authenticator.save-saml',
  input: samlInput,
  run: async (actor, input) => {
    const read = await readSamlForm(actor, input);
    if ('change' in read) return keep(actor, input, read.change);
    const forget = read.issues.filter(({ code }) => code === 'certificate.privateKey').map(({ field }) => field);
    return { invalid: issueSentences(actor.locale, actor.organisation.timeZone, read.issues), forget };
  },
});

export const answerKeys = defineAction({
  name: 'authenticator.answer-keys',
  input: z.object({
    authenticator: id,
    /** Those that were shown: what came since is not what was said yes to. */
    seen: z.string().max(500).default(''),
    answer: z.enum(['accept', 'refuse']),
  }),
  run: async (actor, { authenticator, seen, answer }) => {
    await answerProposedKeys(actor, authenticator, seen, answer === 'accept');
    return { next: `${room(actor)}/${authenticator}?done=saved` };
  },
});

export const activate = defineAction({
  name: 'authenticator.activate',
  input: z.object({ authenticator: id }),
  run: async (actor, { authenticator }) => {
    const page = `${room(actor)}/${authenticator}`;
    const outcome = await activateAuthenticator(actor, authenticator);
    return { next: outcome.activated ? `${page}?done=activated` : `${page}?${writeFaults(outcome.faults)}` };
  },
});
