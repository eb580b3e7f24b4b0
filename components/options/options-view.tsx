'use client';

import type { ReactNode } from 'react';
import { SettingsFrame, type SettingsFrameValues } from '@/components/shell/settings-frame';
import { Notice } from '@/components/ui/notice';
import { OptionsGrid, type OptionsGridProps } from './options-grid';
import { ReviewDialog } from './review-dialog';

export type OptionsViewProps = {
  frame: SettingsFrameValues;
  lead: string;
  /** The one kind of settings that there is. */
  tab: string;
  /** What became of the act that led back here; null where nothing did. */
  outcome: string | null;
  /** … or that there was nothing to do. */
  nothing: string | null;
  /** A change that waits for somebody to keep it. */
  pending: ReactNode;
  grid: OptionsGridProps;
  /** What is to be confirmed before it counts, and the way back from it. */
  review: { readonly title: string; readonly backHref: string; readonly content: ReactNode } | null;
};

/** The options of the organisation, and over them what is to be confirmed. */
export function OptionsView({ frame, lead, tab, outcome, nothing, pending, grid, review }: OptionsViewProps) {
  const options = <OptionsGrid {...grid} />;
  return (
    <SettingsFrame {...frame} lead={lead}>
      <div className="flex gap-1 border-b border-line" role="list" aria-label={frame.label}>
        <span
          role="listitem"
          aria-current="page"
          className="-mb-px flex min-h-11 items-center border-b-2 border-accent px-3 font-semibold text-accent"
        >
          {tab}
        </span>
      </div>
      {outcome === null ? null : <Notice tone="success">{outcome}</Notice>}
      {pending}
      {nothing === null ? null : <Notice role="status">{nothing}</Notice>}
      {review === null ? (
        options
      ) : (
        <ReviewDialog key={review.backHref} title={review.title} backHref={review.backHref} review={review.content}>
          {options}
        </ReviewDialog>
      )}
    </SettingsFrame>
  );
}
