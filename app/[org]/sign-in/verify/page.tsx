import { redirect } from 'next/navigation';
import { CodeDrawing, TokenDrawing } from '@/components/enrolment/illustrations';
import { phoneOf } from '@/components/enrolment/phone-kind';
import { ActionForm, FormCodeField, WhenRefused } from '@/components/ui/action-form';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { guessPhone } from '@/lib/enrolment/model';
import { translator } from '@/lib/language/translate';
import { SignInPage } from '../../frame';
import { Help } from '../../help';
import { enterCode } from '../actions';
import { attemptAt } from '../step';
import { challengeOf, OtherWays, pathOfWay } from './ways';

export default async function VerifyPage({ params, searchParams }: PageProps<'/[org]/sign-in/verify'>) {
  const [{ org }, { by }] = await Promise.all([params, searchParams]);
  const { visitor, attempt } = await attemptAt(org, 'challenge');
  const { organisation, locale } = visitor;
  const { ways, source, counts } = challengeOf(attempt);
  // What was used last comes first, unless the person came back for a code.
  const [first] = ways;
  if (first === undefined) redirect(`/${organisation.slug}/sign-in/verify/recovery`);
  if (first !== 'code' && (by !== 'code' || !ways.includes('code'))) {
    redirect(pathOfWay(organisation.slug, first));
  }
  const t = translator(locale);
  const days = attempt.person?.rememberDeviceDays ?? 0;
  return (
    <SignInPage
      organisation={organisation}
      locale={locale}
      aside={
        <figure className="flex flex-col gap-4">
          {source === 'token' ? (
            <TokenDrawing className="h-auto w-40" />
          ) : (
            <CodeDrawing kind={phoneOf(guessPhone(visitor.origin.userAgent))} className="h-auto w-40" />
          )}
          <figcaption className="max-w-72 text-quiet">
            {source === 'token' ? t('verify.asideToken') : t('verify.aside', { organisation: organisation.name })}
          </figcaption>
        </figure>
      }
    >
      <title>{t('site.titleOf', { page: t('verify.title'), organisation: organisation.name })}</title>
      <div className="flex flex-col gap-6">
        <PageTitle size="step" lead={t(`verify.leads.${source}`, { organisation: organisation.name })}>
          {t('verify.title')}
        </PageTitle>
        <ActionForm
          action={enterCode}
          hidden={{ organisation: organisation.slug, attempt: attempt.id }}
          refusalField="code"
        >
          <FormCodeField
            name="code"
            label={t('verify.code')}
            hint={counts ? undefined : t('verify.codeHint')}
            roomy
            autoFocus
          />
          {counts ? (
            <WhenRefused codes={['code.wrong']}>
              <FormCodeField
                name="following"
                label={t('enrol.following')}
                hint={t('enrol.followingHint')}
                required={false}
              />
            </WhenRefused>
          ) : null}
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
        <OtherWays visitor={visitor} ways={ways} present="code" />
        <Link href={`/${organisation.slug}/sign-in/verify/help`} className="self-start">
          {source === 'token' ? t('verify.noToken') : t('verify.noPhone')}
        </Link>
        <Help organisation={organisation} locale={locale} />
      </div>
    </SignInPage>
  );
}
