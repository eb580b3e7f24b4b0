import { redirect } from 'next/navigation';
import { phoneOf } from '@/components/enrolment/phone-kind';
import { VerifyView } from '@/components/sign-in/verify-view';
import { guessPhone } from '@/lib/enrolment/model';
import { translator } from '@/lib/language/translate';
import { signInFrame } from '../../frame';
import { helpOf } from '../../help';
import { enterCode } from '../actions';
import { attemptAt } from '../step';
import { challengeOf, otherWays, pathOfWay } from './ways';

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
  const token = source === 'token';
  return (
    <VerifyView
      frame={signInFrame(visitor, t('verify.title'))}
      action={enterCode}
      hidden={{ organisation: organisation.slug, attempt: attempt.id }}
      device={token ? 'token' : phoneOf(guessPhone(visitor.origin.userAgent))}
      hint={counts ? undefined : t('verify.codeHint')}
      following={counts ? { label: t('enrol.following'), hint: t('enrol.followingHint') } : null}
      remember={days > 0 ? t('verify.remember', { days }) : null}
      ways={[
        ...otherWays({ visitor, ways, present: 'code' }),
        {
          href: `/${organisation.slug}/sign-in/verify/help`,
          label: token ? t('verify.noToken') : t('verify.noPhone'),
        },
      ]}
      help={await helpOf(visitor)}
      words={{
        aside: token ? t('verify.asideToken') : t('verify.aside', { organisation: organisation.name }),
        title: t('verify.title'),
        lead: t(`verify.leads.${source}`, { organisation: organisation.name }),
        code: t('verify.code'),
        submit: t('verify.submit'),
        submitting: t('verify.submitting'),
      }}
    />
  );
}
