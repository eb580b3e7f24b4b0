import { parseAddress } from '@/lib/network/address';
import { optionFacts, type Settings } from '@/lib/options/service';
import type { Facts } from '@/lib/policy/decision';
import type { OpenSession } from './store';

/** What the decision is told of a request that comes with a session, under given settings: those in force, or a draft. */
export function sessionFacts(
  { account, facts }: OpenSession,
  settings: Pick<Settings, 'options' | 'changedAt' | 'places'>,
  address: string | null,
): Facts {
  const { kind } = facts.account;
  const person = { accountId: account.id, kind, authenticatorId: account.authenticatorId };
  return {
    ...facts,
    options: optionFacts(settings, kind),
    network: settings.places.factsFor(person, parseAddress(address), 'request'),
  };
}
