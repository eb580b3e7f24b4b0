import type { ReactNode } from 'react';
import { Icon } from '@/components/ui/icon';

/** Whose step this is, on one quiet line; an address that is too long for it breaks before its @. */
export function Whose({ says, name, children }: { says: string; name: string; children?: ReactNode }) {
  const at = name.lastIndexOf('@');
  const [beforeAt, domain] = at < 0 ? [name, ''] : [name.slice(0, at), name.slice(at)];
  return (
    <div className="flex min-h-11 items-center gap-3 rounded-field bg-sunken py-2 pr-4 pl-3">
      <Icon name="person" className="text-quiet" />
      <p className="min-w-0 flex-1">
        <span className="sr-only">{says} </span>
        <strong className="font-semibold wrap-anywhere">
          {beforeAt}
          {domain.length > 0 ? <wbr /> : null}
          {domain}
        </strong>
      </p>
      {children}
    </div>
  );
}
