'use server';

import { z } from 'zod';
import { email, organisationName, personName, slug } from '@/lib/accounts/text';
import { definePublicAction } from '@/lib/actions/define-action';
import { LOCALES } from '@/lib/language/locale';
import { timeZone } from '@/lib/organisations/time-zone';
import { currentPasserby } from '@/lib/sessions/current';
import { signUp } from '@/lib/signup/service';

/** Left empty, it is made of the name. */
const slugOrNone = z.string({ error: 'text.invalid' }).transform((typed, context) => {
  if (typed.trim() === '') return null;
  const reading = slug.safeParse(typed);
  if (reading.success) return reading.data;
  context.addIssue({ code: 'custom', message: reading.error.issues[0]!.message });
  return z.NEVER;
});

export const createOrganisation = definePublicAction({
  name: 'signup',
  input: z.object({
    name: organisationName,
    slug: slugOrNone,
    locale: z.enum(LOCALES),
    timeZone,
    firstName: personName,
    lastName: personName,
    email,
  }),
  run: async (signup) => {
    await signUp(await currentPasserby(), signup);
    return { next: '/signup?sent=1' };
  },
});
