import { CodeDrawing, PhoneDrawing, RecoveryCodesDrawing } from '@/components/enrolment/illustrations';
import { phoneOf } from '@/components/enrolment/phone-kind';
import { Rooms, Welcome } from '@/components/home/home-parts';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Invitation } from '@/components/ui/invitation';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { countWaitingDevices } from '@/lib/device-approval/service';
import { mfaChoice } from '@/lib/factors/service';
import { RECOVERY_CODES_LOW, wayOf } from '@/lib/factors/model';
import { REGIONAL } from '@/lib/language/locale';
import { guessPhone } from '@/lib/enrolment/model';
import { countRequests } from '@/lib/reset-requests/service';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { answerOffer } from './actions';
import { PortalPage } from './portal-page';
import { PendingChange } from './settings/pending-change';

export default async function HomePage({ params }: PageProps<'/[org]'>) {
  const signedIn = await currentActor((await params).org, '/[org]');
  const { actor } = signedIn;
  const { organisation, account, locale } = actor;
  const t = translator(locale);
  const rooms = `/${organisation.slug}/account`;
  return (
    <PortalPage
      actor={actor}
      title={t('site.home')}
      current="home"
      width="wide"
      hero={
        <Welcome
          title={t('home.title', { name: account.firstName })}
          lead={t('home.lead', { organisation: organisation.name })}
        />
      }
    >
      <div className="flex flex-col gap-8 sm:gap-10">
        {signedIn.decision.reasons.includes('network.warned') ? (
          <Notice tone="warning" title={t('home.outsideTitle')}>
            {t('home.outsideText', { address: actor.origin.address ?? '—' })}
          </Notice>
        ) : null}
        {actor.permissions.has('options.manage') ? <PendingChange actor={actor} subject="options" /> : null}
        {actor.permissions.has('locations.manage') ? <PendingChange actor={actor} subject="places" /> : null}
        {actor.permissions.has('mfa.reset') || actor.permissions.has('devices.manage') ? (
          <Waiting actor={actor} />
        ) : null}
        <NextStep {...signedIn} />
        <Rooms
          title={t('account.title')}
          doors={[
            { href: `${rooms}#profile`, icon: 'person', title: t('account.profile'), children: t('home.profileText') },
            // Whoever comes by a provider has no password here (MFA-3).
            ...(signedIn.authenticator.type === 'system'
              ? [
                  {
                    href: `${rooms}#password-section`,
                    icon: 'lock' as const,
                    title: t('account.password'),
                    children: t('home.passwordText'),
                  },
                ]
              : []),
            {
              href: `${rooms}#sessions`,
              icon: 'computer',
              title: t('account.sessions'),
              children: t('home.sessionsText'),
            },
          ]}
        />
      </div>
    </PortalPage>
  );
}

/** Who waits for an answer of the person: help with a factor (RESET-4), a new browser (LOC-6). */
async function Waiting({ actor }: { actor: Actor }) {
  const { permissions, organisation, locale } = actor;
  const [requests, browsers] = await Promise.all([
    permissions.has('mfa.reset') ? countRequests(actor) : 0,
    permissions.has('devices.manage') ? countWaitingDevices(actor) : 0,
  ]);
  if (requests + browsers === 0) return null;
  const t = translator(locale);
  const settings = `/${organisation.slug}/settings`;
  return (
    <Notice title={t('home.waitingTitle')}>
      <ul className="flex flex-col">
        {requests === 0 ? null : (
          <li>
            <Link href={`${settings}/requests`}>{t('home.requestsWaiting', { count: requests })}</Link>
          </li>
        )}
        {browsers === 0 ? null : (
          <li>
            <Link href={`${settings}/devices`}>{t('home.browsersWaiting', { count: browsers })}</Link>
          </li>
        )}
      </ul>
    </Notice>
  );
}

/** The one thing to do next, or the word that nothing is left to do. */
function NextStep({ actor, settings, decision, authenticator }: Awaited<ReturnType<typeof currentActor>>) {
  const { organisation, account, locale, origin } = actor;
  const t = translator(locale);
  const rooms = `/${organisation.slug}/account`;
  const enrolled = account.factorKinds.length > 0;
  const choice = mfaChoice(actor, settings, authenticator);
  const picture = 'h-auto w-full';
  const kind = phoneOf(guessPhone(origin.userAgent));
  const phone = <CodeDrawing kind={kind} className={picture} />;

  if (account.factorKinds.includes('set-aside') && choice !== 'unavailable') {
    return (
      <Invitation
        tone="warning"
        titleId="next"
        title={t('home.setAside')}
        picture={phone}
        actions={
          <Button variant="primary" href={`${rooms}#mfa`}>
            {t('home.accountOpen')}
          </Button>
        }
      >
        {t('home.setAsideText')}
      </Invitation>
    );
  }
  const card = account.factorKinds.includes('card');
  if (enrolled && account.recoveryCodesLeft <= RECOVERY_CODES_LOW) {
    return (
      <Invitation
        tone="warning"
        titleId="next"
        title={t(card ? 'home.cardLow' : 'home.codesLow', { count: account.recoveryCodesLeft })}
        picture={<RecoveryCodesDrawing className={picture} />}
        actions={
          <Button variant="primary" href={`${rooms}/recovery-codes`}>
            {t('home.codesRenew')}
          </Button>
        }
      >
        {t(card ? 'home.cardLowText' : 'home.codesLowText')}
      </Invitation>
    );
  }
  if (enrolled && choice !== 'unavailable') {
    return (
      <Invitation
        tone="success"
        titleId="next"
        title={t('home.mfaOn')}
        picture={<PhoneDrawing kind={kind} className={picture} />}
        actions={<Button href={`${rooms}#mfa`}>{t('home.accountOpen')}</Button>}
      >
        {t(`account.mfaHints.${wayOf(account.factorKinds)}`)}{' '}
        {t(card ? 'home.cardLeft' : 'home.codesLeft', { count: account.recoveryCodesLeft })}
      </Invitation>
    );
  }
  if (decision.graceUntil !== null) {
    return (
      <Invitation
        tone="warning"
        titleId="next"
        title={t('home.offerTitle')}
        picture={phone}
        actions={
          <Button variant="primary" href={`${rooms}/enrol`}>
            {t('home.offerYes')}
          </Button>
        }
      >
        {t('home.postponed', {
          date: new Intl.DateTimeFormat(REGIONAL[locale], {
            dateStyle: 'long',
            timeZone: account.timeZone ?? organisation.timeZone,
          })
            .format(decision.graceUntil)
            .replaceAll(' ', '\u00a0'),
        })}
      </Invitation>
    );
  }
  if (choice !== 'free') return null;
  if (account.enrolmentOfferAnsweredAt === null) {
    return (
      <Invitation
        titleId="next"
        title={t('home.offerTitle')}
        picture={phone}
        actions={
          <>
            <ActionForm action={answerOffer} hidden={{ answer: 'yes' }}>
              <SubmitButton pendingLabel={t('site.oneMoment')}>{t('home.offerYes')}</SubmitButton>
            </ActionForm>
            <ActionForm action={answerOffer} hidden={{ answer: 'later' }}>
              <SubmitButton variant="secondary" pendingLabel={t('home.offerLatering')}>
                {t('home.offerLater')}
              </SubmitButton>
            </ActionForm>
          </>
        }
      >
        {t('home.offerText')}
      </Invitation>
    );
  }
  return (
    <Invitation
      titleId="next"
      title={t('home.mfaOff')}
      picture={phone}
      actions={<Button href={`${rooms}/enrol`}>{t('home.offerYes')}</Button>}
    >
      {t('home.mfaOffText')}
    </Invitation>
  );
}
