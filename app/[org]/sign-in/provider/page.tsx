import { redirect } from 'next/navigation';
import { Whose } from '@/components/sign-in/whose';
import { Button } from '@/components/ui/button';
import { LeaveFor } from '@/components/ui/leave-for';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { findWayOut } from '@/lib/external/begin';
import { translator } from '@/lib/language/translate';
import { currentVisitor } from '@/lib/sessions/current';
import { signInPath } from '@/lib/sign-in/service';
import { SignInPage } from '../../frame';
import { attemptAt } from '../step';

/**
 * On the way to an identity provider. A form may not lead to another site, so the sign-in page leads here, and this page
 * goes on by itself; whoever comes back to it is left to choose.
 */
export default async function ProviderPage({ params }: PageProps<'/[org]/sign-in/provider'>) {
  const { org } = await params;
  await attemptAt(org, 'redirect');
  const visitor = await currentVisitor(org);
  const { organisation, locale } = visitor;
  const way = await findWayOut(visitor);
  if (way === null) redirect(signInPath(organisation.slug, 'start'));
  const t = translator(locale);
  const go = `${signInPath(organisation.slug, 'redirect')}/go`;
  const title = t('provider.title', { provider: way.authenticatorName });
  return (
    <SignInPage organisation={organisation} locale={locale}>
      <title>{t('site.titleOf', { page: title, organisation: organisation.name })}</title>
      {way.waits ? null : <LeaveFor href={go} />}
      <div className="flex flex-col gap-6">
        <PageTitle size="step" lead={t('provider.lead', { organisation: organisation.name })}>
          {title}
        </PageTitle>
        <Whose says={t('signIn.as')} name={way.identifier}>
          <Link href={`/${organisation.slug}/sign-in`} aria-label={t('signIn.notYouFor')} className="text-sm">
            {t('signIn.notYou')}
          </Link>
        </Whose>
        <Button href={go} variant="primary" wide>
          {t('provider.go', { provider: way.authenticatorName })}
        </Button>
      </div>
    </SignInPage>
  );
}
