import { redirect } from 'next/navigation';
import { RecoveryCodesDrawing } from '@/components/enrolment/illustrations';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { ProofButton, ProofField } from '../../factor-proof';
import { PortalPage } from '../../portal-page';
import { renewCodes } from '../actions';

export default async function RenewCodesPage({ params }: PageProps<'/[org]/account/recovery-codes'>) {
  const { actor } = await currentActor((await params).org, '/[org]/account/recovery-codes');
  const account = `/${actor.organisation.slug}/account`;
  if (actor.account.factorKinds.length === 0) redirect(account);
  const t = translator(actor.locale);
  return (
    <PortalPage actor={actor} title={t('account.renewCodes')} current="account" width="wide">
      <div className="grid gap-10 md:grid-cols-[minmax(0,26rem)_1fr]">
        <div className="flex flex-col gap-6">
          <Link href={account} icon="back" className="-mb-4 self-start">
            {t('account.title')}
          </Link>
          <PageTitle size="step" lead={t('account.renewLead')}>
            {t('account.renewCodes')}
          </PageTitle>
          <ActionForm action={renewCodes} refusalField="code">
            <ProofField actor={actor} label={t('account.yourCode')} hint={t('account.offCodeHint')} />
            <div className="flex flex-col gap-3 sm:flex-row-reverse">
              <ProofButton actor={actor} className="flex-1" pendingLabel={t('account.renewingCodes')}>
                {t('account.renewCodes')}
              </ProofButton>
              <Button href={account}>{t('site.cancel')}</Button>
            </div>
          </ActionForm>
        </div>
        <RecoveryCodesDrawing className="mt-12 h-auto w-full max-w-60 justify-self-center max-md:hidden" />
      </div>
    </PortalPage>
  );
}
