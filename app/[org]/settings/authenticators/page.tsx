import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { DataTable } from '@/components/ui/data-table';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { listAuthenticators } from '@/lib/authenticators/service';
import { REGIONAL } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';
import { currentActor } from '@/lib/sessions/current';
import { PendingChange } from '../pending-change';
import { SettingsPage } from '../settings-page';
import { STATE_TONES } from './words';

const DONE = ['deactivated', 'default', 'removed', 'kept', 'taken-back'] as const;

export default async function AuthenticatorsPage({
  params,
  searchParams,
}: PageProps<'/[org]/settings/authenticators'>) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/authenticators');
  const done = DONE.find((word) => word === query['done']);
  const authenticators = await listAuthenticators(actor);
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/authenticators`;
  return (
    <SettingsPage
      actor={actor}
      section="authenticators"
      lead={t('authenticators.lead')}
      actions={
        <>
          <Button href={`${room}/move`}>{t('authenticators.move')}</Button>
          <Button variant="primary" href={`${room}/new`}>
            {t('authenticators.new')}
          </Button>
        </>
      }
    >
      {done ? <Notice tone="success">{t(`authenticators.done.${done}`)}</Notice> : null}
      <PendingChange actor={actor} subject="authenticators" />
      <DataTable
        caption={t('authenticators.title')}
        columns={[
          { key: 'name', label: t('authenticators.name'), heading: true },
          { key: 'type', label: t('authenticators.type') },
          { key: 'state', label: t('authenticators.state') },
          { key: 'served', label: t('authenticators.served'), numeric: true },
          { key: 'locations', label: t('authenticators.locations') },
        ]}
        rows={authenticators.map((one) => ({
          id: one.id,
          cells: {
            name: (
              <span className="flex flex-wrap items-center gap-2">
                <Link href={`${room}/${one.id}`} className="-my-2.5 font-semibold break-words">
                  {one.name}
                </Link>
                {one.isDefault ? <Badge>{t('authenticators.default')}</Badge> : null}
              </span>
            ),
            type: t(`authenticators.types.${one.type}.label`),
            state: <Badge tone={STATE_TONES[one.state]}>{t(`authenticators.states.${one.state}`)}</Badge>,
            served: one.served.toLocaleString(REGIONAL[actor.locale]),
            locations: one.locations.length === 0 ? t('authenticators.everywhere') : one.locations.join(', '),
          },
        }))}
        empty={null}
      />
    </SettingsPage>
  );
}
