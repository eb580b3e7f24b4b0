import type { Actor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { reading } from '@/lib/db/reading';
import { parseAddress } from '@/lib/network/address';
import { countryOf } from '@/lib/network/countries';
import { judgeNetwork, type NetworkFacts } from '@/lib/policy/network';
import { compilePlaces } from '../places';
import type { FilterInput, FilterSubject } from '../service';
import { listLocationPlaces, listPlaceRows } from '../store';
import type { FilterEffect } from './model';
import { countPeople, tallyAddresses, type AddressTally, type Passages } from './store';

/**
 * Whom a filter would meet if it were saved like this (GUARD-3). Other filters are left aside; nothing is written. Each
 * address is judged once, however many people came from it.
 *
 * @throws {Refusal} `permission.missing`
 */
export async function previewFilter(actor: Actor, subject: FilterSubject, input: FilterInput): Promise<FilterEffect> {
  requirePermission(actor, 'locations.manage');
  return reading(actor, async (transaction) => {
    const { rules } = await listPlaceRows(transaction);
    const locations = await listLocationPlaces(transaction);
    const { mode, applies, paused } = input;
    const places = locations.filter(({ id }) => input.locationIds.includes(id)).map(({ place }) => place);
    const whom = {
      kind: 'kind' in subject ? subject.kind : null,
      authenticatorId: 'kind' in subject ? null : subject.authenticatorId,
    };
    const filters = [{ ...whom, mode, applies, paused, places }];
    const draft = compilePlaces({ rules, filters, exceptions: [] }, countryOf);
    // Somebody whom the filter concerns, and no other: it is the only one here.
    const anybody = { accountId: '', kind: whom.kind ?? 'parent', authenticatorId: whom.authenticatorId ?? '' };
    const met = async (passages: Passages, moment: NetworkFacts['moment']) => {
      const all = await tallyAddresses(transaction, passages, subject);
      const outside = all.filter(({ address }) =>
        OUTSIDE.has(judgeNetwork(draft.factsFor(anybody, parseAddress(address), moment), actor.now)),
      );
      const addresses = outside.map(({ address }) => address);
      return { all, outside, crowd: await countPeople(transaction, passages, subject, addresses) };
    };
    const open = await met('open', 'request');
    const past = await met('past', 'sign-in');
    return {
      open: open.crowd,
      past: {
        ...past.crowd,
        signIns: sum(past.outside, 'times'),
        refused: sum(past.outside, 'refused'),
        of: sum(past.all, 'times'),
      },
    };
  });
}

const OUTSIDE: ReadonlySet<ReturnType<typeof judgeNetwork>> = new Set(['watched', 'warned', 'refused']);

const sum = (tallies: readonly AddressTally[], what: 'times' | 'refused') =>
  tallies.reduce((total, tally) => total + tally[what], 0);
