import { redirect } from 'next/navigation';
import { guessPhone, isHandheld } from '@/lib/enrolment/model';
import { offeredMethods } from '@/lib/enrolment/service';
import { Refusal } from '@/lib/refusals';
import { currentActor } from '@/lib/sessions/current';
import { EnrolmentWizard } from '../../../enrolment/wizard';
import { PortalPage } from '../../../portal-page';
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
} from '../../actions';
import { ownEnrolment } from '../holder';

export default async function OwnEnrolPage({ params }: PageProps<'/[org]/account/enrol/[[...step]]'>) {
  const { org, step } = await params;
  const signedIn = await currentActor(org, '/[org]/account/enrol/[[...step]]');
  const { actor } = signedIn;
  const account = `/${actor.organisation.slug}/account`;
  const found = await ownEnrolment(actor, signedIn).catch((error: unknown) => {
    if (error instanceof Refusal) return null;
    throw error;
  });
  // A step of an enrolment that is over leads nowhere; only the first page begins another.
  if (found === null || (found.enrolment === null && found.another && step !== undefined)) redirect(account);
  return (
    <PortalPage actor={actor} title={null} current="account" width="wide">
      <EnrolmentWizard
        organisation={actor.organisation}
        locale={actor.locale}
        firstName={actor.account.firstName}
        accountLabel={actor.account.email}
        base={`${account}/enrol`}
        path={step}
        within="account"
        enrolment={found.enrolment}
        needs={found.needs}
        prover={actor}
        another={found.another}
        replaces={found.replaces}
        offered={() => offeredMethods(found.holder)}
        guessedPhone={guessPhone(actor.origin.userAgent)}
        handheld={isHandheld(actor.origin.userAgent)}
        postpone={null}
        cancelHref={account}
        downloadHref={`${account}/recovery-codes/file`}
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
    </PortalPage>
  );
}
