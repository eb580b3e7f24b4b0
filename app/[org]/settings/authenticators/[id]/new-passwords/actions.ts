'use server';

import { z } from 'zod';
import { defineAction } from '@/lib/actions/define-action';
import { demandNewPasswords } from '@/lib/passwords/demand';

export const demandAll = defineAction({
  name: 'password.demand-all',
  input: z.object({ authenticator: z.uuid({ error: 'text.invalid' }) }),
  run: async (actor, { authenticator }) => {
    const count = await demandNewPasswords(actor, authenticator);
    const room = `/${actor.organisation.slug}/settings/authenticators/${authenticator}`;
    return { next: `${room}/new-passwords?done=${count}` };
  },
});
