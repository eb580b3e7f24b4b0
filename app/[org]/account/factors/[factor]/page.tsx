import { notFound } from 'next/navigation';
import { z } from 'zod';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Icon } from '@/components/ui/icon';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { loadOwnFactor } from '@/lib/factors/service';
import { sentence, translator } from '@/lib/language/translate';
import { Refusal } from '@/lib/refusals';
import { hasFreshFactor } from '@/lib/resets/proof';
import { currentActor } from '@/lib/sessions/current';
import { ProofButton, ProofField } from '../../../factor-proof';
import { PortalPage } from '../../../portal-page';
import { removeFactor } from '../../actions';

/** One of one's own methods that is to go: what becomes of it, or why it must stay (SELF-1). */
export default async function RemoveFactorPage({ params }: PageProps<'/[org]/account/factors/[factor]'>) {
  const { org, factor: id } = await params;
  const { actor, settings, authenticator } = await currentActor(org, '/[org]/account/factors/[factor]');
  if (!z.uuid().safeParse(id).success) notFound();
  const { factor, against } = await loadOwnFactor(actor, settings, authenticator, id).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'not-found') notFound();
    throw error;
  });
  const t = translator(actor.locale);
  const proved = hasFreshFactor(actor);
  const account = `/${actor.organisation.slug}/account`;
  return (
    <PortalPage actor={actor} title={t('factors.removeTitle')} current="account" width="wide">
      <div className="flex max-w-form flex-col gap-6">
        <Link href={account} icon="back" className="-mb-4 self-start">
          {t('account.title')}
        </Link>
        <PageTitle size="step" lead={factor.name}>
          {t('factors.removeTitle')}
        </PageTitle>
        {against === null ? (
          <>
            <ul className="flex flex-col gap-2">
              {[t('factors.removeGone'), t('factors.removeKept'), t('factors.removeAsked')].map((line) => (
                <li key={line} className="flex gap-3">
                  <Icon name="forward" className="mt-0.5 shrink-0 text-quiet" />
                  <span>{line}</span>
                </li>
              ))}
            </ul>
            <ActionForm action={removeFactor} hidden={{ factor: factor.id }} refusalField="code">
              {proved ? null : (
                <ProofField actor={actor} label={t('account.yourCode')} hint={t('account.offCodeHint')} />
              )}
              <div className="flex flex-col gap-3 sm:flex-row-reverse">
                <ProofButton
                  actor={actor}
                  proved={proved}
                  variant="danger"
                  className="flex-1"
                  pendingLabel={t('site.oneMoment')}
                >
                  {t('factors.removeSubmit', { name: factor.name })}
                </ProofButton>
                <Button href={account}>{t('site.cancel')}</Button>
              </div>
            </ActionForm>
          </>
        ) : (
          <>
            <Notice tone="warning">
              {sentence(actor.locale, against === 'factor.last' ? 'refusals.factor_last' : 'refusals.factor_only')}
            </Notice>
            <div className="flex flex-col gap-3 sm:flex-row">
              {against === 'factor.last' ? (
                <Button variant="primary" href={`${account}/enrol`}>
                  {t('factors.add')}
                </Button>
              ) : (
                <Button variant="primary" href={`${account}/switch-off`}>
                  {t('account.offTitle')}
                </Button>
              )}
              <Button href={account}>{t('site.cancel')}</Button>
            </div>
          </>
        )}
      </div>
    </PortalPage>
  );
}
