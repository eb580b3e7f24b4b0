'use server';

import { z } from 'zod';
import { passwordInput } from '@/lib/accounts/text';
import { defineVisitorAction } from '@/lib/actions/define-action';
import { acceptInvitation, invitationPath, renewInvitation } from '@/lib/invitations/service';
import { Refusal } from '@/lib/refusals';
import { keepOutcome } from '@/lib/sessions/outcome';
import { ticketToken } from '@/lib/tickets/model';

export const accept = defineVisitorAction({
  name: 'invitation.accept',
  input: z.object({ ticket: ticketToken, password: passwordInput.optional() }),
  secret: ['ticket', 'password'],
  run: async (visitor, { ticket: token, password = null }) => {
    try {
      return await keepOutcome(await acceptInvitation(visitor, { token, password }));
    } catch (error) {
      // The page of the link says what became of it.
      if (!(error instanceof Refusal) || error.code !== 'link.gone') throw error;
      return { next: invitationPath(visitor.organisation.slug, token) };
    }
  },
});

export const renew = defineVisitorAction({
  name: 'invitation.renew',
  input: z.object({ ticket: ticketToken }),
  secret: ['ticket'],
  run: async (visitor, { ticket: token }) => {
    await renewInvitation(visitor, token);
    return { next: `/${visitor.organisation.slug}/invitation?sent=1` };
  },
});
