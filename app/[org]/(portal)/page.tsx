import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { mfaChoice } from '@/lib/factors/service';
import { RECOVERY_CODES_LOW } from '@/lib/factors/model';
import { REGIONAL } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { loadHome } from '@/lib/profile/service';
import { currentActor } from '@/lib/sessions/current';
import { answerOffer } from './actions';
import { PortalPage } from './portal-page';

export default async function HomePage({ params }: PageProps<'/[org]'>) {
  const { actor, settings, decision, authenticator } = await currentActor((await params).org);
  const { recoveryCodesLeft, pictureVersion } = await loadHome(actor);
  const { organisation, account, locale } = actor;
  const t = translator(locale);
  const home = `/${organisation.slug}`;
  const enrolled = account.factorKinds.length > 0;
  const choice = mfaChoice(actor, settings, authenticator);
  const offered = !enrolled && choice === 'free' && account.enrolmentOfferAnsweredAt === null;
  const graceUntil = decision.graceUntil;
  return (
    <PortalPage actor={actor} title={t('site.home')} current="home" pictureVersion={pictureVersion}>
      <div className="flex flex-col gap-8">
        <PageTitle lead={t('home.lead', { organisation: organisation.name })}>
          {t('home.title', { name: account.firstName })}
        </PageTitle>
        {graceUntil !== null ? (
          <Notice tone="warning">
            {t('home.postponed', {
              date: new Intl.DateTimeFormat(REGIONAL[locale], {
                dateStyle: 'long',
                timeZone: account.timeZone ?? organisation.timeZone,
              }).format(graceUntil),
            })}
          </Notice>
        ) : null}
        {offered ? (
          <Panel title={t('home.offerTitle')} titleId="offer" lead={t('home.offerText')}>
            <div className="flex flex-wrap gap-3">
              <ActionForm action={answerOffer} hidden={{ answer: 'yes' }}>
                <SubmitButton pendingLabel={t('site.oneMoment')}>{t('home.offerYes')}</SubmitButton>
              </ActionForm>
              <ActionForm action={answerOffer} hidden={{ answer: 'later' }}>
                <SubmitButton variant="secondary" pendingLabel={t('home.offerLatering')}>
                  {t('home.offerLater')}
                </SubmitButton>
              </ActionForm>
            </div>
          </Panel>
        ) : null}
        {enrolled && recoveryCodesLeft <= RECOVERY_CODES_LOW ? (
          <Notice tone="warning" title={t('home.codesLow', { count: recoveryCodesLeft })}>
            <Link href={`${home}/account/recovery-codes`}>{t('home.codesRenew')}</Link>
          </Notice>
        ) : null}
        <Panel title={t('home.accountCard')} titleId="account-card" lead={t('home.accountCardText')}>
          <div className="flex flex-col items-start gap-4">
            {enrolled || choice === 'free' ? <p>{enrolled ? t('home.mfaOn') : t('home.mfaOff')}</p> : null}
            <Button href={`${home}/account`} variant={offered ? 'secondary' : 'primary'}>
              {t('home.accountOpen')}
            </Button>
          </div>
        </Panel>
      </div>
    </PortalPage>
  );
}
