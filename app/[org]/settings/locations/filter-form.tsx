import { ActionForm, FormCheckbox, FormGroupError, FormSelect } from '@/components/ui/action-form';
import { Badge } from '@/components/ui/badge';
import { Icon } from '@/components/ui/icon';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import type { Actor } from '@/lib/actors/model';
import { translator } from '@/lib/language/translate';
import { REPLAYED_DAYS, type Crowd, type FilterEffect } from '@/lib/locations/effect/model';
import type { FilterView, LocationView } from '@/lib/locations/model';
import { filterInput, type FilterInput } from '@/lib/locations/service';
import { removeFilter, saveOneFilter } from './actions';

export type FilterQuery = Readonly<Record<string, string | string[] | undefined>>;

/** What somebody wishes to see the effect of, as it stands in the address; null: nothing that fits. */
export function readFilter(query: FilterQuery): FilterInput | null {
  const read = filterInput.safeParse({ ...query, locationIds: [query['at'] ?? []].flat() });
  return read.success ? read.data : null;
}

/** What one kind of account, or one authenticator, requires: closed, it says in words what is in force. */
export function FilterForm({
  actor,
  subject,
  title,
  filter,
  locations,
  tried,
  open = false,
}: {
  actor: Actor;
  /** A kind of account, or the id of an authenticator. */
  subject: string;
  title: string;
  filter: FilterView | null;
  locations: readonly LocationView[];
  /** What is not saved yet, and whom it would meet. */
  tried: { readonly filter: FilterInput; readonly effect: FilterEffect } | null;
  /** Open from the start, where it is all that the page is about. */
  open?: boolean;
}) {
  const t = translator(actor.locale);
  const names = locations.filter(({ id }) => filter?.locationIds.includes(id)).map(({ name }) => name);
  const shown = tried?.filter ?? filter;
  return (
    <details id={`filter-${subject}`} open={open || tried !== null} className="group py-2">
      <summary className="flex min-h-11 cursor-pointer list-none items-start gap-2 rounded-field py-2 hover:bg-wash [&::-webkit-details-marker]:hidden">
        <Icon name="forward" className="mt-0.5 text-quiet transition-transform group-open:rotate-90" />
        <span className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <span className="font-semibold">{title}</span>
          {filter === null ? (
            <span className="text-quiet">{t('places.filterNone')}</span>
          ) : (
            <>
              <Badge tone={filter.paused ? 'plain' : filter.mode === 'block' ? 'warning' : 'plain'}>
                {filter.paused ? t('places.pausedBadge') : t(`places.mode_${filter.mode}`)}
              </Badge>
              <span className="text-quiet">{names.join(', ')}</span>
            </>
          )}
        </span>
      </summary>
      {locations.length === 0 ? (
        <p className="pt-2 pb-4 text-quiet">{t('places.needLocation')}</p>
      ) : (
        <div className="flex flex-col gap-4 pt-2 pb-4">
          <ActionForm action={saveOneFilter} hidden={{ subject }} className="max-w-measure">
            <fieldset className="flex flex-col gap-2">
              <legend className="mb-2 font-medium">{t('places.locations')}</legend>
              {locations.map((location, place) => (
                <FormCheckbox
                  key={location.id}
                  id={`${subject}-${location.id}`}
                  name={`at${place}`}
                  value={location.id}
                  label={location.name}
                  defaultChecked={shown?.locationIds.includes(location.id)}
                />
              ))}
              <FormGroupError name="locations" />
            </fieldset>
            <FormSelect
              id={`${subject}-mode`}
              name="mode"
              label={t('places.mode')}
              defaultValue={shown?.mode ?? 'watch'}
              hint={(['watch', 'warn', 'block'] as const)
                .map((mode) => `${t(`places.mode_${mode}`)}\u00a0— ${t(`places.modeText_${mode}`)}`)
                .join(' ')}
            >
              {(['watch', 'warn', 'block'] as const).map((mode) => (
                <option key={mode} value={mode}>
                  {t(`places.mode_${mode}`)}
                </option>
              ))}
            </FormSelect>
            <FormSelect
              id={`${subject}-applies`}
              name="applies"
              label={t('places.applies')}
              defaultValue={shown?.applies ?? 'request'}
            >
              {(['request', 'sign-in'] as const).map((moment) => (
                <option key={moment} value={moment}>
                  {t(`places.applies_${moment}`)}
                </option>
              ))}
            </FormSelect>
            <FormCheckbox
              id={`${subject}-paused`}
              name="paused"
              label={t('places.paused')}
              defaultChecked={shown?.paused}
            />
            {tried === null ? null : <Effect actor={actor} {...tried} />}
            <div className="flex flex-wrap gap-3">
              <SubmitButton name="button" value="save" pendingLabel={t('site.saving')}>
                {t('places.saveFilter')}
              </SubmitButton>
              <SubmitButton variant="secondary" name="button" value="see" pendingLabel={t('site.oneMoment')}>
                {t('places.see')}
              </SubmitButton>
            </div>
          </ActionForm>
          {filter === null ? null : (
            <ActionForm action={removeFilter} hidden={{ subject }}>
              <SubmitButton variant="secondary" className="self-start" pendingLabel={t('site.oneMoment')}>
                {t('places.removeFilter')}
              </SubmitButton>
            </ActionForm>
          )}
        </div>
      )}
    </details>
  );
}

/** Whom a filter would meet, before it is saved (GUARD-3). */
function Effect({ actor, filter, effect }: { actor: Actor; filter: FilterInput; effect: FilterEffect }) {
  const t = translator(actor.locale);
  const { mode, paused } = filter;
  return (
    <Notice
      tone={mode === 'block' && effect.open.total + effect.past.total > 0 ? 'warning' : 'info'}
      role="status"
      title={paused ? t('places.effectPaused') : t(`places.effect_${mode}`)}
    >
      {paused ? null : (
        <>
          <Met actor={actor} crowd={effect.open} sentence={t('places.effectOpen', { count: effect.open.total })} />
          <Met
            actor={actor}
            crowd={effect.past}
            sentence={t('places.effectPast', {
              signIns: effect.past.signIns,
              of: effect.past.of,
              count: effect.past.total,
              refused: effect.past.refused,
              days: REPLAYED_DAYS,
            })}
          />
        </>
      )}
    </Notice>
  );
}

function Met({ actor, crowd: { total, names }, sentence }: { actor: Actor; crowd: Crowd; sentence: string }) {
  const more = total - names.length;
  const listed = more > 0 ? [...names, translator(actor.locale)('places.effectMore', { count: more })] : names;
  return (
    <p className="mt-2">
      {sentence}
      {total === 0 ? null : (
        <span className="block text-quiet break-words">
          {new Intl.ListFormat(actor.locale, { type: 'conjunction' }).format(listed)}
        </span>
      )}
    </p>
  );
}
