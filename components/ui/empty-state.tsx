import type { ReactNode } from 'react';
import { classNames } from './class-names';

/** Nothing here yet: an empty doorway, what would stand in it, and the way to put it there. */
export function EmptyState({
  title,
  children,
  action,
  className,
}: {
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div className={classNames('flex flex-col items-center gap-4 px-4 py-8 text-center', className)}>
      <svg viewBox="0 0 96 112" width="96" height="112" aria-hidden="true" focusable="false">
        <path d="M12 108V48a36 36 0 0 1 72 0v60z" className="fill-sunken stroke-stone" strokeWidth="2" />
        <path d="M26 108V50a22 22 0 0 1 44 0v58z" className="fill-surface stroke-line" strokeWidth="2" />
        <path d="M48 108V28a22 22 0 0 1 22 22v58z" className="fill-wash" />
        <path d="M2 109h92" className="stroke-stone" strokeWidth="2" strokeLinecap="round" />
      </svg>
      <div className="flex max-w-measure flex-col gap-1">
        <p className="text-lg font-semibold">{title}</p>
        {children ? <div className="text-quiet">{children}</div> : null}
      </div>
      {action}
    </div>
  );
}
