'use client';

import type { ReactNode } from 'react';
import { classNames } from '@/components/ui/class-names';
import { SiteHeader, type SiteHeaderProps } from './site-header';
import { SkipLink } from './skip-link';

export type PortalFrameProps = {
  skipLabel: string;
  /** Of the document, where what stands within gives it none. */
  title?: string;
  header: SiteHeaderProps;
  width?: 'measure' | 'wide' | 'page';
  /** The head of the page, on the wall of the hall, from one side to the other. */
  hero?: ReactNode;
  footer?: ReactNode;
  children: ReactNode;
};

/** What is said in the frame of a page, apart from the page itself. */
export type PortalFrameValues = Pick<PortalFrameProps, 'skipLabel' | 'title' | 'header'>;

/** The frame of signed-in pages, inside the house: its ground and surfaces are warm, by night too. `width`: a measure of text, a wider room for lists, or the whole page. */
export function PortalFrame({ skipLabel, title, header, width = 'wide', hero, footer, children }: PortalFrameProps) {
  const room = { measure: 'max-w-measure', wide: 'max-w-wide', page: 'max-w-page' }[width];
  return (
    <div className="hall-tones flex min-h-dvh flex-col bg-paper print:bg-surface">
      {title ? <title>{title}</title> : null}
      <SkipLink label={skipLabel} />
      <div className="border-b border-line bg-surface print:hidden">
        <SiteHeader {...header} />
      </div>
      <main id="main" tabIndex={-1} className="flex-1">
        {hero ? (
          <div className="border-b-8 border-floor bg-hall-wall print:border-0">
            <div className={classNames('mx-auto w-full px-4 sm:px-6', room)}>{hero}</div>
          </div>
        ) : null}
        <div className={classNames('mx-auto w-full px-4 py-8 sm:px-6', hero ? 'sm:py-10' : 'sm:py-12', room)}>
          {children}
        </div>
      </main>
      {footer ? (
        <footer className={classNames('mx-auto w-full px-4 pb-8 text-sm text-quiet sm:px-6 print:hidden', room)}>
          {footer}
        </footer>
      ) : null}
    </div>
  );
}
