import { z } from 'zod';
import { DevicesView } from '@/components/devices/devices-view';
import { DEVICE_NAME_MAX } from '@/lib/device-approval/model';
import { listManagedDevices } from '@/lib/device-approval/service';
import { devicesPath } from '@/lib/device-approval/waiting';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { settingsFrame } from '../settings-page';
import { approve, distrust, rename, revoke } from './actions';
import { deviceValues, deviceWords } from './words';

/** The browsers that people sign in with: those that wait first (LOC-6). */
export default async function DevicesPage({ params, searchParams }: PageProps<'/[org]/settings/devices'>) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/devices');
  const after = z.uuid().safeParse(query['after']).data ?? null;
  const { waiting, settled, next } = await listManagedDevices(actor, after);
  const t = translator(actor.locale);
  const done = z.enum(['approved', 'revoked', 'named', 'distrusted']).safeParse(query['done']).data;
  return (
    <DevicesView
      frame={settingsFrame({ actor, section: 'devices' })}
      lead={t('devices.lead')}
      done={done === undefined ? null : t(`devices.${done}`)}
      waiting={
        after === null
          ? {
              title: t('devices.waiting'),
              none: t('devices.noneWaiting'),
              devices: waiting.map((device) => deviceValues(actor, device)),
            }
          : null
      }
      settled={{
        title: t('devices.settled'),
        none: t('devices.none'),
        devices: settled.map((device) => deviceValues(actor, device)),
      }}
      words={deviceWords(actor.locale)}
      actions={{ approve, revoke, rename, distrust }}
      nameMax={DEVICE_NAME_MAX}
      pager={{
        label: t('devices.pages'),
        previous: null,
        next:
          next === null
            ? null
            : { href: `${devicesPath(actor.organisation.slug)}?after=${next}`, label: t('devices.next') },
      }}
    />
  );
}
