import type { ReactNode } from 'react';

export type Tap = { text: ReactNode; picture?: ReactNode };

/** What to press, in order, in the chosen app's own words; a drawing beside each. */
export function Taps({ taps }: { taps: Tap[] }) {
  return (
    <ol className="flex flex-col gap-4">
      {taps.map((tap, index) => (
        <li key={index} className="flex items-center gap-4">
          <span
            aria-hidden="true"
            className="flex size-8 shrink-0 items-center justify-center rounded-full bg-accent font-semibold text-on-accent tabular-nums"
          >
            {index + 1}
          </span>
          <span className="min-w-0 flex-1">{tap.text}</span>
          {tap.picture ? <span className="shrink-0">{tap.picture}</span> : null}
        </li>
      ))}
    </ol>
  );
}
