import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import type { Actor } from '@/lib/actors/model';
import type { AuthenticatorView } from '@/lib/authenticators/service';
import { translator } from '@/lib/language/translate';
import { previewFilter } from '@/lib/locations/effect/service';
import { listPlaces } from '@/lib/locations/service';
import { currentActor } from '@/lib/sessions/current';
import { FilterForm, readFilter, type FilterQuery } from '../../../locations/filter-form';
import { PendingChange } from '../../../pending-change';
import { authenticatorOf, AuthenticatorPage } from '../frame';

const DONE = ['filter', 'filter-removed'] as const;

export default async function AuthenticatorPlaces({
  params,
  searchParams,
}: PageProps<'/[org]/settings/authenticators/[id]/places'>) {
  const [{ org, id }, query] = await Promise.all([params, searchParams]);
  const { actor } = await currentActor(org, '/[org]/settings/authenticators/[id]/places');
  const view = await authenticatorOf(actor, id);
  const t = translator(actor.locale);
  const done = DONE.find((word) => word === query['done']);
  return (
    <AuthenticatorPage actor={actor} view={view} tab="places">
      {done ? <Notice tone="success">{t(`places.done_${done}`)}</Notice> : null}
      {actor.permissions.has('locations.manage') ? (
        <OwnFilter actor={actor} view={view} query={query} />
      ) : (
        <Panel title={t('authenticators.placesTitle')} titleId="filter">
          <p>{view.locations.length === 0 ? t('authenticators.everywhere') : view.locations.join(', ')}</p>
          <p className="text-quiet">{t('authenticators.placesNotYours')}</p>
        </Panel>
      )}
    </AuthenticatorPage>
  );
}

/** From where those whom it serves may come (LOC-3): the same filter as of a kind of account. */
async function OwnFilter({ actor, view, query }: { actor: Actor; view: AuthenticatorView; query: FilterQuery }) {
  const t = translator(actor.locale);
  const { id } = view.authenticator;
  const draft = query['see'] === id ? readFilter(query) : null;
  const [{ locations, filters, here }, effect] = await Promise.all([
    listPlaces(actor),
    draft === null ? null : previewFilter(actor, { authenticatorId: id }, draft),
  ]);
  return (
    <>
      <PendingChange actor={actor} subject="places" />
      <Notice>{here.address === null ? t('places.hereUnknown') : t('places.here', { address: here.address })}</Notice>
      <Panel title={t('authenticators.placesTitle')} titleId="filter" lead={t('authenticators.placesText')}>
        <FilterForm
          actor={actor}
          subject={id}
          title={view.authenticator.name}
          filter={filters.find(({ subject }) => 'authenticatorId' in subject && subject.authenticatorId === id) ?? null}
          locations={locations.filter(({ rules }) => rules.length > 0)}
          tried={draft !== null && effect !== null ? { filter: draft, effect } : null}
          open
        />
      </Panel>
    </>
  );
}
