import type { ReactNode } from 'react';
import { classNames } from './class-names';

/** A titled section on its own surface, held by a line. `titleId` names the section. */
export function Panel({
  title,
  titleId,
  lead,
  actions,
  children,
  className,
}: {
  title?: ReactNode;
  titleId?: string;
  lead?: ReactNode;
  /** Buttons at the end of the title's line. */
  actions?: ReactNode;
  children?: ReactNode;
  className?: string;
}) {
  return (
    <section
      aria-labelledby={title ? titleId : undefined}
      className={classNames('rounded-surface border border-line bg-surface p-5 sm:p-6', className)}
    >
      {title ? (
        <div
          className={classNames(
            'flex flex-wrap items-start justify-between gap-x-4 gap-y-2',
            Boolean(children) && 'mb-4',
          )}
        >
          <div className="flex min-w-0 flex-col gap-1">
            <h2 id={titleId} className="scroll-mt-8 text-lg font-semibold">
              {title}
            </h2>
            {lead ? <p className="max-w-measure text-quiet">{lead}</p> : null}
          </div>
          {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
        </div>
      ) : null}
      {children}
    </section>
  );
}
