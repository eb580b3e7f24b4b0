import { ActionForm, FormField, FormPasswordField, WhenRefused } from '@/components/ui/action-form';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import { hasFreshProof } from '@/lib/actions/define-action';
import type { Actor } from '@/lib/actors/model';
import { EMAIL_PROOF_SECONDS } from '@/lib/email-change/model';
import { translator } from '@/lib/language/translate';
import { comesByProvider } from '@/lib/passwords/service';
import { ProviderFirst } from '../provider-first';
import { cancelEmail, changeEmail, resendEmail } from './actions';

/** One's e-mail, and the one that waits for its confirmation: the old one stays until then (SELF-1). */
export function EmailSection({ actor, pending }: { actor: Actor; pending: string | null }) {
  const t = translator(actor.locale);
  const { slug } = actor.organisation;
  const password = comesByProvider(actor) ? (
    <ProviderFirst slug={slug} locale={actor.locale} next={`/${slug}/account#profile`} quiet />
  ) : (
    <FormPasswordField
      name="password"
      id="email-password"
      label={t('account.currentPassword')}
      hint={t('account.emailPassword')}
      showLabel={t('account.showForEmail')}
      autoComplete="current-password"
    />
  );
  return (
    <div className="flex flex-col gap-5 border-t border-line pt-6">
      {pending !== null ? (
        <Notice title={<span className="wrap-anywhere">{t('account.emailPending', { email: pending })}</span>}>
          <p>{t('account.emailPendingHint')}</p>
          <div className="mt-3 flex flex-wrap gap-3">
            <ActionForm action={resendEmail}>
              <SubmitButton variant="secondary" pendingLabel={t('account.emailResending')}>
                {t('account.emailResend')}
              </SubmitButton>
            </ActionForm>
            <ActionForm action={cancelEmail}>
              <SubmitButton variant="quiet" pendingLabel={t('account.emailCancelling')}>
                {t('account.emailCancel')}
              </SubmitButton>
            </ActionForm>
          </div>
        </Notice>
      ) : null}
      <ActionForm
        action={changeEmail}
        refusalField={{
          'proof.too-old': 'password',
          'password.wrong': 'password',
          'code.throttled': 'password',
          'letter.throttled': 'email',
        }}
      >
        <FormField
          name="email"
          id="profile-email"
          type="email"
          label={t('account.email')}
          hint={t('account.emailHint')}
          defaultValue={actor.account.email}
          autoComplete="email"
          maxLength={254}
          required
        />
        {hasFreshProof(actor, EMAIL_PROOF_SECONDS) ? (
          <WhenRefused codes={['proof.too-old', 'proof.provider-old', 'password.wrong', 'code.throttled']}>
            {password}
          </WhenRefused>
        ) : (
          password
        )}
        <SubmitButton variant="secondary" className="self-start" pendingLabel={t('account.emailChanging')}>
          {t('account.emailChange')}
        </SubmitButton>
      </ActionForm>
    </div>
  );
}
