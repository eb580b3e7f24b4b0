'use server';

import { z } from 'zod';
import { defineAction } from '@/lib/actions/define-action';
import { keepChange, takeChangeBack } from '@/lib/changes/service';
import { draftQuery, FIELD_SCHEMAS, readDrawn, readFields, touched } from '@/lib/options/draft';
import { changeOptions } from '@/lib/options/service';

const version = z
  .string()
  .regex(/^\d{1,15}$/, { error: 'text.invalid' })
  .transform(Number);
const query = z.string().max(100).optional();

const room = (actor: { organisation: { slug: string } }) => `/${actor.organisation.slug}/settings/options`;

/** « Enregistrer »: what is wrong is said beside its field; what is right leads to the confirmation, and changes nothing yet. */
export const reviewChanges = defineAction({
  name: 'options.review',
  input: z.object({ ...FIELD_SCHEMAS, version, drawn: z.string().max(20_000), q: query }),
  run: async (actor, { version: seenVersion, drawn, q, ...fields }) => {
    const draft = { version: seenVersion, values: readFields(fields), seen: readDrawn(drawn) };
    if (touched(draft.values, draft.seen).length === 0) return { next: `${room(actor)}?done=nothing` };
    const address = draftQuery(draft);
    if (q) address.set('q', q);
    address.set('review', '1');
    return { next: `${room(actor)}?${address}` };
  },
});

/** « Confirmer ». Where somebody else was quicker, the confirmation comes again, and says so (OPT-2). */
export const confirmChanges = defineAction({
  name: 'options.change',
  input: z.object({ ...FIELD_SCHEMAS, version, drawn: z.string().max(20_000) }),
  run: async (actor, { version: seenVersion, drawn, ...fields }, { session }) => {
    const draft = { version: seenVersion, values: readFields(fields), seen: readDrawn(drawn) };
    const outcome = await changeOptions(actor, session, draft);
    if (outcome === 'saved') return { next: `${room(actor)}?done=saved` };
    const address = draftQuery(draft);
    address.set('review', '1');
    return { next: `${room(actor)}?${address}` };
  },
});

const change = z.uuid({ error: 'text.invalid' });

export const keep = defineAction({
  name: 'change.keep-options',
  input: z.object({ change }),
  run: async (actor, input) => {
    await keepChange(actor, 'options', input.change);
    return { next: `${room(actor)}?done=kept` };
  },
});

export const takeBack = defineAction({
  name: 'change.take-back-options',
  input: z.object({ change }),
  run: async (actor, input) => {
    await takeChangeBack(actor, 'options', input.change);
    return { next: `${room(actor)}?done=taken-back` };
  },
});
