import { redirect } from 'next/navigation';
import { CodeDrawing } from '@/components/enrolment/illustrations';
import { phoneOf } from '@/components/enrolment/phone-kind';
import { ActionForm, FormCodeField } from '@/components/ui/action-form';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { guessPhone } from '@/lib/enrolment/model';
import { translator } from '@/lib/language/translate';
import { SignInPage } from '../../frame';
import { Help } from '../../help';
import { enterCode } from '../actions';
import { attemptAt, waysOf } from '../step';

export default async function VerifyPage({ params }: PageProps<'/[org]/sign-in/verify'>) {
  const { visitor, attempt } = await attemptAt((await params).org, 'challenge');
  const { organisation, locale } = visitor;
  const t = translator(locale);
  const { code, passkey } = waysOf(attempt);
  if (passkey && !code) redirect(`/${organisation.slug}/sign-in/verify/passkey`);
  const days = attempt.person?.rememberDeviceDays ?? 0;
  return (
    <SignInPage
      organisation={organisation}
      locale={locale}
      aside={
        <figure className="flex flex-col gap-4">
          <CodeDrawing kind={phoneOf(guessPhone(visitor.origin.userAgent))} className="h-auto w-40" />
          <figcaption className="max-w-72 text-quiet">
            {t('verify.aside', { organisation: organisation.name })}
          </figcaption>
        </figure>
      }
    >
      <title>{t('site.titleOf', { page: t('verify.title'), organisation: organisation.name })}</title>
      <div className="flex flex-col gap-6">
        <PageTitle size="step" lead={t('verify.lead', { organisation: organisation.name })}>
          {t('verify.title')}
        </PageTitle>
        <ActionForm
          action={enterCode}
          hidden={{ organisation: organisation.slug, attempt: attempt.id }}
          refusalField="code"
        >
          <FormCodeField name="code" label={t('verify.code')} hint={t('verify.codeHint')} roomy autoFocus />
          {days > 0 ? (
            <label className="-mt-4 flex min-h-11 items-center gap-3">
              <input type="checkbox" name="remember" className="size-5 accent-accent" />
              {t('verify.remember', { days })}
            </label>
          ) : null}
          <SubmitButton wide className={days > 0 ? undefined : '-mt-2'} pendingLabel={t('verify.submitting')}>
            {t('verify.submit')}
          </SubmitButton>
        </ActionForm>
        {passkey ? (
          <Link href={`/${organisation.slug}/sign-in/verify/passkey`} className="self-start">
            {t('passkeys.use')}
          </Link>
        ) : null}
        <Link href={`/${organisation.slug}/sign-in/verify/help`} className="self-start">
          {t('verify.noPhone')}
        </Link>
        <Help organisation={organisation} locale={locale} />
      </div>
    </SignInPage>
  );
}
