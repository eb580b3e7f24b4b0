import type { ReactNode } from 'react';
import { classNames } from '@/components/ui/class-names';
import { SiteHeader, type SiteHeaderProps } from './site-header';
import { SkipLink } from './skip-link';

/** The frame of signed-in pages. `width`: a measure of text, a wider room for lists, or the whole page. */
export function PortalFrame({
  skipLabel,
  header,
  width = 'wide',
  footer,
  children,
}: {
  skipLabel: string;
  header: SiteHeaderProps;
  width?: 'measure' | 'wide' | 'page';
  footer?: ReactNode;
  children: ReactNode;
}) {
  const room = { measure: 'max-w-measure', wide: 'max-w-wide', page: 'max-w-page' }[width];
  return (
    <div className="flex min-h-dvh flex-col">
      <SkipLink label={skipLabel} />
      <div className="border-b border-line bg-surface print:hidden">
        <SiteHeader {...header} />
      </div>
      <main id="main" tabIndex={-1} className={classNames('mx-auto w-full flex-1 px-4 py-8 sm:px-6 sm:py-12', room)}>
        {children}
      </main>
      {footer ? (
        <footer className={classNames('mx-auto w-full px-4 pb-8 text-sm text-quiet sm:px-6 print:hidden', room)}>
          {footer}
        </footer>
      ) : null}
    </div>
  );
}
