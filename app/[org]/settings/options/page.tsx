import { OptionsView } from '@/components/options/options-view';
import { translator } from '@/lib/language/translate';
import { draftQuery, drawnText, readDraft } from '@/lib/options/draft';
import { OPTION_KEYS } from '@/lib/options/registry';
import { loadOptionsGrid, reviewOptions } from '@/lib/options/service';
import { currentActor } from '@/lib/sessions/current';
import { PendingChange } from '../pending-change';
import { settingsFrame } from '../settings-page';
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
  const back = new URLSearchParams(draft === null ? '' : draftQuery(draft));
  if (search) back.set('q', search);
  const backHref = `${room}?${back}`;
  const outcome = Object.entries(DONE).find(([word]) => word === query['done']);
  return (
    <OptionsView
      frame={settingsFrame({ actor, section: 'options' })}
      lead={t('optionsGrid.lead')}
      tab={t('settings.system')}
      outcome={outcome ? t(outcome[1]) : null}
      nothing={query['done'] === 'nothing' ? t('optionsGrid.nothing') : null}
      pending={<PendingChange actor={actor} subject="options" />}
      grid={{
        action: reviewChanges,
        hidden: { version: String(grid.version), drawn: drawnText(grid.options), q: search },
        rows: optionRows(actor, grid, draft),
        query: search,
        href: room,
        words: {
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
        },
      }}
      review={
        review !== null && review.changes.length > 0
          ? {
              title: t('optionsGrid.reviewTitle'),
              backHref,
              content: <Review actor={actor} review={review} backHref={backHref} />,
            }
          : null
      }
    />
  );
}

/** What a page says of an act that led back to it: a word in the address, never a sentence. */
const DONE = { saved: 'optionsGrid.saved', kept: 'changes.kept', 'taken-back': 'changes.takenBack' } as const;
