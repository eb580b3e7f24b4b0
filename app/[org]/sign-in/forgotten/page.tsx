import { ActionForm, FormField } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { translator } from '@/lib/language/translate';
import { visitorOf } from '@/lib/sessions/current';
import { SignInPage } from '../../frame';
import { forgotPassword } from '../actions';
import { attemptHere } from '../step';

export default async function ForgottenPage({ params, searchParams }: PageProps<'/[org]/sign-in/forgotten'>) {
  const [{ org }, { sent }] = await Promise.all([params, searchParams]);
  const { organisation, attempt } = await attemptHere(org);
  const { locale } = await visitorOf(organisation);
  const t = translator(locale);
  const here = `/${organisation.slug}/sign-in/forgotten`;
  return (
    <SignInPage organisation={organisation} locale={locale}>
      <title>{t('site.titleOf', { page: t('forgotten.title'), organisation: organisation.name })}</title>
      <div className="flex flex-col gap-6">
        {sent === '1' ? (
          <>
            <PageTitle size="step" lead={t('forgotten.sentLead')}>
              {t('forgotten.sentTitle')}
            </PageTitle>
            <p className="text-quiet">{t('forgotten.sentHelp')}</p>
            <Button href={here}>{t('forgotten.again')}</Button>
          </>
        ) : (
          <>
            <PageTitle size="step" lead={t('forgotten.lead')}>
              {t('forgotten.title')}
            </PageTitle>
            <ActionForm action={forgotPassword} hidden={{ organisation: organisation.slug }}>
              <FormField
                name="identifier"
                label={t('signIn.identifier')}
                defaultValue={attempt?.identifier}
                autoComplete="username"
                autoCapitalize="none"
                autoCorrect="off"
                spellCheck={false}
                maxLength={254}
                required
              />
              <SubmitButton wide pendingLabel={t('forgotten.submitting')}>
                {t('forgotten.submit')}
              </SubmitButton>
            </ActionForm>
          </>
        )}
        <Link href={`/${organisation.slug}/sign-in`} icon="back" className="self-start">
          {t('forgotten.back')}
        </Link>
      </div>
    </SignInPage>
  );
}
