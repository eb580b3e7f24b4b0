import { PasswordView } from '@/components/sign-in/password-view';
import { translator } from '@/lib/language/translate';
import { signInFrame } from '../../frame';
import { helpOf } from '../../help';
import { enterPassword } from '../actions';
import { attemptAt } from '../step';

export default async function PasswordPage({ params }: PageProps<'/[org]/sign-in/password'>) {
  const { visitor, attempt } = await attemptAt((await params).org, 'password');
  const { organisation, locale } = visitor;
  const t = translator(locale);
  return (
    <PasswordView
      frame={signInFrame(visitor, t('signIn.passwordTitle'))}
      action={enterPassword}
      hidden={{ organisation: organisation.slug, attempt: attempt.id }}
      identifier={attempt.identifier}
      help={await helpOf(visitor)}
      ways={{ start: `/${organisation.slug}/sign-in`, forgotten: `/${organisation.slug}/sign-in/forgotten` }}
      words={{
        title: t('signIn.passwordTitle'),
        as: t('signIn.as'),
        notYou: t('signIn.notYou'),
        notYouFor: t('signIn.notYouFor'),
        password: t('signIn.password'),
        showPassword: t('signIn.showPassword'),
        hint: t('signIn.passwordHint'),
        submit: t('signIn.submit'),
        submitting: t('signIn.submitting'),
        forgotten: t('signIn.forgotten'),
      }}
    />
  );
}
