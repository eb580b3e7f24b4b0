'use server';

import { z } from 'zod';
import { identifierInput } from '@/lib/accounts/text';
import { defineAction } from '@/lib/actions/define-action';
import { passkeyAnswer } from '@/lib/passkeys/model';
import { typedCode } from '@/lib/enrolment/input';
import { sentence } from '@/lib/language/translate';
import { SERIAL_MAX, TOKEN_KINDS } from '@/lib/tokens/model';
import {
  assignTokenTo,
  checkTokenFile,
  importTokens,
  registerToken,
  removeToken,
  takeTokenBack,
} from '@/lib/tokens/service';

const room = (actor: { organisation: { slug: string } }) => `/${actor.organisation.slug}/settings/tokens`;
const text = (longest: number) =>
  z
    .string({ error: 'text.required' })
    .trim()
    .min(1, { error: 'text.required' })
    .max(longest, { error: 'text.tooLong' });
const token = z.uuid({ error: 'text.invalid' });

export const register = defineAction({
  name: 'token.register',
  input: z.object({
    serial: text(SERIAL_MAX),
    seed: text(300),
    kind: z.enum(TOKEN_KINDS),
    counter: z.string().max(20),
  }),
  secret: ['seed'],
  run: async (actor, input) => {
    const issues = await registerToken(actor, input);
    if (issues.length === 0) return { next: `${room(actor)}?done=registered` };
    return {
      invalid: Object.fromEntries(
        issues.map(({ column, code }) => [column, sentence(actor.locale, `tokens.issues.${code.replace('.', '_')}`)]),
      ),
    };
  },
});

export const upload = defineAction({
  name: 'token.import-check',
  input: z.object({
    file: z.instanceof(Blob, { error: 'text.required' }).refine((file) => file.size > 0, { error: 'text.required' }),
  }),
  run: async (actor, { file }) => ({ next: `${room(actor)}/import/${await checkTokenFile(actor, file)}` }),
});

export const confirmImport = defineAction({
  name: 'token.import',
  input: z.object({ import: token }),
  run: async (actor, { import: id }) => {
    await importTokens(actor, id);
    return { next: `${room(actor)}?done=imported` };
  },
});

export const assign = defineAction({
  name: 'token.assign',
  input: z.object({ token, person: identifierInput }),
  run: async (actor, { token: id, person }) => {
    await assignTokenTo(actor, id, person);
    return { next: `${room(actor)}/${id}?done=assigned` };
  },
});

export const takeBack = defineAction({
  name: 'token.take-back',
  input: z.object({ token, code: typedCode.optional(), passkey: passkeyAnswer }),
  secret: ['code', 'passkey'],
  run: async (actor, { token: id, code = '', passkey }) => {
    await takeTokenBack(actor, id, { code, passkey });
    return { next: `${room(actor)}/${id}?done=taken` };
  },
});

export const remove = defineAction({
  name: 'token.remove',
  input: z.object({ token }),
  run: async (actor, { token: id }) => {
    await removeToken(actor, id);
    return { next: `${room(actor)}?done=removed` };
  },
});
