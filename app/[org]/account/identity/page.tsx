import { redirect } from 'next/navigation';
import { Button } from '@/components/ui/button';
import { LeaveFor } from '@/components/ui/leave-for';
import { PageTitle } from '@/components/ui/page-title';
import { listOwnIdentities } from '@/lib/external/own';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { PortalPage } from '../../portal-page';

/** On the way to a provider to bind one's own identity there: a form may lead to no other site. */
export default async function BindIdentityPage({ params, searchParams }: PageProps<'/[org]/account/identity'>) {
  const [{ org }, { at }] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/account/identity');
  const found = (await listOwnIdentities(actor)).find(({ id }) => id === at);
  if (found === undefined) redirect(`/${actor.organisation.slug}/account`);
  const t = translator(actor.locale);
  const title = t('provider.title', { provider: found.name });
  const go = `/${actor.organisation.slug}/account/identity/go?at=${found.id}`;
  return (
    <PortalPage actor={actor} title={title} current="account">
      <LeaveFor href={go} />
      <PageTitle className="mb-8" lead={t('provider.lead', { organisation: actor.organisation.name })}>
        {title}
      </PageTitle>
      <Button href={go} variant="primary">
        {t('provider.go', { provider: found.name })}
      </Button>
    </PortalPage>
  );
}
