import { z } from 'zod';
import { Notice } from '@/components/ui/notice';
import { Pager } from '@/components/ui/pager';
import { listManagedDevices } from '@/lib/device-approval/service';
import { devicesPath } from '@/lib/device-approval/waiting';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { SettingsPage } from '../settings-page';
import { Device } from './device';

/** The browsers that people sign in with: those that wait first (LOC-6). */
export default async function DevicesPage({ params, searchParams }: PageProps<'/[org]/settings/devices'>) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/devices');
  const after = z.uuid().safeParse(query['after']).data ?? null;
  const { waiting, settled, next } = await listManagedDevices(actor, after);
  const t = translator(actor.locale);
  const done = z.enum(['approved', 'revoked', 'named', 'distrusted']).safeParse(query['done']).data;
  return (
    <SettingsPage actor={actor} section="devices" lead={t('devices.lead')}>
      {done === undefined ? null : <Notice tone="success">{t(`devices.${done}`)}</Notice>}
      {after === null ? (
        <section aria-labelledby="waiting" className="flex flex-col gap-4">
          <h2 id="waiting" className="text-lg font-semibold">
            {t('devices.waiting')}
          </h2>
          {waiting.length === 0 ? (
            <p className="text-quiet">{t('devices.noneWaiting')}</p>
          ) : (
            <ul className="flex flex-col gap-4">
              {waiting.map((device) => (
                <li key={device.id}>
                  <Device actor={actor} device={device} />
                </li>
              ))}
            </ul>
          )}
        </section>
      ) : null}
      <section aria-labelledby="settled" className="flex flex-col gap-4">
        <h2 id="settled" className="text-lg font-semibold">
          {t('devices.settled')}
        </h2>
        {settled.length === 0 ? (
          <p className="text-quiet">{t('devices.none')}</p>
        ) : (
          <ul className="flex flex-col gap-4">
            {settled.map((device) => (
              <li key={device.id}>
                <Device actor={actor} device={device} />
              </li>
            ))}
          </ul>
        )}
      </section>
      <Pager
        label={t('devices.pages')}
        previous={null}
        next={
          next === null
            ? null
            : { href: `${devicesPath(actor.organisation.slug)}?after=${next}`, label: t('devices.next') }
        }
      />
    </SettingsPage>
  );
}
