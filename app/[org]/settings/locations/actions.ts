'use server';

import { z } from 'zod';
import { identifierInput } from '@/lib/accounts/text';
import { defineAction } from '@/lib/actions/define-action';
import type { Actor } from '@/lib/actors/model';
import { keepChange, takeChangeBack } from '@/lib/changes/service';
import { sentence } from '@/lib/language/translate';
import {
  allowHere,
  endException,
  exceptionInput,
  filterInput,
  grantException,
  locationInput,
  removeLocation,
  removeRule,
  ruleInput,
  saveFilter,
  saveLocation,
  saveRule,
  type FilterSubject,
} from '@/lib/locations/service';
import { Refusal } from '@/lib/refusals';

const room = ({ organisation }: Actor) => `/${organisation.slug}/settings/locations`;
const id = z.uuid({ error: 'text.invalid' });
const kind = z.enum(['employee', 'parent', 'external'], { error: 'text.invalid' });
/** Whom a filter concerns: a kind of account, or those of one authenticator (LOC-3). */
const subject = z.union([kind, id], { error: 'text.invalid' });

function subjectOf(word: z.output<typeof subject>): FilterSubject {
  const known = kind.safeParse(word);
  return known.success ? { kind: known.data } : { authenticatorId: word };
}

/** Where the filter of a subject is seen and changed. */
const pageOf = (actor: Actor, word: z.output<typeof subject>) =>
  kind.safeParse(word).success ? room(actor) : `/${actor.organisation.slug}/settings/authenticators/${word}/places`;

export const save = defineAction({
  name: 'location.save',
  input: locationInput.extend({ location: id.optional() }),
  run: async (actor, { location, ...input }) => {
    const saved = await saveLocation(actor, location ?? null, input);
    return { next: `${room(actor)}/${saved}?done=${location === undefined ? 'created' : 'saved'}` };
  },
});

export const remove = defineAction({
  name: 'location.remove',
  input: z.object({ location: id }),
  run: async (actor, { location }) => {
    await removeLocation(actor, location);
    return { next: `${room(actor)}?done=removed` };
  },
});

/** Sentences beyond these would bury the first one. */
const ISSUES_SHOWN = 5;

export const saveOneRule = defineAction({
  name: 'location.rule-save',
  input: ruleInput.extend({ location: id, rule: id.optional() }),
  run: async (actor, { location, rule, ...input }) => {
    const outcome = await saveRule(actor, location, rule ?? null, input);
    if (outcome.saved) {
      const covered = outcome.coveredBy === null ? '' : `&covered=${encodeURIComponent(outcome.coveredBy)}`;
      return { next: `${room(actor)}/${location}?done=rule${covered}#rules` };
    }
    if (outcome.wide) throw new Refusal('rule.wide');
    const sentences = outcome.issues
      .slice(0, ISSUES_SHOWN)
      .map(({ code, entry, instead }) => sentence(actor.locale, `rules.${code}`, { entry, instead: instead ?? '' }));
    return { invalid: { definition: sentences.join(' ') } };
  },
});

export const removeOneRule = defineAction({
  name: 'location.rule-remove',
  input: z.object({ location: id, rule: id }),
  run: async (actor, { location, rule }) => {
    await removeRule(actor, location, rule);
    return { next: `${room(actor)}/${location}?done=rule-removed#rules` };
  },
});

export const allowMyAddress = defineAction({
  name: 'location.allow-here',
  input: z.object({ location: id }),
  run: async (actor, { location }) => {
    await allowHere(
      actor,
      location,
      sentence(actor.locale, 'places.myAddress', { address: actor.origin.address ?? '' }),
    );
    return { next: `${room(actor)}/${location}?done=rule#rules` };
  },
});

/** A box for each of the twenty places that a location can have. */
const boxes = Object.fromEntries(Array.from({ length: 20 }, (_, place) => [`at${place}`, id.optional()] as const));

export const saveOneFilter = defineAction({
  name: 'filter.save',
  input: z.object({
    subject,
    mode: filterInput.shape.mode,
    applies: filterInput.shape.applies,
    paused: filterInput.shape.paused,
    /** « Voir l’effet » saves nothing yet. */
    button: z.enum(['save', 'see']).default('save'),
    ...boxes,
  }),
  run: async (actor, { subject: filtered, mode, applies, paused, button, ...places }) => {
    const locationIds = [...new Set(Object.values(places as Record<string, string | undefined>))].filter(
      (location) => location !== undefined,
    );
    if (locationIds.length === 0) return { invalid: { locations: sentence(actor.locale, 'places.chooseOne') } };
    if (button === 'see') {
      const draft = new URLSearchParams({ see: filtered, mode, applies, ...(paused ? { paused: 'on' } : {}) });
      for (const at of locationIds) draft.append('at', at);
      return { next: `${pageOf(actor, filtered)}?${draft}#filter-${filtered}` };
    }
    await saveFilter(actor, subjectOf(filtered), { mode, applies, paused, locationIds });
    return { next: `${pageOf(actor, filtered)}?done=filter#filter-${filtered}` };
  },
});

export const removeFilter = defineAction({
  name: 'filter.remove',
  input: z.object({ subject }),
  run: async (actor, { subject: filtered }) => {
    await saveFilter(actor, subjectOf(filtered), null);
    return { next: `${pageOf(actor, filtered)}?done=filter-removed#filter-${filtered}` };
  },
});

export const except = defineAction({
  name: 'filter.except',
  input: exceptionInput.extend({ person: identifierInput }),
  run: async (actor, { person, ...exception }) => {
    const granted = await grantException(actor, person, exception);
    if (granted === 'nobody') return { invalid: { person: sentence(actor.locale, 'places.nobody') } };
    return { next: `${room(actor)}?done=${granted === 'own' ? 'excepted-own' : 'excepted'}#exceptions` };
  },
});

export const endOneException = defineAction({
  name: 'filter.exception-end',
  input: z.object({ exception: id }),
  run: async (actor, { exception }) => {
    await endException(actor, exception);
    return { next: `${room(actor)}?done=exception-ended#exceptions` };
  },
});

export const keep = defineAction({
  name: 'change.keep',
  input: z.object({ change: id }),
  run: async (actor, { change }) => {
    await keepChange(actor, 'places', change);
    return { next: `${room(actor)}?done=kept` };
  },
});

export const takeBack = defineAction({
  name: 'change.take-back',
  input: z.object({ change: id }),
  run: async (actor, { change }) => {
    await takeChangeBack(actor, 'places', change);
    return { next: `${room(actor)}?done=taken-back` };
  },
});
