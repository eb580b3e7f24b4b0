import { PageTitle } from '@/components/ui/page-title';
import { translator } from '@/lib/language/translate';
import { LENGTH_MIN } from '@/lib/passwords/rules';
import { ChoosePassword } from '../../choose-password';
import { SignInPage } from '../../frame';
import { chooseNewPassword } from '../actions';
import { attemptAt } from '../step';

export default async function NewPasswordPage({ params }: PageProps<'/[org]/sign-in/new-password'>) {
  const { visitor, attempt } = await attemptAt((await params).org, 'change-password');
  const { organisation, locale } = visitor;
  const t = translator(locale);
  const enrolled = (attempt.person?.factorKinds.length ?? 0) > 0;
  return (
    <SignInPage organisation={organisation} locale={locale}>
      <title>{t('site.titleOf', { page: t('newPassword.title'), organisation: organisation.name })}</title>
      <div className="flex flex-col gap-6">
        <PageTitle size="step" lead={t('newPassword.lead')}>
          {t('newPassword.title')}
        </PageTitle>
        <ChoosePassword
          action={chooseNewPassword}
          hidden={{ organisation: organisation.slug, attempt: attempt.id }}
          username={attempt.identifier}
          locale={locale}
          label={t('account.newPassword')}
          hint={t('account.newPasswordHint', { min: enrolled ? LENGTH_MIN.withFactor : LENGTH_MIN.alone })}
          submit={t('newPassword.submit')}
          submitting={t('site.saving')}
        />
      </div>
    </SignInPage>
  );
}
