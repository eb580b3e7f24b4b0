import { RecoveryCodesDrawing } from '@/components/enrolment/illustrations';
import { ActionForm, FormField } from '@/components/ui/action-form';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { translator } from '@/lib/language/translate';
import { SignInPage } from '../../../frame';
import { enterRecoveryCode } from '../../actions';
import { attemptAt } from '../../step';

export default async function RecoveryPage({ params }: PageProps<'/[org]/sign-in/verify/recovery'>) {
  const { visitor, attempt } = await attemptAt((await params).org, 'challenge');
  const { organisation, locale } = visitor;
  const t = translator(locale);
  return (
    <SignInPage
      organisation={organisation}
      locale={locale}
      aside={
        <figure className="flex flex-col gap-4">
          <RecoveryCodesDrawing className="h-auto w-40" />
          <figcaption className="max-w-64 text-quiet">{t('verify.recoveryAside')}</figcaption>
        </figure>
      }
    >
      <title>{t('site.titleOf', { page: t('verify.recoveryTitle'), organisation: organisation.name })}</title>
      <div className="flex flex-col gap-6">
        <PageTitle size="step" lead={t('verify.recoveryLead')}>
          {t('verify.recoveryTitle')}
        </PageTitle>
        <ActionForm
          action={enterRecoveryCode}
          hidden={{ organisation: organisation.slug, attempt: attempt.id }}
          refusalField="code"
        >
          <FormField
            name="code"
            label={t('verify.recoveryCode')}
            hint={t('verify.recoveryHint')}
            autoComplete="off"
            roomy
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={64}
            required
            autoFocus
          />
          <SubmitButton wide className="-mt-2" pendingLabel={t('verify.submitting')}>
            {t('verify.submit')}
          </SubmitButton>
        </ActionForm>
        <Link href={`/${organisation.slug}/sign-in/verify/help`} className="self-start">
          {t('verify.noCodes')}
        </Link>
        <Link href={`/${organisation.slug}/sign-in/verify`} icon="back" className="self-start">
          {t('verify.backToCode')}
        </Link>
      </div>
    </SignInPage>
  );
}
