import { redirect } from 'next/navigation';
import { PageTitle } from '@/components/ui/page-title';
import { translator } from '@/lib/language/translate';
import { findForcedChoice, signInPath } from '@/lib/sign-in/service';
import { ChoosePassword } from '../../choose-password';
import { SignInPage } from '../../frame';
import { chooseNewPassword } from '../actions';
import { attemptAt } from '../step';

export default async function NewPasswordPage({ params }: PageProps<'/[org]/sign-in/new-password'>) {
  const { visitor, attempt } = await attemptAt((await params).org, 'change-password');
  const { organisation, locale } = visitor;
  const t = translator(locale);
  const choice = await findForcedChoice(visitor, attempt.id);
  // It moved on between two looks: in another tab, or because it ran out.
  if (choice === null) redirect(signInPath(organisation.slug, 'start'));
  const title = choice.expired ? t('newPassword.expiredTitle') : t('newPassword.title');
  return (
    <SignInPage organisation={organisation} locale={locale}>
      <title>{t('site.titleOf', { page: title, organisation: organisation.name })}</title>
      <div className="flex flex-col gap-6">
        <PageTitle size="step" lead={choice.expired ? t('newPassword.expiredLead') : t('newPassword.lead')}>
          {title}
        </PageTitle>
        <ChoosePassword
          action={chooseNewPassword}
          hidden={{ organisation: organisation.slug, attempt: attempt.id }}
          username={attempt.identifier}
          locale={locale}
          requirements={choice.requirements}
          submit={t('newPassword.submit')}
          submitting={t('site.saving')}
        />
      </div>
    </SignInPage>
  );
}
