import { ActionForm } from '@/components/ui/action-form';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { findEmailConfirmation } from '@/lib/email-change/service';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { readTicketToken } from '@/lib/tickets/model';
import { PortalPage } from '../../portal-page';
import { confirmEmail } from '../actions';

/**
 * Behind the link to a new address: for the account that asked, signed in. Whoever comes without a session signs in first
 * and is led back here; the link alone opens nothing, so it may stand in that way.
 */
export default async function ConfirmEmailPage({ params, searchParams }: PageProps<'/[org]/account/confirm-email'>) {
  const [{ org }, { ticket }] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/account/confirm-email');
  const t = translator(actor.locale);
  const token = readTicketToken(ticket);
  const email = await findEmailConfirmation(actor, token);
  const gone = email === null || token === null;
  const title = gone ? t('account.confirmEmailGone') : t('account.confirmEmailTitle');
  return (
    <PortalPage actor={actor} title={title} current="account">
      <div className="flex max-w-form flex-col gap-6">
        <PageTitle
          size="step"
          lead={
            gone
              ? t('account.confirmEmailGoneLead')
              : t('account.confirmEmailLead', { email, old: actor.account.email })
          }
        >
          {title}
        </PageTitle>
        {gone ? null : (
          <ActionForm action={confirmEmail} hidden={{ ticket: token }}>
            <SubmitButton className="self-start" pendingLabel={t('account.confirmEmailSubmitting')}>
              {t('account.confirmEmailSubmit')}
            </SubmitButton>
          </ActionForm>
        )}
        <Link href={`/${actor.organisation.slug}/account#profile`} icon="back" className="self-start">
          {t('account.title')}
        </Link>
      </div>
    </PortalPage>
  );
}
