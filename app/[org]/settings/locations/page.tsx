import { ActionForm, FormField, FormSelect } from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { DataTable } from '@/components/ui/data-table';
import { EmptyState } from '@/components/brand/empty-state';
import { Link } from '@/components/ui/link';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { clockOf } from '@/lib/language/moment';
import { translator } from '@/lib/language/translate';
import type { ExceptionView, LocationView } from '@/lib/locations/model';
import { previewFilter } from '@/lib/locations/effect/service';
import { listPlaces, type FilterInput } from '@/lib/locations/service';
import type { AccountKind } from '@/lib/policy/decision';
import { currentActor } from '@/lib/sessions/current';
import { PendingChange } from '../pending-change';
import { SettingsPage } from '../settings-page';
import { endOneException, except } from './actions';
import { FilterForm, readFilter, type FilterQuery } from './filter-form';

const KINDS = ['employee', 'parent', 'external'] as const satisfies readonly AccountKind[];
const DONE = [
  'removed',
  'filter',
  'filter-removed',
  'excepted',
  'excepted-own',
  'exception-ended',
  'kept',
  'taken-back',
] as const;

export default async function LocationsPage({ params, searchParams }: PageProps<'/[org]/settings/locations'>) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const { done } = query;
  const { actor } = await currentActor(org, '/[org]/settings/locations');
  const draft = readFilterDraft(query);
  const [{ locations, filters, exceptions, here }, effect] = await Promise.all([
    listPlaces(actor),
    draft === null ? null : previewFilter(actor, { kind: draft.kind }, draft.filter),
  ]);
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/locations`;
  const outcome = DONE.find((word) => word === done);
  const holding = locations.filter(({ id }) => here.locationIds.includes(id)).map(({ name }) => name);
  return (
    <SettingsPage
      actor={actor}
      section="locations"
      lead={t('places.lead')}
      actions={
        <Button variant="primary" href={`${room}/new`}>
          {t('places.new')}
        </Button>
      }
    >
      {outcome ? <Notice tone="success">{t(`places.done_${outcome}`)}</Notice> : null}
      <PendingChange actor={actor} subject="places" />
      <Notice>
        <p>{here.address === null ? t('places.hereUnknown') : t('places.here', { address: here.address })}</p>
        <p className="text-quiet">
          {holding.length > 0 ? t('places.hereInside', { places: holding.join(', ') }) : t('places.hereNowhere')}
        </p>
      </Notice>
      <DataTable
        caption={t('places.list')}
        columns={[
          { key: 'name', label: t('places.name'), heading: true },
          { key: 'rules', label: t('places.rules') },
          { key: 'limits', label: t('places.limits') },
        ]}
        rows={locations.map((location) => ({
          id: location.id,
          cells: {
            name: (
              <span className="flex flex-wrap items-center gap-2">
                <Link href={`${room}/${location.id}`} className="-my-2.5 font-semibold break-words">
                  {location.name}
                </Link>
                {location.isDefault ? <Badge>{t('places.default')}</Badge> : null}
                {location.isRemote ? <Badge>{t('places.remote')}</Badge> : null}
              </span>
            ),
            rules: t('places.ruleCount', { count: location.rules.length }),
            limits: limitsOf(location, t),
          },
        }))}
        empty={
          <EmptyState title={t('places.emptyTitle')}>
            <p className="text-quiet">{t('places.emptyText')}</p>
          </EmptyState>
        }
      />
      <Panel title={t('places.filters')} titleId="filters" lead={t('places.filtersText')}>
        <div className="flex flex-col divide-y divide-line">
          {KINDS.map((kind) => (
            <FilterForm
              key={kind}
              actor={actor}
              subject={kind}
              title={t(`places.kind_${kind}`)}
              filter={filters.find(({ subject }) => 'kind' in subject && subject.kind === kind) ?? null}
              locations={locations.filter(({ rules }) => rules.length > 0)}
              tried={draft?.kind === kind && effect !== null ? { filter: draft.filter, effect } : null}
            />
          ))}
        </div>
      </Panel>
      <Exceptions actor={actor} exceptions={exceptions} />
    </SettingsPage>
  );
}

/** A filter that somebody wishes to see the effect of, as it stands in the address; null: none that fits. */
function readFilterDraft(query: FilterQuery): { kind: AccountKind; filter: FilterInput } | null {
  const kind = KINDS.find((one) => one === query['see']);
  const filter = readFilter(query);
  return kind !== undefined && filter !== null ? { kind, filter } : null;
}

function limitsOf({ filters }: LocationView, t: ReturnType<typeof translator>): string {
  const names = filters.map(({ subject }) =>
    'kind' in subject ? t(`places.kind_${subject.kind}`) : subject.authenticatorName,
  );
  return names.length === 0 ? '—' : names.join(', ');
}

const LASTING = { hour: 60, day: 1_440, week: 10_080, fortnight: 20_160 } as const;

function Exceptions({ actor, exceptions }: { actor: Actor; exceptions: readonly ExceptionView[] }) {
  const t = translator(actor.locale);
  const format = clockOf(actor, { dateStyle: 'long', timeStyle: 'short' });
  return (
    <Panel title={t('places.exceptions')} titleId="exceptions" lead={t('places.exceptionsText')}>
      <div className="flex flex-col gap-6">
        {exceptions.length === 0 ? (
          <p className="text-quiet">{t('places.exceptionsNone')}</p>
        ) : (
          <ul className="divide-y divide-line">
            {exceptions.map((exception) => (
              <li key={exception.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
                <span className="min-w-0">
                  <span className="block font-semibold break-words">{exception.name}</span>
                  <span className="block text-sm text-quiet break-words">
                    {t('places.until', { date: format.format(exception.endsAt) })}
                    {exception.own
                      ? ` · ${t('places.own')}`
                      : exception.grantedBy === null
                        ? ''
                        : ` · ${t('places.by', { name: exception.grantedBy })}`}
                    {` · ${exception.reason}`}
                  </span>
                </span>
                <ActionForm action={endOneException} hidden={{ exception: exception.id }}>
                  <SubmitButton
                    variant="secondary"
                    pendingLabel={t('site.oneMoment')}
                    aria-label={t('places.endOf', { name: exception.name })}
                  >
                    {t('places.end')}
                  </SubmitButton>
                </ActionForm>
              </li>
            ))}
          </ul>
        )}
        <ActionForm action={except} className="max-w-measure">
          <FormField name="person" label={t('places.person')} maxLength={254} autoComplete="off" required />
          <FormField id="exception-reason" name="reason" label={t('places.reason')} maxLength={500} required />
          <FormSelect name="minutes" label={t('places.lasting')} defaultValue="1440">
            {(Object.keys(LASTING) as (keyof typeof LASTING)[]).map((word) => (
              <option key={word} value={LASTING[word]}>
                {t(`places.${word}`)}
              </option>
            ))}
          </FormSelect>
          <SubmitButton variant="secondary" className="self-start" pendingLabel={t('site.oneMoment')}>
            {t('places.grant')}
          </SubmitButton>
        </ActionForm>
      </div>
    </Panel>
  );
}
