'use client';

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
  /** Of the document, where what stands within gives it none. */
  title?: string;
  header: Omit<SiteHeaderProps, 'menu' | 'person'>;
  /** `wide` for steps with two columns. */
  size?: 'narrow' | 'wide';
  /** On the wall beside the narrow door, from 1024 px up: a greeting, a hint. Never what one needs to go on. */
  aside?: ReactNode;
  /** On the ground before the door: whom to call, other links. */
  footer?: ReactNode;
  children: ReactNode;
};

/** What is said in the frame of a step, apart from the step itself. */
export type SignInFrameValues = Pick<SignInFrameProps, 'skipLabel' | 'title' | 'header'>;

const frames = {
  narrow: {
    columns: 'max-w-[30.5rem] lg:grid lg:max-w-page lg:grid-cols-[1fr_27.5rem_minmax(7rem,15rem)]',
    left: 'h-[min(43rem,100%)] self-end pr-8 lg:flex',
    main: 'lg:min-h-[min(43rem,calc(100dvh-7rem))] lg:self-end',
    door: 'lg:col-start-2 lg:row-start-1',
    right: 'lg:flex',
  },
  wide: {
    columns: 'max-w-[60rem] xl:grid xl:max-w-[82rem] xl:grid-cols-[1fr_56rem_1fr] xl:px-0',
    left: 'max-h-[42rem] pr-4 xl:flex',
    main: 'sm:min-h-[34rem] lg:min-h-[min(43rem,calc(100dvh-7rem))] xl:self-end',
    door: 'xl:col-start-2',
    right: 'xl:flex',
  },
};

/**
 * The front of the house. On a phone the doorway is the page; on a desktop it stands in its wall, on the ground, between
 * a lantern and a small tree. Short steps leave the door as high as it is, so that it stays in its place between them.
 */
export function SignInFrame({ skipLabel, title, header, size = 'narrow', aside, footer, children }: SignInFrameProps) {
  const frame = frames[size];
  const columns = classNames('mx-auto w-full px-3 sm:px-6', frame.columns);
  return (
    <div className="flex min-h-dvh flex-col bg-wall print:bg-surface">
      {title ? <title>{title}</title> : null}
      <SkipLink label={skipLabel} />
      <SiteHeader {...header} />
      <div className={classNames('flex flex-1 flex-col pt-2', columns)}>
        <div className={classNames('hidden flex-col justify-between gap-8 pt-14 pb-32 print:hidden', frame.left)}>
          {aside && size === 'narrow' ? <aside className="max-w-sm">{aside}</aside> : null}
          <WallLantern className="mt-auto ml-auto" />
        </div>
        <main id="main" tabIndex={-1} className={classNames('flex flex-1 flex-col', frame.main)}>
          <DoorwayPanel size={size} className="flex-1">
            {children}
          </DoorwayPanel>
        </main>
        <div className={classNames('hidden items-end print:hidden', frame.right)}>
          <PottedTree className="ml-8" />
        </div>
      </div>
      <div className="bg-ground print:hidden">
        <div className={columns}>
          <div className={frame.door}>
            <Doorstep />
          </div>
          {footer ? (
            <footer
              className={classNames('pt-3 pb-5', size === 'narrow' && 'lg:col-start-1 lg:row-start-1 lg:pt-5 lg:pr-10')}
            >
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
