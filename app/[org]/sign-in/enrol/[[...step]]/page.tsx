import { redirect } from 'next/navigation';
import { ActionForm } from '@/components/ui/action-form';
import { buttonClasses } from '@/components/ui/button-classes';
import { guessPhone, isHandheld } from '@/lib/enrolment/model';
import { offeredMethods } from '@/lib/enrolment/service';
import { findCurrentAttempt, signInPath } from '@/lib/sign-in/service';
import { currentVisitor } from '@/lib/sessions/current';
import { translator } from '@/lib/language/translate';
import { signOut } from '../../../actions';
import { EnrolmentWizard } from '../../../enrolment/wizard';
import { SignInPage } from '../../../frame';
import {
  begin,
  chooseApp,
  chooseMethod,
  choosePhone,
  confirm,
  confirmOwnCard,
  confirmOwnPasskey,
  confirmOwnToken,
  finish,
  postpone,
} from '../actions';
import { findSignInEnrolment } from '../holder';

export default async function SignInEnrolPage({ params, searchParams }: PageProps<'/[org]/sign-in/enrol/[[...step]]'>) {
  const [{ org, step }, { next }] = await Promise.all([params, searchParams]);
  const found = await findSignInEnrolment(org);
  if (found === null) {
    const attempt = await findCurrentAttempt(await currentVisitor(org));
    redirect(signInPath(org, attempt?.step ?? 'start'));
  }
  const { visitor, holder, enrolment, firstName, needs, postponableUntil, replaces, sessionActor } = found;
  const { organisation } = visitor;
  const locale = holder.actor.locale;
  const base = `/${organisation.slug}/sign-in/enrol`;
  return (
    <SignInPage organisation={organisation} locale={locale} size="wide">
      <EnrolmentWizard
        organisation={organisation}
        locale={locale}
        firstName={firstName}
        accountLabel={holder.label}
        base={base}
        next={sessionActor !== null && typeof next === 'string' ? next.slice(0, 2_048) : null}
        path={step}
        within="sign-in"
        enrolment={enrolment}
        needs={needs}
        another={false}
        replaces={enrolment?.confirmed ? null : replaces}
        offered={() => offeredMethods(holder)}
        guessedPhone={guessPhone(visitor.origin.userAgent)}
        handheld={isHandheld(visitor.origin.userAgent)}
        postpone={postponableUntil === null ? null : { action: postpone, until: postponableUntil }}
        cancelHref={null}
        downloadHref={`/${organisation.slug}/sign-in/recovery-codes`}
        actions={{
          begin,
          chooseMethod,
          choosePhone,
          chooseApp,
          confirm,
          confirmPasskey: confirmOwnPasskey,
          confirmToken: confirmOwnToken,
          confirmCard: confirmOwnCard,
          finish,
        }}
      />
      {sessionActor !== null && enrolment === null ? (
        <ActionForm action={signOut} className="mt-6">
          <button type="submit" className={buttonClasses('quiet', false, 'self-start')}>
            {translator(locale)('site.signOut')}
          </button>
        </ActionForm>
      ) : null}
    </SignInPage>
  );
}
