import type { ReactNode } from 'react';
import { classNames } from './class-names';

export type Tab = { readonly href: string; readonly label: ReactNode; readonly current: boolean };

/** The parts of one thing, each a page of its own: plain links, that work without script and can be opened beside one another. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav aria-label={label} className="border-b border-line print:hidden">
      <ul className="-mb-px flex flex-wrap gap-x-1">
        {tabs.map((tab) => (
          <li key={tab.href}>
            <a
              href={tab.href}
              aria-current={tab.current ? 'page' : undefined}
              className={classNames(
                'flex min-h-11 items-center rounded-t-field border-b-2 px-3 py-2 hover:bg-wash',
                tab.current
                  ? 'border-accent font-semibold text-accent'
                  : 'border-transparent text-quiet hover:text-ink',
              )}
            >
              {tab.label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
