import { ActionForm, FormField } from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Icon, type IconName } from '@/components/ui/icon';
import { Link } from '@/components/ui/link';
import { SubmitButton } from '@/components/ui/submit-button';
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

/** A person's methods, each with its name and last use, to be renamed or removed; then the codes for bad days (SELF-1). */
export function FactorList({
  actor,
  factors,
  choice,
}: {
  actor: Actor;
  factors: readonly Factor[];
  choice: ReturnType<typeof mfaChoice>;
}) {
  const { organisation, account } = actor;
  const t = translator(actor.locale);
  const here = `/${organisation.slug}/account`;
  const full = factors.length >= FACTORS_MAX;
  /** Nothing of all this is taken any more: whoever removed it would stand without. */
  const alone = factors.every(({ setAside }) => setAside);
  const card = account.factorKinds.includes('card');
  const isKept = (factor: Factor) => againstRemoval(factors, factor, choice) === 'factor.last';
  return (
    <div className="flex flex-col gap-5">
      <ul className="flex flex-col divide-y divide-line" aria-label={t('factors.list')}>
        {factors.map((factor) => (
          <li key={factor.id} className="flex gap-4 py-4 first:pt-0">
            <Icon
              name={factor.tokenId === null ? ICONS[factor.kind] : 'clock'}
              className="mt-0.5 size-6 shrink-0 text-quiet"
            />
            <div className="flex min-w-0 flex-1 flex-col gap-1">
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <span className="font-medium wrap-anywhere">{factor.name}</span>
                {factor.setAside ? (
                  <Badge tone="warning">{t('factors.setAside')}</Badge>
                ) : factor.allowed ? null : (
                  <Badge tone="warning">{t('factors.notAllowed')}</Badge>
                )}
              </p>
              <p className="text-sm text-quiet">{t(`factors.kinds.${kindOf(factor)}`)}</p>
              {factor.setAside ? (
                <p className="text-sm">{t(alone ? 'passkeys.clonedAlone' : 'passkeys.cloned')}</p>
              ) : null}
              <p className="text-sm text-quiet tabular-nums">
                {t('account.factorAdded', { date: momentFor(actor, factor.createdAt) })}
              </p>
              {factor.lastUsedAt === null ? null : (
                <p className="text-sm text-quiet tabular-nums">
                  {t('account.factorUsed', { date: momentFor(actor, factor.lastUsedAt) })}
                </p>
              )}
              <div className="flex flex-wrap items-start gap-x-6">
                <details className="min-w-0 open:w-full">
                  <summary
                    aria-label={t('factors.renameOf', { name: factor.name })}
                    className="flex min-h-11 cursor-pointer items-center text-accent underline underline-offset-4"
                  >
                    {t('factors.rename')}
                  </summary>
                  <ActionForm
                    action={renameFactor}
                    hidden={{ factor: factor.id }}
                    className="max-w-form pb-3 sm:flex-row sm:items-end"
                  >
                    <FormField
                      name="name"
                      id={`name-${factor.id}`}
                      label={t('factors.name')}
                      defaultValue={factor.name}
                      maxLength={FACTOR_NAME_MAX}
                      autoComplete="off"
                      className="flex-1"
                      required
                    />
                    <SubmitButton
                      variant="secondary"
                      pendingLabel={t('site.saving')}
                      aria-label={t('factors.saveNameOf', { name: factor.name })}
                    >
                      {t('site.save')}
                    </SubmitButton>
                  </ActionForm>
                </details>
                {isKept(factor) ? (
                  <button
                    type="button"
                    aria-disabled="true"
                    aria-label={t('factors.removeOf', { name: factor.name })}
                    aria-describedby={`locked-${factor.id}`}
                    className="flex min-h-11 cursor-not-allowed items-center gap-1.5 rounded-field text-quiet"
                  >
                    <Icon name="lock" className="size-4" />
                    {t('factors.remove')}
                  </button>
                ) : (
                  <Link href={`${here}/factors/${factor.id}`} aria-label={t('factors.removeOf', { name: factor.name })}>
                    {t('factors.remove')}
                  </Link>
                )}
              </div>
              {isKept(factor) ? (
                <p id={`locked-${factor.id}`} className="text-sm text-quiet">
                  {t('factors.removeLocked', { organisation: organisation.name })}
                </p>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      {full ? (
        <p className="text-sm text-quiet">{t('factors.full', { max: FACTORS_MAX })}</p>
      ) : (
        <Button href={`${here}/enrol`} variant={alone ? 'primary' : undefined} className="self-start">
          {t('factors.add')}
        </Button>
      )}
      <div className="grid items-center gap-x-4 gap-y-0.5 border-t border-line pt-4 sm:grid-cols-[1fr_auto]">
        <p className="font-medium">{t(card ? 'account.cardCodes' : 'account.recoveryCodes')}</p>
        <p className={account.recoveryCodesLeft <= RECOVERY_CODES_LOW ? 'text-sm' : 'text-sm text-quiet'}>
          {t('account.recoveryLeft', { count: account.recoveryCodesLeft })}
        </p>
        <p className="sm:col-start-2 sm:row-span-2 sm:row-start-1">
          <Link href={`${here}/recovery-codes`}>{t('account.renewCodes')}</Link>
        </p>
      </div>
    </div>
  );
}

/** A registered token is one, whatever its codes follow. */
export const kindOf = ({ kind, tokenId }: Pick<Factor, 'kind' | 'tokenId'>) => (tokenId === null ? kind : 'token');
