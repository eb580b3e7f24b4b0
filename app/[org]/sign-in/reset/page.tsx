import { Whose } from '@/components/sign-in/whose';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { findPasswordReset } from '@/lib/forgotten/service';
import { translator } from '@/lib/language/translate';
import { currentVisitor } from '@/lib/sessions/current';
import { readTicketToken } from '@/lib/tickets/model';
import { ChoosePassword } from '../../choose-password';
import { SignInPage } from '../../frame';
import { chooseResetPassword } from '../actions';

/** Behind the link of a reset. Opening it uses nothing up. */
export default async function ResetPage({ params, searchParams }: PageProps<'/[org]/sign-in/reset'>) {
  const [{ org }, { ticket }] = await Promise.all([params, searchParams]);
  const visitor = await currentVisitor(org);
  const { organisation, locale } = visitor;
  const t = translator(locale);
  const token = readTicketToken(ticket);
  const reset = await findPasswordReset(visitor, token);
  const title = reset === null ? t('forgotten.goneTitle') : t('forgotten.resetTitle');
  return (
    <SignInPage organisation={organisation} locale={locale}>
      <title>{t('site.titleOf', { page: title, organisation: organisation.name })}</title>
      <div className="flex flex-col gap-6">
        <PageTitle size="step" lead={reset === null ? t('forgotten.goneLead') : t('forgotten.resetLead')}>
          {title}
        </PageTitle>
        {reset === null || token === null ? (
          <>
            <Button href={`/${organisation.slug}/sign-in/forgotten`} variant="primary">
              {t('forgotten.askAgain')}
            </Button>
            <Link href={`/${organisation.slug}/sign-in`} icon="back" className="self-start">
              {t('forgotten.back')}
            </Link>
          </>
        ) : (
          <>
            <Whose says={t('invitation.account')} name={reset.email} />
            <ChoosePassword
              action={chooseResetPassword}
              hidden={{ organisation: organisation.slug, ticket: token }}
              username={reset.email}
              locale={locale}
              requirements={reset.requirements}
              submit={t('forgotten.resetSubmit')}
              submitting={t('site.saving')}
            />
          </>
        )}
      </div>
    </SignInPage>
  );
}
