import type { ReactNode } from 'react';
import { Icon } from '@/components/ui/icon';

/** Whose step this is, on one quiet line. */
export function Whose({ says, name, children }: { says: string; name: string; children?: ReactNode }) {
  return (
    <div className="flex min-h-11 items-center gap-3 rounded-field bg-sunken py-2 pr-4 pl-3">
      <Icon name="person" className="text-quiet" />
      <p className="min-w-0 flex-1">
        <span className="sr-only">{says} </span>
        <strong className="font-semibold wrap-anywhere">{name}</strong>
      </p>
      {children}
    </div>
  );
}
