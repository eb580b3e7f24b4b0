import { redirect } from 'next/navigation';
import { ActionForm, FormField } from '@/components/ui/action-form';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { config } from '@/lib/config';
import { translator } from '@/lib/language/translate';
import { returnPathWithin } from '@/lib/navigation/return-path';
import { hasSignedOut } from '@/lib/sessions/cookies';
import { currentStanding, currentVisitor } from '@/lib/sessions/current';
import { SignInPage } from '../frame';
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
    <SignInPage
      organisation={organisation}
      locale={locale}
      aside={<p className="text-2xl leading-tight font-bold tracking-tight">{t('signIn.aside')}</p>}
    >
      <title>{t('site.titleOf', { page: t('signIn.submit'), organisation: organisation.name })}</title>
      <div className="flex flex-col gap-6">
        {signedOut ? <Notice tone="success">{t('signIn.signedOut')}</Notice> : null}
        <PageTitle lead={t('signIn.lead', { organisation: organisation.name })}>{t('signIn.title')}</PageTitle>
        <ActionForm
          action={identify}
          hidden={{
            organisation: organisation.slug,
            ...(typeof next === 'string' ? { next: next.slice(0, 2_048) } : {}),
          }}
        >
          <FormField
            name="identifier"
            label={t('signIn.identifier')}
            hint={t('signIn.identifierHint')}
            roomy
            autoComplete="username"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            maxLength={254}
            required
          />
          <SubmitButton wide className="-mt-2" pendingLabel={t('signIn.continuing')}>
            {t('signIn.continue')}
          </SubmitButton>
        </ActionForm>
      </div>
    </SignInPage>
  );
}
