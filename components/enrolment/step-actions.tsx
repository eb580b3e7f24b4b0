import type { ReactNode } from 'react';

/** The foot of a step: forward at the right, back at the left; on a phone one under the other, forward first. */
export function StepActions({ next, back }: { next: ReactNode; back?: ReactNode }) {
  return (
    <div className="flex flex-col gap-3 sm:flex-row-reverse sm:items-center sm:justify-between">
      <div className="flex flex-col gap-3 sm:flex-row-reverse sm:*:min-w-40">{next}</div>
      {back}
    </div>
  );
}
