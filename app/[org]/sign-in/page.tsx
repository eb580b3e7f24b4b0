import { redirect } from 'next/navigation';
import { IdentifyView } from '@/components/sign-in/identify-view';
import { config } from '@/lib/config';
import { translator } from '@/lib/language/translate';
import { returnPathWithin } from '@/lib/navigation/return-path';
import { hasSignedOut } from '@/lib/sessions/cookies';
import { currentStanding, currentVisitor } from '@/lib/sessions/current';
import { signInFrame } from '../frame';
import { identify } from './actions';

export default async function IdentifyPage({ params, searchParams }: PageProps<'/[org]/sign-in'>) {
  const [{ org }, { next }] = await Promise.all([params, searchParams]);
  const [{ organisation, locale }, standing, signedOut] = await Promise.all([
    currentVisitor(org),
    currentStanding(org),
    hasSignedOut(org),
  ]);
  const returnPath = returnPathWithin(organisation.slug, next, config().APP_ORIGIN);
  if (standing.state === 'signed-in') redirect(returnPath ?? `/${organisation.slug}`);
  if (standing.state === 'enrol') {
    const onward = returnPath === null ? '' : `?next=${encodeURIComponent(returnPath)}`;
    redirect(`/${organisation.slug}/sign-in/enrol${onward}`);
  }
  const t = translator(locale);
  return (
    <IdentifyView
      frame={signInFrame({ organisation, locale }, t('signIn.submit'))}
      action={identify}
      hidden={{
        organisation: organisation.slug,
        ...(typeof next === 'string' ? { next: next.slice(0, 2_048) } : {}),
      }}
      signedOut={signedOut ? t('signIn.signedOut') : null}
      words={{
        aside: t('signIn.aside'),
        title: t('signIn.title'),
        lead: t('signIn.lead', { organisation: organisation.name }),
        identifier: t('signIn.identifier'),
        hint: t('signIn.identifierHint'),
        submit: t('signIn.continue'),
        submitting: t('signIn.continuing'),
      }}
    />
  );
}
