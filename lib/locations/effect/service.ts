import type { Actor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { inOrganisation } from '@/lib/db/in-organisation';
import { parseAddress } from '@/lib/network/address';
import { countryOf } from '@/lib/network/countries';
import type { AccountKind } from '@/lib/policy/decision';
import { judgeNetwork, type NetworkFacts } from '@/lib/policy/network';
import { compilePlaces } from '../places';
import type { FilterInput } from '../service';
import { listLocationPlaces, listPlaceRows } from '../store';
import type { Crowd, FilterEffect } from './model';
import { countPeople, listAddresses, type Passages } from './store';

/**
 * Whom a filter would meet if it were saved like this (GUARD-3). Other filters are left aside; nothing is written. Each
 * address is judged once, however many people came from it.
 *
 * @throws {Refusal} `permission.missing`
 */
export async function previewFilter(actor: Actor, kind: AccountKind, input: FilterInput): Promise<FilterEffect> {
  requirePermission(actor, 'locations.manage');
  return inOrganisation(actor, async (transaction) => {
    const { rules } = await listPlaceRows(transaction);
    const locations = await listLocationPlaces(transaction);
    const { mode, applies, paused } = input;
    const places = locations.filter(({ id }) => input.locationIds.includes(id)).map(({ place }) => place);
    const filters = [{ kind, authenticatorId: null, mode, applies, paused, places }];
    const draft = compilePlaces({ rules, filters, exceptions: [] }, countryOf);
    const anybody = { accountId: '', kind, authenticatorId: '' };
    const crowd = async (passages: Passages, moment: NetworkFacts['moment']): Promise<Crowd> => {
      const outside = (await listAddresses(transaction, passages)).filter((address) =>
        OUTSIDE.has(judgeNetwork(draft.factsFor(anybody, parseAddress(address), moment), actor.now)),
      );
      return countPeople(transaction, passages, kind, outside);
    };
    return { open: await crowd('open', 'request'), past: await crowd('past', 'sign-in') };
  });
}

const OUTSIDE: ReadonlySet<ReturnType<typeof judgeNetwork>> = new Set(['watched', 'warned', 'refused']);
