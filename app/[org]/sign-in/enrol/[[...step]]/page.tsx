import { redirect } from 'next/navigation';
import { guessPhone } from '@/lib/enrolment/model';
import { findCurrentAttempt, signInPath } from '@/lib/sign-in/service';
import { currentVisitor } from '@/lib/sessions/current';
import { EnrolmentWizard } from '../../../enrolment/wizard';
import { SignInPage } from '../../../frame';
import { postpone } from '../../actions';
import { begin, chooseApp, chooseMethod, choosePhone, confirm, finish } from '../actions';
import { findSignInEnrolment } from '../holder';

export default async function SignInEnrolPage({ params }: PageProps<'/[org]/sign-in/enrol/[[...step]]'>) {
  const { org, step } = await params;
  const found = await findSignInEnrolment(org);
  if (found === null) {
    const attempt = await findCurrentAttempt(await currentVisitor(org));
    redirect(signInPath(org, attempt?.step ?? 'start'));
  }
  const { visitor, holder, enrolment, firstName, needsPassword, attempt } = found;
  const { organisation } = visitor;
  const locale = holder.actor.locale;
  const until = attempt?.postponableUntil ?? null;
  const base = `/${organisation.slug}/sign-in/enrol`;
  return (
    <SignInPage organisation={organisation} locale={locale} size="wide">
      <EnrolmentWizard
        organisation={organisation}
        locale={locale}
        firstName={firstName}
        accountLabel={holder.label}
        base={base}
        path={step}
        within="sign-in"
        enrolment={enrolment}
        needsPassword={needsPassword}
        guessedPhone={guessPhone(visitor.origin.userAgent)}
        postpone={until === null || attempt === null ? null : { action: postpone, until, attempt: attempt.id }}
        cancelHref={null}
        downloadHref={`/${organisation.slug}/sign-in/recovery-codes`}
        actions={{ begin, chooseMethod, choosePhone, chooseApp, confirm, finish }}
      />
    </SignInPage>
  );
}
