'use server';

import { z } from 'zod';
import { KINDS } from '@/lib/accounts/model';
import { identifierInput, optionalLine, organisationName as lineOfText } from '@/lib/accounts/text';
import { defineAction, type ActionResult } from '@/lib/actions/define-action';
import type { Actor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { oidcChange, oidcInput, samlInput, systemChange, systemInput } from '@/lib/authenticators/input';
import { AUTHENTICATOR_TYPES } from '@/lib/authenticators/model';
import { crowd, WITHOUT_IDENTITY, writeCrowd } from '@/lib/authenticators/people/model';
import { addPerson, moveCrowd, previewMove, removePerson, undoMove } from '@/lib/authenticators/people/service';
import {
  activateAuthenticator,
  createAuthenticator,
  deactivateAuthenticator,
  makeDefaultAuthenticator,
  reactivateAuthenticator,
  removeDraft,
  replaceClientKey,
  saveAuthenticator,
  saveDefaults,
  type AuthenticatorChange,
} from '@/lib/authenticators/service';
import { newClientKey } from '@/lib/oidc/client-key';
import { discover } from '@/lib/oidc/discovery';
import { readSamlForm } from '@/lib/saml/editor';
import { answerProposedKeys } from '@/lib/saml/upkeep';
import { faultSentences, issueSentences, writeFaults } from './words';
import { keepChange, takeChangeBack } from '@/lib/changes/service';
import { sentence } from '@/lib/language/translate';

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
  secret: ['clientSecret', 'clientSecretAgain', 'clientKey'],
  run: async (actor, { button, ...input }) =>
    button === 'discover'
      ? discoverProvider(actor, input.discovery || (input.issuer ?? ''), input)
      : keep(actor, { ...input, button }, oidcChange({ ...input, button })),
});

/** « Découvrir »: fills the fields in; what is kept is for « Enregistrer » to say (OIDC-1). */
async function discoverProvider(
  actor: Actor,
  typed: string,
  now: Pick<z.output<typeof oidcInput>, 'clientAuthentication' | 'idTokenAlgorithm'>,
): Promise<ActionResult> {
  requirePermission(actor, 'authenticators.manage');
  const found = await discover(typed);
  if ('issue' in found) {
    return { invalid: { discovery: sentence(actor.locale, `fields.${found.issue.replace('.', '_')}`) } };
  }
  const { clientAuthentications, idTokenAlgorithms, issuerInResponse, ...endpoints } = found;
  const oneOf = <T>(able: readonly T[], present: T) => (able.includes(present) ? present : (able[0] ?? present));
  const values = {
    ...Object.fromEntries(Object.entries(endpoints).map(([name, value]) => [name, value ?? ''])),
    clientAuthentication: oneOf(clientAuthentications, now.clientAuthentication),
    idTokenAlgorithm: oneOf(idTokenAlgorithms, now.idTokenAlgorithm),
    issuerInResponse: issuerInResponse ? 'on' : null,
  };
  return { filled: sentence(actor.locale, 'authenticators.oidc.discovered', { issuer: endpoints.issuer! }), values };
}

export const makeClientKey = defineAction({
  name: 'authenticator.new-key',
  input: z.object({ authenticator: id }),
  run: async (actor, { authenticator }) => {
    await replaceClientKey(actor, authenticator, await newClientKey());
    return { next: `${room(actor)}/${authenticator}?done=saved` };
  },
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

export const reactivate = defineAction({
  name: 'authenticator.reactivate',
  input: z.object({ authenticator: id }),
  run: async (actor, { authenticator }) => {
    const page = `${room(actor)}/${authenticator}`;
    const outcome = await reactivateAuthenticator(actor, authenticator);
    return { next: outcome.activated ? `${page}?done=activated` : `${page}?${writeFaults(outcome.faults)}` };
  },
});

export const deactivate = defineAction({
  name: 'authenticator.deactivate',
  input: z
    .object({
      authenticator: id,
      /** Whoever loses access gets a letter. */
      tell: z.enum(['on'], { error: 'text.invalid' }).optional(),
      reason: optionalLine(500).default(''),
    })
    .refine(({ tell, reason }) => tell === 'on' || reason !== '', { path: ['reason'], error: 'text.required' }),
  run: async (actor, { authenticator, tell, reason }) => {
    await deactivateAuthenticator(actor, authenticator, tell === 'on' ? null : reason);
    return { next: `${room(actor)}?done=deactivated` };
  },
});

export const makeDefault = defineAction({
  name: 'authenticator.make-default',
  input: z.object({ authenticator: id }),
  run: async (actor, { authenticator }) => {
    await makeDefaultAuthenticator(actor, authenticator);
    return { next: `${room(actor)}?done=default` };
  },
});

export const removeOne = defineAction({
  name: 'authenticator.remove-draft',
  input: z.object({ authenticator: id }),
  run: async (actor, { authenticator }) => {
    await removeDraft(actor, authenticator);
    return { next: `${room(actor)}?done=removed` };
  },
});

/** A box for each of the roles that an organisation can have beside the kinds, as many as a form holds. */
const ROLE_BOXES = 40;
const roleBoxes = Object.fromEntries(
  Array.from({ length: ROLE_BOXES }, (_, place) => [`role${place}`, id.optional()] as const),
);
const ticked = z.enum(['on'], { error: 'text.invalid' }).optional();

export const saveNewcomers = defineAction({
  name: 'authenticator.save-defaults',
  input: z.object({ authenticator: id, employee: ticked, parent: ticked, external: ticked, ...roleBoxes }),
  run: async (actor, { authenticator, employee, parent, external, ...roles }) => {
    const chosen = { employee, parent, external };
    await saveDefaults(actor, authenticator, {
      kinds: KINDS.filter((kind) => chosen[kind] === 'on'),
      roleIds: [...new Set(Object.values(roles as Record<string, string | undefined>))].filter(
        (role) => role !== undefined,
      ),
    });
    return { next: `${room(actor)}/${authenticator}/users?done=defaults#newcomers` };
  },
});

export const assign = defineAction({
  name: 'authenticator.assign',
  input: z.object({ authenticator: id, person: identifierInput }),
  run: async (actor, { authenticator, person }) => {
    const known = await addPerson(actor, authenticator, person);
    if (!known) return { invalid: { person: sentence(actor.locale, 'places.nobody') } };
    return { next: `${room(actor)}/${authenticator}/users?done=assigned` };
  },
});

export const unassign = defineAction({
  name: 'authenticator.unassign',
  input: z.object({ authenticator: id, account: id }),
  run: async (actor, { authenticator, account }) => {
    await removePerson(actor, authenticator, account);
    return { next: `${room(actor)}/${authenticator}/users?done=unassigned` };
  },
});

/** The dry run of a move: nothing is done, its page says what would be. */
export const tryMove = defineAction({
  name: 'authenticator.try-move',
  input: z.object({ whom: crowd, to: id }),
  run: async (actor, { whom, to }) => {
    await previewMove(actor, whom, to);
    return { next: `${room(actor)}/move?${new URLSearchParams({ whom: writeCrowd(whom), to })}#preview` };
  },
});

export const move = defineAction({
  name: 'authenticator.move',
  input: z.object({
    whom: crowd,
    to: id,
    without: z.enum(WITHOUT_IDENTITY, { error: 'text.invalid' }).default('refuse'),
  }),
  run: async (actor, { whom, to, without }) => {
    const moved = await moveCrowd(actor, whom, to, without);
    return { next: `${room(actor)}/move?done=moved&count=${moved}` };
  },
});

export const takeMoveBack = defineAction({
  name: 'authenticator.undo-move',
  input: z.object({ move: id }),
  run: async (actor, input) => {
    const returned = await undoMove(actor, input.move);
    return { next: `${room(actor)}/move?done=returned&count=${returned}` };
  },
});

export const keepAsked = defineAction({
  name: 'change.keep-authenticators',
  input: z.object({ change: id }),
  run: async (actor, { change }) => {
    await keepChange(actor, 'authenticators', change);
    return { next: `${room(actor)}?done=kept` };
  },
});

export const takeAskedBack = defineAction({
  name: 'change.take-back-authenticators',
  input: z.object({ change: id }),
  run: async (actor, { change }) => {
    await takeChangeBack(actor, 'authenticators', change);
    return { next: `${room(actor)}?done=taken-back` };
  },
});
