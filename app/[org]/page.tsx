import { phoneOf } from '@/components/enrolment/phone-kind';
import { HomeView, type NextStepValues } from '@/components/home/home-view';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import type { Actor } from '@/lib/actors/model';
import { countWaitingDevices } from '@/lib/device-approval/service';
import { mfaChoice } from '@/lib/factors/service';
import { RECOVERY_CODES_LOW, wayOf } from '@/lib/factors/model';
import { guessPhone } from '@/lib/enrolment/model';
import { countRequests } from '@/lib/reset-requests/service';
import { clockOf } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { answerOffer } from './actions';
import { portalFrame } from './portal-page';
import { PendingChange } from './settings/pending-change';
import { sectionHref, sectionsFor } from './settings/sections';

export default async function HomePage({ params }: PageProps<'/[org]'>) {
  const signedIn = await currentActor((await params).org, '/[org]');
  const { actor } = signedIn;
  const { organisation, account, locale } = actor;
  const t = translator(locale);
  const rooms = `/${organisation.slug}/account`;
  const [settings] = sectionsFor(actor.permissions);
  return (
    <HomeView
      frame={portalFrame({ actor, title: t('site.home'), current: 'home' })}
      title={t('home.title', { name: account.firstName })}
      lead={t('home.lead', { organisation: organisation.name })}
      phone={phoneOf(guessPhone(actor.origin.userAgent))}
      next={nextStepOf(signedIn)}
      rooms={{
        title: settings ? t('home.rooms') : t('account.title'),
        doors: [
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
          ...(settings
            ? [
                {
                  href: sectionHref(organisation.slug, settings),
                  icon: 'settings' as const,
                  title: t('settings.title'),
                  children: t('home.settingsText'),
                },
              ]
            : []),
        ],
      }}
    >
      {signedIn.decision.reasons.includes('network.warned') ? (
        <Notice tone="warning" title={t('home.outsideTitle')}>
          {t('home.outsideText', { address: actor.origin.address ?? '—' })}
        </Notice>
      ) : null}
      {actor.permissions.has('options.manage') ? <PendingChange actor={actor} subject="options" /> : null}
      {actor.permissions.has('locations.manage') ? <PendingChange actor={actor} subject="places" /> : null}
      {actor.permissions.has('mfa.reset') || actor.permissions.has('devices.manage') ? <Waiting actor={actor} /> : null}
    </HomeView>
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

/** The one thing to do next, or the word that nothing is left to do; null where there is nothing to say. */
function nextStepOf({
  actor,
  settings,
  decision,
  authenticator,
}: Awaited<ReturnType<typeof currentActor>>): NextStepValues | null {
  const { organisation, account, locale } = actor;
  const t = translator(locale);
  const rooms = `/${organisation.slug}/account`;
  const enrolled = account.factorKinds.length > 0;
  const choice = mfaChoice(actor, settings, authenticator);
  const toAccount = { href: `${rooms}#mfa`, label: t('home.accountOpen') };
  const toEnrolment = { href: `${rooms}/enrol`, label: t('home.offerYes') };

  if (account.factorKinds.includes('set-aside') && choice !== 'unavailable') {
    return {
      tone: 'warning',
      title: t('home.setAside'),
      text: t('home.setAsideText'),
      picture: 'code',
      ways: { ...toAccount, loud: true },
    };
  }
  const card = account.factorKinds.includes('card');
  if (enrolled && account.recoveryCodesLeft <= RECOVERY_CODES_LOW) {
    return {
      tone: 'warning',
      title: t(card ? 'home.cardLow' : 'home.codesLow', { count: account.recoveryCodesLeft }),
      text: t(card ? 'home.cardLowText' : 'home.codesLowText'),
      picture: 'recovery-codes',
      ways: { href: `${rooms}/recovery-codes`, label: t('home.codesRenew'), loud: true },
    };
  }
  if (enrolled && choice !== 'unavailable') {
    const left = t(card ? 'home.cardLeft' : 'home.codesLeft', { count: account.recoveryCodesLeft });
    return {
      tone: 'success',
      title: t('home.mfaOn'),
      text: `${t(`account.mfaHints.${wayOf(account.factorKinds)}`)} ${left}`,
      picture: 'phone',
      ways: { ...toAccount, loud: false },
    };
  }
  if (decision.graceUntil !== null) {
    const date = clockOf(actor, { dateStyle: 'long' }).format(decision.graceUntil);
    return {
      tone: 'warning',
      title: t('home.offerTitle'),
      text: t('home.postponed', { date: date.replaceAll(' ', '\u00a0') }),
      picture: 'code',
      ways: { ...toEnrolment, loud: true },
    };
  }
  if (choice !== 'free') return null;
  if (account.enrolmentOfferAnsweredAt === null) {
    return {
      title: t('home.offerTitle'),
      text: t('home.offerText'),
      picture: 'code',
      ways: {
        action: answerOffer,
        yes: { label: t('home.offerYes'), pending: t('site.oneMoment') },
        later: { label: t('home.offerLater'), pending: t('home.offerLatering') },
      },
    };
  }
  return {
    title: t('home.mfaOff'),
    text: t('home.mfaOffText'),
    picture: 'code',
    ways: { ...toEnrolment, loud: false },
  };
}
