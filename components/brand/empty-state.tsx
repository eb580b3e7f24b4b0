import type { ReactNode } from 'react';
import { DoorwayMark } from './doorway-mark';

/** What stands where a list has nothing to show: the doorway, what that means, and the way on where there is one. */
export function EmptyState({ title, children }: { title?: ReactNode; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-3">
      <DoorwayMark className="size-12" />
      {title ? <h2 className="text-lg font-semibold">{title}</h2> : null}
      {children}
    </div>
  );
}
