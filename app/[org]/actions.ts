'use server';

import { z } from 'zod';
import { defineAction } from '@/lib/actions/define-action';
import { signOut as endSession } from '@/lib/external/sign-out';
import { answerEnrolmentOffer } from '@/lib/profile/service';
import { forgetSession, noteSignedOut } from '@/lib/sessions/cookies';

export const signOut = defineAction({
  name: 'session.sign-out',
  evenBeforeEnrolment: true,
  input: z.object({}),
  run: async (actor) => {
    const { next, elsewhere } = await endSession(actor);
    await forgetSession();
    // Where a provider's session is left to end, the page on the way there says it.
    if (!elsewhere) await noteSignedOut(actor.organisation.slug);
    return { next };
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
