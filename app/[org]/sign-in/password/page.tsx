import { ActionForm, FormPasswordField, WhenRefused } from '@/components/ui/action-form';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { translator } from '@/lib/language/translate';
import { SignInPage } from '../../frame';
import { Whose } from '../../whose';
import { Help } from '../../help';
import { enterPassword } from '../actions';
import { attemptAt } from '../step';

// One help for all of them: it tells nobody apart (SIGN-4).
const REFUSED = ['sign-in.wrong-password', 'sign-in.throttled', 'sign-in.blocked'] as const;

export default async function PasswordPage({ params }: PageProps<'/[org]/sign-in/password'>) {
  const { visitor, attempt } = await attemptAt((await params).org, 'password');
  const { organisation, locale } = visitor;
  const t = translator(locale);
  return (
    <SignInPage organisation={organisation} locale={locale}>
      <title>{t('site.titleOf', { page: t('signIn.passwordTitle'), organisation: organisation.name })}</title>
      <div className="flex flex-col gap-6">
        <PageTitle size="step">{t('signIn.passwordTitle')}</PageTitle>
        <Whose says={t('signIn.as')} name={attempt.identifier}>
          <Link href={`/${organisation.slug}/sign-in`} aria-label={t('signIn.notYouFor')} className="text-sm">
            {t('signIn.notYou')}
          </Link>
        </Whose>
        <ActionForm
          action={enterPassword}
          hidden={{ organisation: organisation.slug, attempt: attempt.id }}
          refusalField="password"
        >
          {/* Password managers save what was typed together with a name: it stands here for them. */}
          <input type="text" value={attempt.identifier} autoComplete="username" readOnly hidden />
          <FormPasswordField
            name="password"
            label={t('signIn.password')}
            showLabel={t('signIn.showPassword')}
            hint={t('signIn.passwordHint')}
            autoComplete="current-password"
            roomy
            required
            autoFocus
          />
          <SubmitButton wide className="-mt-2" pendingLabel={t('signIn.submitting')}>
            {t('signIn.submit')}
          </SubmitButton>
          <WhenRefused codes={REFUSED}>
            <Help organisation={organisation} locale={locale} />
          </WhenRefused>
        </ActionForm>
        <Link href={`/${organisation.slug}/sign-in/forgotten`} className="-mt-3 self-start">
          {t('signIn.forgotten')}
        </Link>
      </div>
    </SignInPage>
  );
}
