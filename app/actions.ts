'use server';

import { z } from 'zod';
import { definePublicAction } from '@/lib/actions/define-action';
import { email, slug } from '@/lib/accounts/text';
import { config } from '@/lib/config';
import { LOCALES } from '@/lib/language/locale';
import { safeReturnPath } from '@/lib/navigation/return-path';
import { organisationExists, sendOrganisations } from '@/lib/organisations/service';
import { Refusal } from '@/lib/refusals';
import { keepLanguage } from '@/lib/sessions/cookies';
import { currentPasserby } from '@/lib/sessions/current';

export const chooseLanguage = definePublicAction({
  name: 'language.choose',
  input: z.object({ language: z.enum(LOCALES), path: z.string().max(2_048) }),
  run: async ({ language, path }) => {
    await keepLanguage(language);
    return { next: safeReturnPath(path, config().APP_ORIGIN, '/') };
  },
});

export const goToOrganisation = definePublicAction({
  name: 'organisation.find',
  input: z.object({ slug }),
  run: async ({ slug: wanted }) => {
    if (!(await organisationExists(wanted))) throw new Refusal('organisation.not-found');
    return { next: `/${wanted}/sign-in` };
  },
});

export const mailOrganisations = definePublicAction({
  name: 'organisation.list',
  input: z.object({ email }),
  run: async ({ email: address }) => {
    await sendOrganisations(await currentPasserby(), address);
    return { next: '/?sent=1' };
  },
});
