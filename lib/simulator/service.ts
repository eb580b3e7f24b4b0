import { z } from 'zod';
import { identifierInput, identifierKey } from '@/lib/accounts/text';
import type { Actor } from '@/lib/actors/model';
import { requirePermission } from '@/lib/actors/permission';
import { reading } from '@/lib/db/reading';
import { compilePlaces, withFilter, type FilterDraft, type PlaceRows } from '@/lib/locations/places';
import { listLocationPlaces, listPlaceRows } from '@/lib/locations/store';
import { parseAddress, type Address } from '@/lib/network/address';
import { countryOf } from '@/lib/network/countries';
import { optionFacts, settingsOf, type Settings } from '@/lib/options/service';
import { decide, NO_PROOFS, type AccountKind, type Decision, type Facts } from '@/lib/policy/decision';
import { findAccountId } from '@/lib/sign-in/store';
import { findPerson, type KnownPerson } from './store';

/** What is tried out. Whatever does not fit falls back to what the form first showed; only the first two are typed. */
export const simulationInput = z.object({
  /** E-mail or username, as at the door; what can be neither is nobody's. */
  person: identifierInput.catch(''),
  address: z.string().trim().max(100).catch(''),
  moment: z.enum(['sign-in', 'request']).catch('sign-in'),
  device: z.enum(['new', 'trusted']).catch('new'),
  /** The filter of the person's kind: the one in force, none at all, or a draft of this mode. */
  filter: z.enum(['in-force', 'none', 'watch', 'warn', 'block']).catch('in-force'),
  applies: z.enum(['request', 'sign-in']).catch('request'),
  /** Where the draft lets people come from. */
  at: z.array(z.uuid()).max(20).catch([]),
});

export type SimulationInput = z.output<typeof simulationInput>;

/** What can be chosen, whoever is tried out. */
export interface Simulator {
  readonly locations: readonly { readonly id: string; readonly name: string; readonly ruled: boolean }[];
  /** Where this very request comes from. */
  readonly here: string | null;
}

export interface Simulation {
  readonly name: string;
  readonly kind: AccountKind;
  readonly status: NonNullable<Facts['account']>['status'];
  readonly address: string;
  /** The names of the locations that hold the address. */
  readonly places: readonly string[];
  readonly decision: Decision;
}

export type SimulationOutcome = Simulation | { readonly invalid: { readonly person?: true; readonly address?: true } };

/** @throws {Refusal} `permission.missing` */
export async function loadSimulator(actor: Actor): Promise<Simulator> {
  requirePermission(actor, 'audit.read');
  const locations = await reading(actor, listLocationPlaces);
  return { locations, here: parseAddress(actor.origin.address)?.text ?? null };
}

/**
 * What would be said to somebody who comes from an address, after the proofs that they can give: at sign-in the password,
 * with a session the second factor too where they have one. By the one decision, over what stands in the database at this
 * moment; nothing is written.
 *
 * @throws {Refusal} `permission.missing`
 */
export async function simulate(actor: Actor, input: SimulationInput): Promise<SimulationOutcome> {
  requirePermission(actor, 'audit.read');
  const address = parseAddress(input.address);
  const settings = await settingsOf(actor.organisation);
  const { person, rows, locations } = await reading(actor, async (transaction) => {
    const accountId = await findAccountId(transaction, identifierKey(input.person));
    return {
      person: accountId === null ? null : await findPerson(transaction, accountId),
      rows: await listPlaceRows(transaction),
      locations: await listLocationPlaces(transaction),
    };
  });
  if (person === null || address === null) {
    return {
      invalid: { ...(person === null ? { person: true } : {}), ...(address === null ? { address: true } : {}) },
    };
  }
  const chosen = locations.filter(({ id }) => input.at.includes(id)).map(({ place }) => place);
  const places = compilePlaces(drafted(rows, person.account.kind, input, chosen), countryOf);
  const holding = places.locate(address);
  return {
    name: person.name,
    kind: person.account.kind,
    status: person.account.status,
    address: address.text,
    places: locations.filter(({ place }) => (holding & (1 << place)) !== 0).map(({ name }) => name),
    decision: decide(factsOf(person, { ...settings, places }, address, input)),
  };
}

function drafted(
  rows: PlaceRows,
  kind: AccountKind,
  { filter, applies }: SimulationInput,
  places: readonly number[],
): PlaceRows {
  if (filter === 'in-force') return rows;
  const draft: FilterDraft = filter === 'none' ? null : { mode: filter, applies, paused: false, places };
  return withFilter(rows, kind, draft);
}

const DAY_MS = 24 * 60 * 60 * 1000;

function factsOf(
  { accountId, authenticatorId, now, account, authenticator }: KnownPerson,
  settings: Pick<Settings, 'options' | 'changedAt' | 'places'>,
  address: Address,
  { moment, device }: SimulationInput,
): Facts {
  const options = optionFacts(settings, account.kind);
  const signedIn = moment === 'request' && account.factorKinds.length > 0;
  return {
    now,
    account,
    authenticator,
    options,
    // Whatever the authenticator takes as the first factor was shown.
    proofs: { ...NO_PROOFS, passwordAt: now, externalAt: now, externalFactorAt: now, factorAt: signedIn ? now : null },
    // Trusted a moment ago, for as long as the option allows today.
    device: {
      trustedUntil: device === 'trusted' ? new Date(now.getTime() + options.mfaRememberDeviceDays * DAY_MS) : null,
      // Whoever is in, or is trusted, has a browser that was let in before.
      approvedAt: device === 'trusted' || moment === 'request' ? now : null,
      revokedAt: null,
    },
    network: settings.places.factsFor({ accountId, kind: account.kind, authenticatorId }, address, moment),
    enrolmentPostponedAt: null,
  };
}
