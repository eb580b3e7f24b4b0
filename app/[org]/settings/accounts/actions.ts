'use server';

import { z } from 'zod';
import {
  changeAccount,
  createInvitedAccount,
  reactivateAccount,
  removeAccount,
  suspendAccount,
} from '@/lib/accounts/administration';
import { KINDS } from '@/lib/accounts/model';
import { email, personName, username } from '@/lib/accounts/text';
import { saveWayIn, unbindIdentity } from '@/lib/authenticators/identities/service';
import { defineAction } from '@/lib/actions/define-action';
import type { Actor } from '@/lib/actors/model';
import { IMPORT_BYTES_MAX } from '@/lib/imports/model';
import { checkFile, importAccounts, startSendingInvitations } from '@/lib/imports/service';
import { resendInvitation, revokeInvitation } from '@/lib/invitations/service';
import { LOCALES } from '@/lib/language/locale';
import { sentence } from '@/lib/language/translate';
import { helpReason } from '@/lib/resets/model';

const room = (actor: Actor) => `/${actor.organisation.slug}/settings/accounts`;
const id = z.uuid({ error: 'text.invalid' });
/** An empty choice of a list, or an empty field, is none. */
const none = z.literal('').transform(() => null);

const profile = {
  firstName: personName,
  lastName: personName,
  email,
  username: z.union([none, username]).optional(),
  kind: z.enum(KINDS, { error: 'text.invalid' }),
  role: z.union([none, id], { error: 'text.invalid' }),
  language: z.union([none, z.enum(LOCALES)], { error: 'text.invalid' }),
};

type TypedProfile = z.output<z.ZodObject<typeof profile>>;

const profileOf = ({ role, language, username: name, ...rest }: TypedProfile) => ({
  ...rest,
  username: name ?? null,
  roleId: role,
  locale: language,
});

export const create = defineAction({
  name: 'accounts.create',
  input: z.object(profile),
  run: async (actor, input) => ({
    next: `${room(actor)}/${await createInvitedAccount(actor, profileOf(input))}?done=created`,
  }),
});

export const change = defineAction({
  name: 'accounts.change',
  input: z.object({ ...profile, account: id }),
  run: async (actor, { account, ...input }) => {
    await changeAccount(actor, account, profileOf(input));
    return { next: `${room(actor)}/${account}?done=saved` };
  },
});

export const assign = defineAction({
  name: 'accounts.assign',
  input: z.object({
    account: id,
    authenticator: id,
    /** Exactly as it was typed: a space at its end is told, and never trimmed. */
    identity: z.string({ error: 'text.invalid' }).max(600, { error: 'text.tooLong' }).default(''),
  }),
  run: async (actor, { account, authenticator, identity }) => {
    const outcome = await saveWayIn(actor, account, authenticator, identity);
    if (!outcome.saved) {
      return { invalid: { identity: sentence(actor.locale, `fields.${outcome.issue.replace('.', '_')}`) } };
    }
    return { next: `${room(actor)}/${account}?done=assigned` };
  },
});

export const unbind = defineAction({
  name: 'accounts.unbind',
  input: z.object({ account: id, reason: helpReason }),
  run: async (actor, { account, reason }) => {
    await unbindIdentity(actor, account, reason);
    return { next: `${room(actor)}/${account}?done=unbound` };
  },
});

export const suspend = defineAction({
  name: 'accounts.suspend',
  input: z.object({ account: id }),
  run: async (actor, { account }) => {
    await suspendAccount(actor, account);
    return { next: `${room(actor)}/${account}?done=suspended` };
  },
});

export const reactivate = defineAction({
  name: 'accounts.reactivate',
  input: z.object({ account: id }),
  run: async (actor, { account }) => {
    await reactivateAccount(actor, account);
    return { next: `${room(actor)}/${account}?done=reactivated` };
  },
});

export const remove = defineAction({
  name: 'accounts.remove',
  input: z.object({ account: id, name: z.string({ error: 'text.required' }).max(500, { error: 'text.tooLong' }) }),
  run: async (actor, { account, name }) => {
    await removeAccount(actor, account, name);
    return { next: `${room(actor)}?done=removed` };
  },
});

export const inviteAgain = defineAction({
  name: 'accounts.invite-again',
  input: z.object({ account: id }),
  run: async (actor, { account }) => {
    await resendInvitation(actor, account);
    return { next: `${room(actor)}/${account}?done=invitationSent` };
  },
});

export const revoke = defineAction({
  name: 'accounts.revoke-invitation',
  input: z.object({ account: id }),
  run: async (actor, { account }) => {
    await revokeInvitation(actor, account);
    return { next: `${room(actor)}/${account}?done=invitationRevoked` };
  },
});

export const upload = defineAction({
  name: 'accounts.import-check',
  input: z.object({
    file: z
      .instanceof(Blob, { error: 'text.required' })
      .refine((file) => file.size > 0, { error: 'text.required' })
      .refine((file) => file.size <= IMPORT_BYTES_MAX, { error: 'text.tooLong' }),
  }),
  run: async (actor, { file }) => ({ next: `${room(actor)}/import/${await checkFile(actor, file)}` }),
});

export const confirmImport = defineAction({
  name: 'accounts.import',
  input: z.object({ import: id, invite: z.literal('on').optional() }),
  run: async (actor, { import: importId, invite }) => {
    await importAccounts(actor, importId, invite === 'on');
    startSendingInvitations(actor, importId);
    return { next: `${room(actor)}/import/${importId}` };
  },
});

export const resumeInvitations = defineAction({
  name: 'accounts.import-resume',
  input: z.object({ import: id }),
  run: async (actor, { import: importId }) => {
    startSendingInvitations(actor, importId);
    return { next: `${room(actor)}/import/${importId}` };
  },
});
