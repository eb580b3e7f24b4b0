import { FoldedCardDrawing, RecoveryCodesDrawing } from '@/components/enrolment/illustrations';
import { ActionForm, FormField } from '@/components/ui/action-form';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { translator } from '@/lib/language/translate';
import { SignInPage } from '../../../frame';
import { enterRecoveryCode } from '../../actions';
import { attemptAt } from '../../step';
import { challengeOf, OtherWays, WaysBack } from '../ways';

export default async function RecoveryPage({ params }: PageProps<'/[org]/sign-in/verify/recovery'>) {
  const { visitor, attempt } = await attemptAt((await params).org, 'challenge');
  const { organisation, locale } = visitor;
  const challenge = challengeOf(attempt);
  const { ways } = challenge;
  const card = ways.includes('card');
  const t = translator(locale);
  return (
    <SignInPage
      organisation={organisation}
      locale={locale}
      aside={
        <figure className="flex flex-col gap-4">
          {card ? <FoldedCardDrawing className="h-auto w-40" /> : <RecoveryCodesDrawing className="h-auto w-40" />}
          <figcaption className="max-w-64 text-quiet">
            {card ? t('verify.cardAside') : t('verify.recoveryAside')}
          </figcaption>
        </figure>
      }
    >
      <title>
        {t('site.titleOf', {
          page: card ? t('verify.cardTitle') : t('verify.recoveryTitle'),
          organisation: organisation.name,
        })}
      </title>
      <div className="flex flex-col gap-6">
        <PageTitle size="step" lead={card ? t('verify.cardLead') : t('verify.recoveryLead')}>
          {card ? t('verify.cardTitle') : t('verify.recoveryTitle')}
        </PageTitle>
        {ways.length === 0 ? <Notice tone="warning">{t('passkeys.clonedAtDoor')}</Notice> : null}
        <ActionForm
          action={enterRecoveryCode}
          hidden={{ organisation: organisation.slug, attempt: attempt.id }}
          refusalField="code"
        >
          <FormField
            name="code"
            label={card ? t('verify.cardCode') : t('verify.recoveryCode')}
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
          {card ? t('verify.noCard') : t('verify.noCodes')}
        </Link>
        {card ? (
          <OtherWays visitor={visitor} ways={ways} present="card" />
        ) : (
          <WaysBack visitor={visitor} challenge={challenge} />
        )}
      </div>
    </SignInPage>
  );
}
