import type { DevicesValues, SessionsValues } from '@/components/account/browsers';
import type { Actor } from '@/lib/actors/model';
import { REGIONAL, type Locale } from '@/lib/language/locale';
import { moment, momentFor, zoneOf } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import type { OwnAccount } from '@/lib/profile/service';
import { describeUserAgent } from '@/lib/sessions/user-agent';
import { distrustDevice, endOne, endOthers, forget } from './actions';

/** Where one is signed in, in words. */
export function sessions(actor: Actor, list: OwnAccount['sessions']): SessionsValues {
  const t = translator(actor.locale);
  return {
    title: t('account.sessions'),
    lead: t('account.sessionsLead'),
    list: list.map(({ id, userAgent, address, country, lastSeenAt, current }) => {
      const { name, phone } = browserOf(actor, userAgent);
      return {
        id,
        name,
        phone,
        from:
          address === null || country === null
            ? fromAddress(actor, address)
            : t('account.sessionFromPlace', { address, place: countryName(country, actor.locale) }),
        seen: t('account.sessionSeen', { date: momentFor(actor, lastSeenAt) }),
        endOf: current ? null : t('account.endSessionOf', { name }),
      };
    }),
    end: endOne,
    endOthers,
    words: {
      here: t('account.thisSession'),
      end: t('account.endSession'),
      ending: t('account.endingSession'),
      endOthers: t('account.endOthers'),
      endingOthers: t('account.endingOthers'),
    },
  };
}

/** The browsers that the account knows, in words. */
export function devices(actor: Actor, list: OwnAccount['devices']): DevicesValues {
  const { locale, now } = actor;
  const t = translator(locale);
  const day = (date: Date) => moment(date, locale, zoneOf(actor));
  return {
    title: t('account.devices'),
    lead: t('account.devicesLead'),
    list: list.map((device) => {
      const { name, phone } = browserOf(actor, device.userAgent);
      const [first, last] = [day(device.firstSeenAt), day(device.lastSeenAt)];
      return {
        id: device.id,
        name,
        phone,
        called: device.name,
        waiting: device.waiting,
        from: fromAddress(actor, device.address),
        seen: first === last ? t('account.deviceSeenOn', { date: last }) : t('account.deviceSeen', { first, last }),
        trusted:
          device.trustedUntil && device.trustedUntil > now
            ? {
                until: t('account.deviceTrusted', { date: day(device.trustedUntil) }),
                endOf: t('account.distrustDeviceOf', { name }),
              }
            : null,
        forgetOf: device.current ? null : t('account.forgetDeviceOf', { name }),
      };
    }),
    forget,
    distrust: distrustDevice,
    words: {
      here: t('account.thisDevice'),
      waiting: t('account.deviceWaiting'),
      forget: t('account.forgetDevice'),
      distrust: t('devices.distrust'),
      pending: t('site.oneMoment'),
    },
  };
}

function browserOf({ locale }: Actor, userAgent: string): { name: string; phone: boolean } {
  const t = translator(locale);
  const { browser, system } = describeUserAgent(userAgent);
  return {
    name: t('account.sessionOn', {
      browser: browser ?? t('account.unknownBrowser'),
      system: system ?? t('account.unknownSystem'),
    }),
    phone: system === 'iPhone' || system === 'Android',
  };
}

/** « Depuis 203.0.113.7 »; null: nobody knows from where. */
export const fromAddress = ({ locale }: Actor, address: string | null) =>
  address === null ? null : translator(locale)('account.sessionFrom', { address });

const countryName = (code: string, locale: Locale) =>
  new Intl.DisplayNames(REGIONAL[locale], { type: 'region' }).of(code) ?? code;
