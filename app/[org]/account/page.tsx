import { AccountView, type AccountViewProps } from '@/components/account/account-view';
import type { MfaValues } from '@/components/account/mfa';
import type { PasswordValues } from '@/components/account/password';
import type { ProfileValues } from '@/components/account/profile';
import { nameOfAction } from '@/lib/actions/plain';
import { activityKey } from '@/lib/activity/model';
import type { Actor } from '@/lib/actors/model';
import { wayOf } from '@/lib/factors/model';
import { mfaChoice } from '@/lib/factors/service';
import { momentFor } from '@/lib/language/moment';
import { cityOf, timeZonesIn } from '@/lib/language/time-zones';
import { sentence, translator } from '@/lib/language/translate';
import { loadOwnRequirements } from '@/lib/passwords/service';
import type { PasswordRequirements } from '@/lib/passwords/rules';
import { loadOwnAccount, type OwnAccount } from '@/lib/profile/service';
import { listOwnIdentities } from '@/lib/external/own';
import { currentActor, type SignedIn } from '@/lib/sessions/current';
import { signOut } from '../actions';
import { askedPasskey, proofField } from '../factor-proof';
import { newPassword } from '../new-password';
import { initialsOf, pictureHref, portalFrame } from '../portal-page';
import { changePassword, changePicture, changeProfile, removePicture, switchMfa } from './actions';
import { devices, fromAddress, sessions } from './browsers';
import { emailSection } from './email-section';
import { factorList } from './factor-list';
import { identitiesSection } from './identities-section';

/** What a page says of an act that led back to it: a word in the address, never a sentence. */
const DONE = {
  saved: 'site.saved',
  on: 'account.onDone',
  off: 'account.offDone',
  ended: 'account.sessionEnded',
  password: 'account.passwordChanged',
  'email-sent': 'account.emailSent',
  'email-cancelled': 'account.emailCancelled',
  email: 'account.emailConfirmed',
  forgotten: 'account.deviceForgotten',
  added: 'factors.added',
  removed: 'factors.removed',
  renamed: 'factors.renamed',
  distrusted: 'account.deviceDistrusted',
} as const;

export default async function AccountPage({ params, searchParams }: PageProps<'/[org]/account'>) {
  const [{ org }, { done, identity }] = await Promise.all([params, searchParams]);
  const signedIn = await currentActor(org, '/[org]/account');
  const { actor } = signedIn;
  const [own, requirements, identities] = await Promise.all([
    loadOwnAccount(actor),
    loadOwnRequirements(actor),
    listOwnIdentities(actor),
  ]);
  const t = translator(actor.locale);
  const outcome = Object.entries(DONE).find(([word]) => word === done);
  // Their provider knows their password, and there is none here to change (MFA-3).
  const external = signedIn.authenticator.type !== 'system';
  return (
    <AccountView
      frame={portalFrame({ actor, title: t('account.title'), current: 'account' })}
      title={t('account.title')}
      signOut={{ action: nameOfAction(signOut), label: t('account.signOut') }}
      sectionsLabel={t('account.sections')}
      outcome={outcome ? t(outcome[1]) : null}
      mfa={mfa(signedIn, own)}
      profile={profile(actor, own)}
      password={external ? null : password(actor, requirements)}
      identities={identities.length === 0 ? null : identitiesSection(actor, identities, identity)}
      sessions={sessions(actor, own.sessions)}
      devices={devices(actor, own.devices)}
      activity={activity(signedIn, own)}
      data={{
        title: t('account.data'),
        lead: t('account.dataLead'),
        href: `/${actor.organisation.slug}/account/data`,
        open: t('account.dataOpen'),
      }}
    />
  );
}

function mfa({ actor, settings, authenticator }: SignedIn, own: OwnAccount): MfaValues {
  const { organisation, account, locale } = actor;
  const t = translator(locale);
  const title = t('account.mfa');
  const enrolled = account.factorKinds.length > 0;
  const choice = mfaChoice(actor, settings, authenticator);
  if (choice === 'unavailable' && authenticator.type !== 'system') {
    return { title, byProvider: t('account.mfaByProvider') };
  }
  const on = choice === 'locked-on' || (choice === 'free' && enrolled);
  return {
    title,
    action: switchMfa,
    on,
    label: t('account.mfaSwitch'),
    state: on ? t('account.mfaOn') : t('account.mfaOff'),
    hint: choice === 'unavailable' ? null : t(`account.mfaHints.${wayOf(account.factorKinds)}`),
    locked:
      choice === 'locked-on'
        ? t('account.mfaLocked', { organisation: organisation.name })
        : choice === 'unavailable'
          ? t('account.mfaUnavailable', { organisation: organisation.name })
          : null,
    factors: enrolled && choice !== 'unavailable' ? factorList(actor, own.factors, choice) : null,
  };
}

function profile(actor: Actor, own: OwnAccount): ProfileValues {
  const { organisation, account, locale } = actor;
  const t = translator(locale);
  const href = pictureHref(actor) ?? null;
  return {
    title: t('account.profile'),
    action: changeProfile,
    firstName: account.firstName,
    lastName: account.lastName,
    language: account.locale ?? '',
    zone: {
      label: t('account.timeZone'),
      defaultValue: account.timeZone ?? '',
      zones: timeZonesIn(locale),
      parts: { near: t('site.zonesNear'), far: t('site.zonesFar') },
      unset: t('account.timeZoneOrganisation', { city: cityOf(organisation.timeZone) }),
    },
    words: {
      firstName: t('account.firstName'),
      lastName: t('account.lastName'),
      language: t('account.language'),
      languageAuto: t('account.languageAuto'),
      french: t('account.french'),
      english: t('account.english'),
      save: t('site.save'),
      saving: t('site.saving'),
      saveProfile: t('account.saveProfile'),
    },
    email: emailSection(actor, own.pendingEmail),
    picture: {
      href,
      initials: initialsOf(actor),
      change: { action: changePicture, label: t('account.pictureSave'), pending: t('account.pictureSaving') },
      remove:
        href === null
          ? null
          : { action: removePicture, label: t('account.pictureRemove'), pending: t('account.pictureRemoving') },
      words: {
        alt: t('account.pictureAlt'),
        label: t('account.picture'),
        hint: t('account.pictureHint'),
        choose: t('site.chooseFile'),
        none: t('site.noFile'),
      },
    },
  };
}

function password(actor: Actor, requirements: PasswordRequirements): PasswordValues {
  const { account, locale } = actor;
  const t = translator(locale);
  const code = { label: t('account.yourCode'), hint: t('account.offCodeHint') };
  return {
    title: t('account.password'),
    lead: t('account.passwordLead'),
    action: changePassword,
    email: account.email,
    next: newPassword({ locale, requirements }),
    factor:
      account.factorKinds.length === 0
        ? null
        : wayOf(account.factorKinds) === 'code'
          ? { digits: true, ...code }
          : proofField({ actor, ...code, required: false }),
    passkey: askedPasskey(actor),
    words: {
      current: t('account.currentPassword'),
      showCurrent: t('account.showCurrent'),
      submit: t('account.changePassword'),
      submitting: t('account.changingPassword'),
    },
  };
}

/** What happened to the account of late, in words, so that its owner sees what was not them (SELF-1). */
function activity({ actor, authenticator }: SignedIn, own: OwnAccount): AccountViewProps['activity'] {
  const t = translator(actor.locale);
  return {
    title: t('account.activity'),
    lead: t(authenticator.type === 'system' ? 'account.activityLead' : 'account.activityLeadProvider'),
    events: own.activity.map((event) => ({
      what: sentence(actor.locale, `activity.${activityKey(event)}`),
      when: [
        momentFor(actor, event.at),
        event.by === 'self' ? fromAddress(actor, event.address) : t(`account.activityBy.${event.by}`),
      ]
        .filter((part) => part !== null)
        .join(' · '),
    })),
  };
}
