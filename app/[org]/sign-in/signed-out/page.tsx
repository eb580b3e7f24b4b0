import { Button } from '@/components/ui/button';
import { LeaveFor } from '@/components/ui/leave-for';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { findSignedOut } from '@/lib/external/sign-out';
import { translator } from '@/lib/language/translate';
import { currentVisitor } from '@/lib/sessions/current';
import { readTicketToken } from '@/lib/tickets/model';
import { SignInPage } from '../../frame';

/** After a sign-out: on to the provider, to end its session too; and where that provider sends the browser back to. */
export default async function SignedOutPage({ params, searchParams }: PageProps<'/[org]/sign-in/signed-out'>) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const visitor = await currentVisitor(org);
  const { organisation, locale } = visitor;
  const ticket = readTicketToken(query['ticket']);
  const state = readTicketToken(query['state']);
  const view = await findSignedOut(visitor, { ticket, state, unsure: query['unsure'] !== undefined });
  const t = translator(locale);
  const door = `/${organisation.slug}/sign-in`;
  const names = { provider: view.state === 'done' ? '' : view.authenticatorName, organisation: organisation.name };
  const go = `${door}/signed-out/go?ticket=${ticket}`;
  return (
    <SignInPage organisation={organisation} locale={locale}>
      <title>{t('site.titleOf', { page: t('signedOut.title'), organisation: organisation.name })}</title>
      {view.state === 'leaving' ? <LeaveFor href={go} /> : null}
      <div className="flex flex-col gap-6">
        <PageTitle size="step" lead={t(`signedOut.${view.state}`, names)}>
          {t('signedOut.title')}
        </PageTitle>
        {view.state === 'leaving' ? (
          <>
            <Button href={go} variant="primary" wide>
              {t('signedOut.leave', names)}
            </Button>
            <Link href={door} className="self-start">
              {t('signedOut.stay')}
            </Link>
          </>
        ) : (
          <Button href={door} variant="primary" className="self-start">
            {t('signedOut.again')}
          </Button>
        )}
      </div>
    </SignInPage>
  );
}
