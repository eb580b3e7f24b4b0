import { redirect } from 'next/navigation';
import { Whose } from '@/components/sign-in/whose';
import { ActionForm } from '@/components/ui/action-form';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import { findTicket } from '@/lib/external/service';
import { translator } from '@/lib/language/translate';
import { currentVisitor } from '@/lib/sessions/current';
import { signInPath } from '@/lib/sign-in/service';
import { readTicketToken } from '@/lib/tickets/model';
import { SignInPage } from '../../../frame';
import { continueAs } from '../../actions';

/** A provider vouches for somebody whom nobody named here: the person says whether that is who they are. */
export default async function ContinuePage({ params, searchParams }: PageProps<'/[org]/sign-in/provider/continue'>) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const visitor = await currentVisitor(org);
  const { organisation, locale } = visitor;
  const ticket = readTicketToken(query['ticket']);
  const who = ticket === null ? null : await findTicket(visitor, ticket);
  if (ticket === null || who === null) redirect(`${signInPath(organisation.slug, 'redirect')}/refused?why=lost`);
  const t = translator(locale);
  const name = who.name || who.email;
  const title = t('provider.continueTitle', { name });
  return (
    <SignInPage organisation={organisation} locale={locale}>
      <title>{t('site.titleOf', { page: title, organisation: organisation.name })}</title>
      <div className="flex flex-col gap-6">
        <PageTitle size="step" lead={t('provider.continueLead', { provider: who.authenticatorName })}>
          {title}
        </PageTitle>
        <Whose says={t('signIn.as')} name={who.email || name} />
        <ActionForm action={continueAs} hidden={{ organisation: organisation.slug, ticket }}>
          <SubmitButton wide pendingLabel={t('signIn.continuing')}>
            {t('provider.continueAs', { name })}
          </SubmitButton>
        </ActionForm>
        <Link href={`/${organisation.slug}/sign-in`} className="self-start">
          {t('provider.notMe')}
        </Link>
      </div>
    </SignInPage>
  );
}
