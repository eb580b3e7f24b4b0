import { ActionForm } from '@/components/ui/action-form';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { demand } from './reset/actions';

/** « Exiger un nouveau mot de passe »: for somebody whose password others may know (AUTH-2). */
export function Password({ locale, accountId }: { locale: Locale; accountId: string }) {
  const t = translator(locale);
  return (
    <Panel title={t('account.password')} titleId="password-panel">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-measure">{t('demand.text')}</p>
        <ActionForm action={demand} hidden={{ account: accountId }}>
          <SubmitButton variant="secondary" pendingLabel={t('demand.demanding')}>
            {t('demand.submit')}
          </SubmitButton>
        </ActionForm>
      </div>
    </Panel>
  );
}
