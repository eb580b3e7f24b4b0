'use client';

import type { ReactNode } from 'react';
import { classNames } from './class-names';

/** The page's one h1, and the sentence below it that says what to do. */
export function PageTitle({
  children,
  lead,
  size = 'page',
  className,
}: {
  children: ReactNode;
  lead?: ReactNode;
  /** `step` for the short titles of a form, `page` for a room of its own. */
  size?: 'step' | 'page';
  className?: string;
}) {
  return (
    <div className={classNames('flex flex-col gap-2', className)}>
      <h1 className={classNames('font-bold tracking-tight', size === 'page' ? 'text-xl sm:text-2xl' : 'text-xl')}>
        {children}
      </h1>
      {lead ? <p className="max-w-measure text-quiet">{lead}</p> : null}
    </div>
  );
}
