import type { ReactNode } from 'react';
import { classNames } from './class-names';

export type Description = {
  term: ReactNode;
  value: ReactNode;
  /** Where the term alone does not tell entries apart. */ key?: string;
};

/** Terms and their values: beside each other where there is room, one under the other on a phone. */
export function DescriptionList({ entries, className }: { entries: Description[]; className?: string }) {
  return (
    <dl className={classNames('divide-y divide-line', className)}>
      {entries.map((entry, index) => (
        <div key={entry.key ?? index} className="grid gap-x-6 py-3 first:pt-0 last:pb-0 sm:grid-cols-[12rem_1fr]">
          <dt className="text-quiet">{entry.term}</dt>
          <dd className="min-w-0">{entry.value}</dd>
        </div>
      ))}
    </dl>
  );
}
