import type { ReactNode } from 'react';
import { DoorwayPanel } from '@/components/brand/doorway-panel';
import { Doorstep } from '@/components/brand/doorstep';
import { PottedTree } from '@/components/brand/potted-tree';
import { WallLantern } from '@/components/brand/wall-lantern';
import { classNames } from '@/components/ui/class-names';
import { SiteHeader, type SiteHeaderProps } from './site-header';
import { SkipLink } from './skip-link';

export type SignInFrameProps = {
  skipLabel: string;
  header: Omit<SiteHeaderProps, 'menu' | 'person'>;
  /** `wide` for steps with two columns. */
  size?: 'narrow' | 'wide';
  /** On the wall beside the door, from 1024 px up: a greeting. Never what one needs to go on. */
  aside?: ReactNode;
  /** On the ground before the door: whom to call, other links. */
  footer?: ReactNode;
  children: ReactNode;
};

/**
 * The front of the house. On a phone the doorway is the page; on a desktop it stands in its wall, on the ground, between
 * a lantern and a small tree.
 */
export function SignInFrame({ skipLabel, header, size = 'narrow', aside, footer, children }: SignInFrameProps) {
  const narrow = size === 'narrow';
  const columns = classNames(
    'mx-auto w-full px-3 sm:px-6',
    narrow ? 'max-w-[30.5rem] lg:grid lg:max-w-page lg:grid-cols-[1fr_27.5rem_minmax(7rem,15rem)]' : 'max-w-[60rem]',
  );
  return (
    <div className="flex min-h-dvh flex-col bg-wall print:bg-surface">
      <SkipLink label={skipLabel} />
      <SiteHeader {...header} />
      <div className={classNames('flex flex-1 flex-col pt-2', columns)}>
        {narrow ? (
          <div className="hidden max-h-[42rem] flex-col justify-between gap-8 pt-16 pr-6 pb-32 lg:flex print:hidden">
            {aside ? <aside className="max-w-sm">{aside}</aside> : null}
            <WallLantern className="mt-auto ml-auto" />
          </div>
        ) : null}
        <main
          id="main"
          tabIndex={-1}
          className={classNames('flex flex-1 flex-col', narrow ? 'lg:min-h-[37rem] lg:self-end' : 'sm:min-h-[34rem]')}
        >
          <DoorwayPanel size={size} className="flex-1">
            {children}
          </DoorwayPanel>
        </main>
        {narrow ? (
          <div className="hidden items-end lg:flex print:hidden">
            <PottedTree className="ml-8" />
          </div>
        ) : null}
      </div>
      <div className="bg-ground print:hidden">
        <div className={columns}>
          <div className={narrow ? 'lg:col-start-2 lg:row-start-1' : undefined}>
            <Doorstep />
          </div>
          {footer ? (
            <footer className={classNames('pt-3 pb-5', narrow && 'lg:col-start-1 lg:row-start-1 lg:pt-5 lg:pr-10')}>
              {footer}
            </footer>
          ) : (
            <div className="h-6" />
          )}
        </div>
      </div>
    </div>
  );
}
