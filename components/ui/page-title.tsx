'use client';

import { useEffect, useRef, type ReactNode } from 'react';
import { classNames } from './class-names';
import { cameLater } from './said';

/**
 * The page's one h1, and the sentence below it that says what to do. Where the page takes the place of another in the same
 * document and nothing else asks for the focus, it begins here: whoever hears the page would be left nowhere.
 */
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
  const heading = useRef<HTMLHeadingElement>(null);
  const words = typeof children === 'string' ? children : undefined;
  useEffect(() => {
    if (cameLater() && document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, [words]);
  return (
    <div className={classNames('flex flex-col gap-2', className)}>
      <h1
        ref={heading}
        tabIndex={-1}
        className={classNames(
          'font-bold tracking-tight outline-none',
          size === 'page' ? 'text-xl sm:text-2xl' : 'text-xl',
        )}
      >
        {children}
      </h1>
      {lead ? <p className="max-w-measure text-quiet">{lead}</p> : null}
    </div>
  );
}
