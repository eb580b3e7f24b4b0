import type { DeviceAnswers, DeviceValues, DeviceWords } from '@/components/devices/devices-view';
import type { Actor } from '@/lib/actors/model';
import type { ManagedDevice } from '@/lib/device-approval/model';
import type { Locale } from '@/lib/language/locale';
import { momentFor } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import { describeUserAgent } from '@/lib/sessions/user-agent';

/** What the page says of every browser alike. */
export function deviceWords(locale: Locale): DeviceWords {
  const t = translator(locale);
  return {
    states: {
      waiting: { label: t('devices.states.waiting'), tone: 'warning' },
      approved: { label: t('devices.states.approved'), tone: 'success' },
      revoked: { label: t('devices.states.revoked'), tone: 'danger' },
    },
    current: t('devices.current'),
    from: t('devices.from'),
    asked: t('devices.asked'),
    first: t('devices.first'),
    last: t('devices.last'),
    trusted: t('devices.trusted'),
    approve: t('devices.approve'),
    refuse: t('devices.refuse'),
    nameIt: t('devices.nameIt'),
    changeName: t('devices.changeName'),
    nameLabel: t('devices.nameLabel'),
    saveName: t('devices.saveName'),
    distrust: t('devices.distrust'),
    letIn: t('devices.letIn'),
    revoke: t('devices.revoke'),
    notYours: t('devices.notYours'),
    pending: t('site.oneMoment'),
  };
}

/** Whose browser, which one, from where and when, and what may be done about it. */
export function deviceValues(actor: Actor, device: ManagedDevice): DeviceValues {
  const t = translator(actor.locale);
  const agent = describeUserAgent(device.userAgent);
  const browser = t('account.sessionOn', {
    browser: agent.browser ?? t('account.unknownBrowser'),
    system: agent.system ?? t('account.unknownSystem'),
  });
  const { id, state, person, email, name, current, trustedUntil } = device;
  return {
    id,
    state,
    person,
    email,
    name,
    called: name === '' ? browser : `${name} (${browser})`,
    ...(current ? { current } : {}),
    address: device.address ?? t('devices.unknownAddress'),
    first: momentFor(actor, device.firstSeenAt),
    ...(state === 'waiting' ? {} : { last: momentFor(actor, device.lastSeenAt) }),
    ...(trustedUntil === null ? {} : { trustedUntil: momentFor(actor, trustedUntil) }),
    ...(device.mayAnswer ? { answers: answersTo(actor.locale, device, name === '' ? browser : name) } : {}),
  };
}

/** What is heard of each button says of which browser it is, and whose. */
function answersTo(locale: Locale, device: ManagedDevice, called: string): DeviceAnswers {
  const t = translator(locale);
  const of = { device: called, name: device.person };
  if (device.state === 'waiting') {
    return {
      call: t('devices.call', { name: device.person }),
      spoken: { approve: t('devices.approveOf', of), refuse: t('devices.refuseOf', of) },
    };
  }
  return {
    spoken: {
      fold: t(device.name === '' ? 'devices.nameItOf' : 'devices.changeNameOf', of),
      nameLabel: t('devices.nameLabelOf', of),
      saveName: t('devices.saveNameOf', of),
      ...(device.trustedUntil === null ? {} : { distrust: t('devices.distrustOf', of) }),
      ...(device.state === 'revoked'
        ? { letIn: t('devices.letInOf', of) }
        : device.current
          ? {}
          : { revoke: t('devices.revokeOf', of) }),
    },
  };
}
