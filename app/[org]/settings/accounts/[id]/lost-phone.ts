import type { LostPhoneValues } from '@/components/accounts/account-view';
import type { ManagedAccount } from '@/lib/accounts/administration';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { listBlocked } from '@/lib/resets/service';
import { unblockCode, unblockPassword } from './reset/actions';

/**
 * Letting somebody in again: a lost phone, one left at home, each where one's role allows it; too many tries, where there
 * is something to unblock. Of those whose provider asks for the second factor nothing is kept here but what stood before.
 *
 * @returns null where there is nothing that may be done
 */
export async function lostPhoneOf(actor: Actor, account: ManagedAccount): Promise<LostPhoneValues | null> {
  const t = translator(actor.locale);
  const { id: accountId, askedHere, factors } = account;
  const here = `/${actor.organisation.slug}/settings/accounts/${accountId}`;
  const resets = actor.permissions.has('mfa.reset');
  const blocked = resets || actor.permissions.has('passwords.manage') ? await listBlocked(actor, accountId) : [];
  if (!resets && blocked.length === 0) return null;
  const pending = t('site.oneMoment');
  return {
    title: t('resets.panelTitle'),
    byProvider: resets && !askedHere ? t(factors > 0 ? 'resets.byProviderKept' : 'resets.byProvider') : null,
    ways:
      resets && (askedHere || factors > 0)
        ? [
            { href: `${here}/reset`, label: t('resets.title') },
            ...(askedHere ? [{ href: `${here}/pass`, label: t('resets.passTitle') }] : []),
            { href: `${here}/codes`, label: t('resets.codesTitle') },
          ]
        : [],
    blocked:
      blocked.length === 0
        ? null
        : {
            lead: t('resets.unblockLead'),
            acts: [
              ...(blocked.includes('password')
                ? [{ action: unblockPassword, label: t('resets.unblockPassword'), pending }]
                : []),
              ...(blocked.includes('code') ? [{ action: unblockCode, label: t('resets.unblockCode'), pending }] : []),
            ],
          },
  };
}
