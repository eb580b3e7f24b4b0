'use server';

import { z } from 'zod';
import { defineAction } from '@/lib/actions/define-action';
import { passkeyAnswer } from '@/lib/passkeys/model';
import { helpReason } from '@/lib/resets/model';
import { clearCounters, resetAccount, revokeRecoveryCodes } from '@/lib/resets/service';
import type { Actor } from '@/lib/actors/model';
import { demandNewPassword } from '@/lib/passwords/demand';

const account = z.uuid({ error: 'text.invalid' });
/** Whom to help, why, and the proof of one's own factor. */
const helped = z.object({
  account,
  reason: helpReason,
  code: z.string().max(200, { error: 'text.tooLong' }).default(''),
  passkey: passkeyAnswer,
});
const pageOf = ({ organisation }: Actor, id: string) => `/${organisation.slug}/settings/accounts/${id}`;

export const reset = defineAction({
  name: 'reset.account',
  input: helped,
  secret: ['code', 'passkey'],
  run: async (actor, { account: id, ...given }) => {
    await resetAccount(actor, id, given);
    return { next: `${pageOf(actor, id)}/reset?done=reset` };
  },
});

export const revokeCodes = defineAction({
  name: 'card.revoke',
  input: helped,
  secret: ['code', 'passkey'],
  run: async (actor, { account: id, ...given }) => {
    await revokeRecoveryCodes(actor, id, given);
    return { next: `${pageOf(actor, id)}/codes?done=revoked` };
  },
});

export const unblockPassword = defineAction({
  name: 'unblock.password',
  input: z.object({ account }),
  run: async (actor, { account: id }) => {
    await clearCounters(actor, id, 'password');
    return { next: `${pageOf(actor, id)}?done=unblocked` };
  },
});

export const unblockCode = defineAction({
  name: 'unblock.code',
  input: z.object({ account }),
  run: async (actor, { account: id }) => {
    await clearCounters(actor, id, 'code');
    return { next: `${pageOf(actor, id)}?done=unblocked` };
  },
});

export const demand = defineAction({
  name: 'password.demand',
  input: z.object({ account }),
  run: async (actor, { account: id }) => {
    await demandNewPassword(actor, id);
    return { next: `${pageOf(actor, id)}?done=demanded` };
  },
});
