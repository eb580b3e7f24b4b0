'use server';

import { z } from 'zod';
import { defineAction } from '@/lib/actions/define-action';
import { translator } from '@/lib/language/translate';
import { PASS_MINUTES } from '@/lib/passes/model';
import { issuePass, revokePass } from '@/lib/passes/service';
import { passkeyAnswer } from '@/lib/passkeys/model';
import { helpReason } from '@/lib/resets/model';
import { momentFor } from '@/lib/language/moment';

const account = z.uuid({ error: 'text.invalid' });

export const issue = defineAction({
  name: 'pass.issue',
  input: z.object({
    account,
    minutes: z
      .string({ error: 'text.required' })
      .regex(/^\d{1,3}$/, { error: 'text.invalid' })
      .transform(Number)
      .pipe(
        z.number().min(PASS_MINUTES.min, { error: 'text.invalid' }).max(PASS_MINUTES.max, { error: 'text.invalid' }),
      ),
    reason: helpReason,
    code: z.string().max(200, { error: 'text.tooLong' }).default(''),
    passkey: passkeyAnswer,
  }),
  secret: ['code', 'passkey'],
  run: async (actor, { account: id, ...order }) => {
    const pass = await issuePass(actor, id, order);
    const until = momentFor(actor, pass.validUntil);
    return { message: translator(actor.locale)('resets.passReady', { until }), reveal: pass.code };
  },
});

export const revoke = defineAction({
  name: 'pass.revoke',
  input: z.object({ account }),
  run: async (actor, { account: id }) => {
    await revokePass(actor, id);
    return { next: `/${actor.organisation.slug}/settings/accounts/${id}/pass?done=revoked` };
  },
});
