'use server';

import { z } from 'zod';
import { defineAction } from '@/lib/actions/define-action';
import { signOut as endSession } from '@/lib/external/sign-out';
import { answerEnrolmentOffer } from '@/lib/profile/service';
import { forgetSession } from '@/lib/sessions/cookies';

export const signOut = defineAction({
  name: 'session.sign-out',
  evenBeforeEnrolment: true,
  input: z.object({}),
  run: async (actor) => {
    const way = await endSession(actor);
    await forgetSession();
    return way;
  },
});

export const answerOffer = defineAction({
  name: 'mfa.offer',
  input: z.object({ answer: z.enum(['later', 'yes']) }),
  run: async (actor, { answer }) => {
    await answerEnrolmentOffer(actor, answer);
    const home = `/${actor.organisation.slug}`;
    return { next: answer === 'yes' ? `${home}/account/enrol` : home };
  },
});
