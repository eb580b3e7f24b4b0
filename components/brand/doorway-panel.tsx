import type { ReactNode } from 'react';
import { classNames } from '@/components/ui/class-names';
import { Fanlight } from './fanlight';

/**
 * The frame of every page of signing in: a stone doorway with a lit fanlight, and the room behind it, where the form is.
 * `narrow` holds one column of a form under a semicircle; `wide` has room for two columns under a low arch.
 */
export function DoorwayPanel({
  size = 'narrow',
  children,
  className,
}: {
  size?: 'narrow' | 'wide';
  children: ReactNode;
  className?: string;
}) {
  const arch = size === 'narrow' ? 'arch-round' : 'arch-low';
  return (
    <div
      className={classNames(
        'flex flex-col bg-stone px-2 pt-2 sm:px-2.5 sm:pt-2.5 print:rounded-none print:bg-surface print:p-0',
        arch,
        className,
      )}
    >
      <div
        className={classNames(
          'flex flex-1 flex-col overflow-hidden bg-room print:overflow-visible print:rounded-none',
          arch,
        )}
      >
        <Fanlight
          className={classNames('shrink-0 print:hidden', size === 'narrow' ? 'h-28 sm:aspect-[2/1] sm:h-auto' : 'h-18')}
        />
        <div className="h-1.5 shrink-0 bg-stone print:hidden" />
        <div className="room-tones flex flex-1 flex-col border-x-2 border-pane-deep px-4 pt-6 pb-8 sm:px-8 sm:pt-8 sm:pb-10 print:border-0 print:p-0">
          {children}
        </div>
      </div>
    </div>
  );
}
