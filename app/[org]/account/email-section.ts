import type { EmailValues } from '@/components/account/profile';
import { hasFreshProof } from '@/lib/actions/define-action';
import type { Actor } from '@/lib/actors/model';
import { EMAIL_PROOF_SECONDS } from '@/lib/email-change/model';
import { translator } from '@/lib/language/translate';
import { comesByProvider } from '@/lib/passwords/service';
import { providerFirst } from '../provider-first';
import { cancelEmail, changeEmail, resendEmail } from './actions';

/** One's e-mail in words, and the one that waits for its confirmation (SELF-1). */
export function emailSection(actor: Actor, pending: string | null): EmailValues {
  const t = translator(actor.locale);
  const { slug } = actor.organisation;
  return {
    action: changeEmail,
    email: actor.account.email,
    label: t('account.email'),
    hint: t('account.emailHint'),
    proof: comesByProvider(actor)
      ? providerFirst({ slug, locale: actor.locale, next: `/${slug}/account#profile` })
      : {
          label: t('account.currentPassword'),
          hint: t('account.emailPassword'),
          showLabel: t('account.showForEmail'),
        },
    fresh: hasFreshProof(actor, EMAIL_PROOF_SECONDS),
    change: { label: t('account.emailChange'), pending: t('account.emailChanging') },
    pending:
      pending === null
        ? null
        : {
            title: t('account.emailPending', { email: pending }),
            hint: t('account.emailPendingHint'),
            resend: { action: resendEmail, label: t('account.emailResend'), pending: t('account.emailResending') },
            cancel: { action: cancelEmail, label: t('account.emailCancel'), pending: t('account.emailCancelling') },
          },
  };
}
