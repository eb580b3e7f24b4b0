import type { BoundValues, WayInValues } from '@/components/accounts/account-view';
import type { ManagedAccount } from '@/lib/accounts/administration';
import type { Actor } from '@/lib/actors/model';
import { loadWayIn, type WayIn } from '@/lib/authenticators/identities/service';
import { momentFor } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { assign, unbind } from '../actions';

/** By which authenticator somebody signs in, and as whom at its provider (AUTH-1, AUTH-7). */
export async function wayInOf(actor: Actor, account: ManagedAccount): Promise<WayInValues> {
  const way = await loadWayIn(actor, account.id, account.authenticator.id);
  const t = translator(actor.locale);
  const anyExternal = way.choices.some(({ type }) => type !== 'system');
  return {
    title: t('accounts.wayIn'),
    lead: t('accounts.wayInText'),
    authenticator: {
      label: t('accounts.authenticatorField'),
      chosen: account.authenticator.id,
      choices: way.choices.map(({ id, name }) => ({ id, name })),
    },
    identity: anyExternal
      ? {
          label: t('accounts.identity'),
          hint: t('accounts.identityHint', { example: `claim(email):${account.email}` }),
          expected: way.identity?.expected ?? '',
        }
      : null,
    save: { action: assign, label: t('site.save'), pending: t('site.saving') },
    bound: way.type === 'system' ? null : boundOf(actor, way),
  };
}

function boundOf(actor: Actor, { identity, refused }: WayIn): BoundValues {
  const t = translator(actor.locale);
  return {
    identity: identity?.boundAt
      ? {
          badge: t('accounts.bound'),
          since: t('accounts.boundAt', { date: momentFor(actor, identity.boundAt) }),
          facts: [
            [t('accounts.boundIssuer'), identity.issuer ?? ''],
            [t('accounts.boundSubject'), identity.subject ?? ''],
          ],
          reason: { label: t('accounts.unbindReason'), hint: t('accounts.unbindHint') },
          unbind: { action: unbind, label: t('accounts.unbind'), pending: t('site.oneMoment') },
        }
      : { none: t(identity?.expected ? 'accounts.notBoundYet' : 'accounts.noIdentity') },
    near:
      identity?.nearSaid && identity.nearAt
        ? {
            title: t('accounts.nearTitle', { date: momentFor(actor, identity.nearAt) }),
            said: identity.nearSaid,
            text: t('accounts.nearText'),
          }
        : null,
    refused:
      refused.length === 0
        ? null
        : {
            title: t('authenticators.refusedTitle'),
            events: refused.map(({ id, at }) => ({
              id,
              at: momentFor(actor, at),
              ...(actor.permissions.has('audit.read')
                ? {
                    way: {
                      href: `/${actor.organisation.slug}/settings/audit/${id}`,
                      label: t('authenticators.refusedEvent'),
                    },
                  }
                : {}),
            })),
          },
  };
}
