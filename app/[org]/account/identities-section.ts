import type { IdentitiesValues } from '@/components/account/identities';
import type { ProofValues } from '@/components/account/password';
import { hasFreshProof } from '@/lib/actions/define-action';
import type { Actor } from '@/lib/actors/model';
import { BIND_PROOF_SECONDS } from '@/lib/external/model';
import type { OwnIdentity } from '@/lib/external/own';
import { clockOf } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { comesByProvider } from '@/lib/passwords/service';
import { providerFirst } from '../provider-first';
import { bindIdentity } from './actions';

const RESULTS = ['bound', 'taken', 'unexpected', 'lost', 'cancelled', 'away', 'answer', 'no-account'] as const;

/** Who one is at the organisation's providers, in words (AUTH-7). */
export function identitiesSection(
  actor: Actor,
  identities: readonly OwnIdentity[],
  result: string | string[] | undefined,
): IdentitiesValues {
  const t = translator(actor.locale);
  const told = RESULTS.find((one) => one === result);
  const day = clockOf(actor, { dateStyle: 'long' });
  return {
    title: t('identities.title'),
    lead: t('identities.lead'),
    result:
      told === undefined
        ? null
        : {
            tone: told === 'bound' ? 'success' : 'warning',
            text: t(`identities.results.${told === 'no-account' ? 'lost' : told}`),
          },
    list: identities.map(({ id, name, boundAt }) =>
      boundAt === null
        ? { id, name, proof: proofFor(actor, name), bind: t('identities.bind', { provider: name }) }
        : { id, name, bound: t('identities.boundOn', { date: day.format(boundAt) }) },
    ),
    action: bindIdentity,
    pending: t('site.oneMoment'),
  };
}

function proofFor(actor: Actor, provider: string): ProofValues | null {
  const { organisation, locale } = actor;
  if (hasFreshProof(actor, BIND_PROOF_SECONDS)) return null;
  if (comesByProvider(actor)) {
    return providerFirst({ slug: organisation.slug, locale, next: `/${organisation.slug}/account#identities` });
  }
  const t = translator(locale);
  return { label: t('account.currentPassword'), showLabel: t('identities.showFor', { provider }) };
}
