import type { ReactNode } from 'react';
import { DoorwayPanel } from '@/components/brand/doorway-panel';
import { Doorstep } from '@/components/brand/doorstep';
import { WallLantern } from '@/components/brand/wall-lantern';
import { classNames } from '@/components/ui/class-names';
import { SiteHeader, type SiteHeaderProps } from './site-header';
import { SkipLink } from './skip-link';

export type SignInFrameProps = {
  skipLabel: string;
  header: Omit<SiteHeaderProps, 'menu' | 'person'>;
  /** `wide` for steps with two columns. */
  size?: 'narrow' | 'wide';
  /** On the wall beside the door, from 1024 px up: a greeting, whom to call. Never what one needs to go on. */
  aside?: ReactNode;
  /** On the ground before the door: help, links. */
  footer?: ReactNode;
  children: ReactNode;
};

/**
 * The front of the house. On a phone the doorway is the page; on a desktop it stands in a wall, on the ground, with a
 * lantern beside it.
 */
export function SignInFrame({ skipLabel, header, size = 'narrow', aside, footer, children }: SignInFrameProps) {
  const narrow = size === 'narrow';
  return (
    <div className="flex min-h-dvh flex-col bg-wall print:bg-surface">
      <SkipLink label={skipLabel} />
      <SiteHeader {...header} />
      <div
        className={classNames(
          'mx-auto flex w-full flex-1 flex-col px-3 pt-2 sm:px-6',
          narrow ? 'max-w-[29rem] lg:max-w-page lg:flex-row lg:items-end lg:gap-12' : 'max-w-[60rem]',
        )}
      >
        {narrow ? (
          <div className="hidden flex-1 items-end justify-between gap-8 self-stretch pb-40 lg:flex print:hidden">
            <div className="max-w-md">{aside}</div>
            <WallLantern className="mb-24" />
          </div>
        ) : null}
        <main
          id="main"
          tabIndex={-1}
          className={classNames('flex flex-1 flex-col', narrow && 'lg:w-[27rem] lg:flex-none lg:min-h-[36rem]')}
        >
          <DoorwayPanel size={size} className="flex-1">
            {children}
          </DoorwayPanel>
        </main>
        {narrow ? <div className="hidden flex-[0.35] lg:block" /> : null}
      </div>
      <div className="bg-ground print:hidden">
        <div
          className={classNames(
            'mx-auto flex w-full flex-col px-3 sm:px-6',
            narrow ? 'max-w-[29rem] lg:max-w-page' : 'max-w-[60rem]',
          )}
        >
          <Doorstep />
          {footer ? <footer className="py-4 text-sm">{footer}</footer> : <div className="h-6" />}
        </div>
      </div>
    </div>
  );
}
