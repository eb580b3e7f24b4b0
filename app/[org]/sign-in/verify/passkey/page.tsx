import { redirect } from 'next/navigation';
import { PasskeyDrawing } from '@/components/enrolment/illustrations';
import { phoneOf } from '@/components/enrolment/phone-kind';
import { PasskeyButton } from '@/components/passkeys/passkey-button';
import { ActionForm } from '@/components/ui/action-form';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { guessPhone } from '@/lib/enrolment/model';
import { translator } from '@/lib/language/translate';
import { SignInPage } from '../../../frame';
import { Help } from '../../../help';
import { passkeyWords } from '../../../passkeys';
import { enterPasskey } from '../../actions';
import { attemptAt } from '../../step';
import { challengeOf, OtherWays } from '../ways';

/** The second factor by a passkey (ENROL-9). Nothing opens by itself: the browser's window comes when it is asked for. */
export default async function VerifyPasskeyPage({ params }: PageProps<'/[org]/sign-in/verify/passkey'>) {
  const { visitor, attempt } = await attemptAt((await params).org, 'challenge');
  const { organisation, locale } = visitor;
  const verify = `/${organisation.slug}/sign-in/verify`;
  const { ways } = challengeOf(attempt);
  if (!ways.includes('passkey')) redirect(verify);
  const t = translator(locale);
  const days = attempt.person?.rememberDeviceDays ?? 0;
  return (
    <SignInPage
      organisation={organisation}
      locale={locale}
      aside={
        <figure className="flex flex-col gap-4">
          <PasskeyDrawing kind={phoneOf(guessPhone(visitor.origin.userAgent))} className="h-auto w-40" />
          <figcaption className="max-w-72 text-quiet">{t('passkeys.elsewhere')}</figcaption>
        </figure>
      }
    >
      <title>{t('site.titleOf', { page: t('passkeys.useTitle'), organisation: organisation.name })}</title>
      <div className="flex flex-col gap-6">
        <PageTitle size="step" lead={t('passkeys.useLead')}>
          {t('passkeys.useTitle')}
        </PageTitle>
        <noscript>
          <Notice tone="warning" role="alert">
            {t('passkeys.noScript')}
          </Notice>
        </noscript>
        <ActionForm action={enterPasskey} hidden={{ organisation: organisation.slug, attempt: attempt.id }}>
          {days > 0 ? (
            <label className="flex min-h-11 items-center gap-3">
              <input type="checkbox" name="remember" className="size-5 accent-accent" />
              {t('verify.remember', { days })}
            </label>
          ) : null}
          <PasskeyButton
            ceremony="use"
            from={`/${organisation.slug}/sign-in/passkey`}
            fields={{ attempt: attempt.id }}
            words={passkeyWords(locale, 'use')}
            pendingLabel={t('verify.submitting')}
            wide
            autoFocus
          >
            {t('passkeys.use')}
          </PasskeyButton>
        </ActionForm>
        <p className="text-sm text-quiet lg:hidden">{t('passkeys.elsewhere')}</p>
        <OtherWays visitor={visitor} ways={ways} present="passkey" />
        <Link href={`${verify}/help`} className="self-start">
          {t('passkeys.another')}
        </Link>
        <Help organisation={organisation} locale={locale} />
      </div>
    </SignInPage>
  );
}
