import { redirect } from 'next/navigation';
import { PhoneDrawing } from '@/components/enrolment/illustrations';
import { phoneOf } from '@/components/enrolment/phone-kind';
import { ActionForm, FormPasswordField } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { guessPhone } from '@/lib/enrolment/model';
import { mfaChoice } from '@/lib/factors/service';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { ProofButton, ProofField } from '../../factor-proof';
import { PortalPage } from '../../portal-page';
import { switchOff } from '../actions';

export default async function SwitchOffPage({ params }: PageProps<'/[org]/account/switch-off'>) {
  const { actor, settings, authenticator } = await currentActor((await params).org, '/[org]/account/switch-off');
  const account = `/${actor.organisation.slug}/account`;
  if (actor.account.factorKinds.length === 0 || mfaChoice(actor, settings, authenticator) !== 'free') redirect(account);
  const t = translator(actor.locale);
  return (
    <PortalPage actor={actor} title={t('account.offTitle')} current="account" width="wide">
      <div className="grid gap-10 md:grid-cols-[minmax(0,26rem)_1fr]">
        <div className="flex flex-col gap-6">
          <Link href={account} icon="back" className="-mb-4 self-start">
            {t('account.title')}
          </Link>
          <PageTitle size="step" lead={t('account.offLead')}>
            {t('account.offTitle')}
          </PageTitle>
          <ActionForm action={switchOff}>
            <input type="text" value={actor.account.email} autoComplete="username" readOnly hidden />
            <FormPasswordField
              name="password"
              label={t('signIn.password')}
              showLabel={t('signIn.showPassword')}
              autoComplete="current-password"
              required
            />
            <ProofField actor={actor} label={t('account.yourCode')} hint={t('account.offCodeHint')} />
            <div className="flex flex-col gap-3 sm:flex-row-reverse">
              <ProofButton actor={actor} variant="danger" className="flex-1" pendingLabel={t('account.offSubmitting')}>
                {t('account.offSubmit')}
              </ProofButton>
              <Button href={account}>{t('site.cancel')}</Button>
            </div>
          </ActionForm>
        </div>
        <PhoneDrawing
          kind={phoneOf(guessPhone(actor.origin.userAgent))}
          className="mt-12 h-auto w-full max-w-60 justify-self-center max-md:hidden"
        />
      </div>
    </PortalPage>
  );
}
