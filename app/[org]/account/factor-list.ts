import type { FactorListValues } from '@/components/account/factor-list';
import type { IconName } from '@/components/ui/icon';
import type { Actor } from '@/lib/actors/model';
import { FACTORS_MAX } from '@/lib/enrolment/model';
import { FACTOR_NAME_MAX, RECOVERY_CODES_LOW } from '@/lib/factors/model';
import { againstRemoval, type mfaChoice } from '@/lib/factors/service';
import { momentFor } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import type { OwnAccount } from '@/lib/profile/service';
import { renameFactor } from './actions';

type Factor = OwnAccount['factors'][number];

const ICONS: Record<Factor['kind'], IconName> = { totp: 'phone', hotp: 'phone', passkey: 'key', card: 'print' };

/** A person's methods, and the codes for bad days, in words (SELF-1). */
export function factorList(
  actor: Actor,
  factors: readonly Factor[],
  choice: ReturnType<typeof mfaChoice>,
): FactorListValues {
  const { organisation, account } = actor;
  const t = translator(actor.locale);
  const here = `/${organisation.slug}/account`;
  /** Nothing of all this is taken any more: whoever removed it would stand without. */
  const alone = factors.every(({ setAside }) => setAside);
  const card = account.factorKinds.includes('card');
  return {
    label: t('factors.list'),
    list: factors.map((factor) => {
      const { id, name, kind, tokenId, setAside, allowed, createdAt, lastUsedAt } = factor;
      return {
        id,
        name,
        icon: tokenId === null ? ICONS[kind] : 'clock',
        // A registered token is one, whatever its codes follow.
        kind: t(`factors.kinds.${tokenId === null ? kind : 'token'}`),
        mark: setAside ? t('factors.setAside') : allowed ? null : t('factors.notAllowed'),
        cloned: setAside ? t(alone ? 'passkeys.clonedAlone' : 'passkeys.cloned') : null,
        added: t('account.factorAdded', { date: momentFor(actor, createdAt) }),
        used: lastUsedAt === null ? null : t('account.factorUsed', { date: momentFor(actor, lastUsedAt) }),
        removal: againstRemoval(factors, factor, choice) === 'factor.last' ? null : `${here}/factors/${id}`,
        of: {
          rename: t('factors.renameOf', { name }),
          save: t('factors.saveNameOf', { name }),
          remove: t('factors.removeOf', { name }),
        },
      };
    }),
    rename: renameFactor,
    longest: FACTOR_NAME_MAX,
    words: {
      rename: t('factors.rename'),
      name: t('factors.name'),
      save: t('site.save'),
      saving: t('site.saving'),
      remove: t('factors.remove'),
      removeLocked: t('factors.removeLocked', { organisation: organisation.name }),
    },
    add:
      factors.length >= FACTORS_MAX
        ? t('factors.full', { max: FACTORS_MAX })
        : { href: `${here}/enrol`, label: t('factors.add'), loud: alone },
    codes: {
      label: t(card ? 'account.cardCodes' : 'account.recoveryCodes'),
      left: t('account.recoveryLeft', { count: account.recoveryCodesLeft }),
      low: account.recoveryCodesLeft <= RECOVERY_CODES_LOW,
      href: `${here}/recovery-codes`,
      renew: t('account.renewCodes'),
    },
  };
}
