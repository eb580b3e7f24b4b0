import type { ReactNode } from 'react';
import { classNames } from '@/components/ui/class-names';

export type Tap = { text: ReactNode; picture?: ReactNode };

function Place({ number, className }: { number: number; className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={classNames(
        'flex size-8 shrink-0 items-center justify-center rounded-full bg-accent font-semibold text-on-accent tabular-nums',
        className,
      )}
    >
      {number}
    </span>
  );
}

/**
 * What to press, in order, in the chosen app's own words, and what its screen shows: side by side where there is room,
 * one under the other on a phone.
 */
export function Taps({ taps }: { taps: Tap[] }) {
  // Words alone read better one under the other: three narrow columns would break them.
  const drawn = taps.some(({ picture }) => picture);
  return (
    <div className="@container">
      <ol className={classNames('grid gap-5', drawn && '@md:auto-cols-fr @md:grid-flow-col')}>
        {taps.map((tap, index) =>
          tap.picture ? (
            <li key={index} className="flex items-center gap-4 @md:flex-col @md:items-start @md:gap-3">
              <span className="relative w-28 shrink-0 pl-3 @md:w-full @md:max-w-35 @md:pl-0">
                {tap.picture}
                <Place number={index + 1} className="absolute top-0 left-0" />
              </span>
              <span className="min-w-0 flex-1 @md:pr-2">{tap.text}</span>
            </li>
          ) : (
            <li key={index} className="flex items-center gap-4 @md:items-start">
              <Place number={index + 1} />
              <span className="min-w-0 flex-1 @md:pt-1">{tap.text}</span>
            </li>
          ),
        )}
      </ol>
    </div>
  );
}
