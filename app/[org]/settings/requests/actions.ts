'use server';

import { z } from 'zod';
import { defineAction } from '@/lib/actions/define-action';
import { refuseRequest, requestsPath } from '@/lib/reset-requests/service';

export const refuse = defineAction({
  name: 'reset-request.refuse',
  input: z.object({ request: z.uuid({ error: 'text.invalid' }) }),
  run: async (actor, { request }) => {
    await refuseRequest(actor, request);
    return { next: `${requestsPath(actor.organisation.slug)}?done=refused` };
  },
});
