import { OptionsGrid } from '@/components/options/options-grid';
import { ReviewDialog } from '@/components/options/review-dialog';
import { Notice } from '@/components/ui/notice';
import { translator } from '@/lib/language/translate';
import { draftQuery, drawnText, readDraft } from '@/lib/options/draft';
import { OPTION_KEYS } from '@/lib/options/registry';
import { loadOptionsGrid, reviewOptions } from '@/lib/options/service';
import { currentActor } from '@/lib/sessions/current';
import { PendingChange } from '../pending-change';
import { SettingsPage } from '../settings-page';
import { reviewChanges } from './actions';
import { Review } from './review';
import { optionRows } from './rows';

export default async function OptionsPage({ params, searchParams }: PageProps<'/[org]/settings/options'>) {
  const [{ org }, query] = await Promise.all([params, searchParams]);
  const { actor, session } = await currentActor(org, '/[org]/settings/options');
  const t = translator(actor.locale);
  const room = `/${actor.organisation.slug}/settings/options`;
  const draft = readDraft(query);
  const [grid, review] = await Promise.all([
    loadOptionsGrid(actor),
    draft !== null && query['review'] !== undefined ? reviewOptions(actor, session, draft) : null,
  ]);
  const search = typeof query['q'] === 'string' ? query['q'].slice(0, 100) : '';
  const counts = Array.from({ length: OPTION_KEYS.length + 1 }, (_, count) => count);
  const options = (
    <OptionsGrid
      action={reviewChanges}
      hidden={{ version: String(grid.version), drawn: drawnText(grid.options), q: search }}
      rows={optionRows(actor, grid, draft)}
      query={search}
      href={room}
      words={{
        caption: t('settings.sections.options'),
        search: t('optionsGrid.search'),
        searchLabel: t('optionsGrid.searchLabel'),
        name: t('optionsGrid.name'),
        description: t('optionsGrid.description'),
        value: t('optionsGrid.value'),
        lastChange: t('optionsGrid.lastChange'),
        never: t('optionsGrid.never'),
        none: t('optionsGrid.none'),
        save: t('site.save'),
        saving: t('site.oneMoment'),
        cancel: t('site.cancel'),
        bar: t('optionsGrid.bar'),
        changes: counts.map((count) => t('optionsGrid.changes', { count })),
        found: counts.map((count) => t('optionsGrid.found', { count })),
      }}
    />
  );
  const back = new URLSearchParams(draft === null ? '' : draftQuery(draft));
  if (search) back.set('q', search);
  return (
    <SettingsPage actor={actor} section="options" lead={t('optionsGrid.lead')}>
      <div className="flex gap-1 border-b border-line" role="list" aria-label={t('settings.title')}>
        <span
          role="listitem"
          aria-current="page"
          className="-mb-px flex min-h-11 items-center border-b-2 border-accent px-3 font-semibold text-accent"
        >
          {t('settings.system')}
        </span>
      </div>
      {query['done'] === 'saved' ? <Notice tone="success">{t('optionsGrid.saved')}</Notice> : null}
      {query['done'] === 'kept' ? <Notice tone="success">{t('changes.kept')}</Notice> : null}
      {query['done'] === 'taken-back' ? <Notice tone="success">{t('changes.takenBack')}</Notice> : null}
      <PendingChange actor={actor} subject="options" />
      {query['done'] === 'nothing' ? <Notice role="status">{t('optionsGrid.nothing')}</Notice> : null}
      {review !== null && review.changes.length > 0 ? (
        <ReviewDialog
          key={String(back)}
          title={t('optionsGrid.reviewTitle')}
          backHref={`${room}?${back}`}
          review={<Review actor={actor} review={review} backHref={`${room}?${back}`} />}
        >
          {options}
        </ReviewDialog>
      ) : (
        options
      )}
    </SettingsPage>
  );
}
