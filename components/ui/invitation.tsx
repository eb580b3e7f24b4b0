'use client';

import type { ReactNode } from 'react';
import { classNames } from './class-names';
import { Icon } from './icon';

const tones = {
  plain: null,
  success: { icon: 'success', mark: 'text-success' },
  warning: { icon: 'warning', mark: 'text-warning' },
} as const;

/** One thing to do, or to know: a sentence, why, its buttons, and a drawing beside it. */
export function Invitation({
  tone = 'plain',
  title,
  titleId,
  picture,
  actions,
  children,
}: {
  tone?: keyof typeof tones;
  title: ReactNode;
  titleId: string;
  picture: ReactNode;
  actions: ReactNode;
  children: ReactNode;
}) {
  const mark = tones[tone];
  return (
    <section
      aria-labelledby={titleId}
      className="flex items-center gap-x-8 gap-y-4 rounded-surface border border-line bg-surface p-5 sm:p-8"
    >
      <div className="flex min-w-0 flex-1 flex-col gap-5">
        <div className="flex flex-col gap-1.5">
          <h2 id={titleId} className={classNames('text-lg font-semibold', mark && 'flex gap-2')}>
            {mark ? <Icon name={mark.icon} className={classNames('mt-0.75', mark.mark)} /> : null}
            {title}
          </h2>
          <p className="max-w-measure text-quiet">{children}</p>
        </div>
        <div className="flex flex-wrap gap-3">{actions}</div>
      </div>
      <div className="w-40 shrink-0 max-sm:hidden">{picture}</div>
    </section>
  );
}
