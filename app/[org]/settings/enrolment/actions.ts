'use server';

import { z } from 'zod';
import { defineAction } from '@/lib/actions/define-action';
import { remindToEnrol } from '@/lib/adoption/service';

export const remind = defineAction({
  name: 'enrolment.remind',
  // Without an account: everybody who may be reminded now.
  input: z.object({ account: z.uuid({ error: 'text.invalid' }).optional() }),
  run: async (actor, { account }, { settings }) => {
    const sent = await remindToEnrol(actor, settings, account ?? null);
    return { next: `/${actor.organisation.slug}/settings/enrolment?reminded=${sent}` };
  },
});
