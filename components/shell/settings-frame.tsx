'use client';

import type { ReactNode } from 'react';
import { classNames } from '@/components/ui/class-names';
import { Icon } from '@/components/ui/icon';
import { PageTitle } from '@/components/ui/page-title';

/** The shell of the settings: on a desktop the list of rooms at the left; on a phone they stand in the menu behind ☰. */
export function SettingsFrame({
  label,
  sections,
  title,
  lead,
  actions,
  back,
  children,
}: {
  label: string;
  sections: readonly { href: string; label: string; current: boolean }[];
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  back?: { href: string; label: string };
  children: ReactNode;
}) {
  return (
    <div className="grid items-start gap-8 lg:grid-cols-[13rem_minmax(0,1fr)]">
      <nav aria-label={label} className="sticky top-6 max-lg:hidden print:hidden">
        <p className="px-3 pb-2 text-sm font-semibold text-quiet">{label}</p>
        <ul className="flex flex-col gap-1">
          {sections.map((section) => (
            <li key={section.href}>
              <a
                href={section.href}
                aria-current={section.current ? 'page' : undefined}
                className={classNames(
                  'flex min-h-11 items-center rounded-field px-3 py-2 hover:bg-wash',
                  section.current && 'bg-wash font-semibold text-accent',
                )}
              >
                {section.label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="flex min-w-0 flex-col gap-6">
        <div className="flex flex-col gap-2">
          {back ? (
            <a href={back.href} className="-ml-1 inline-flex min-h-11 items-center gap-1 self-start text-accent">
              <Icon name="back" />
              {back.label}
            </a>
          ) : null}
          <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
            <PageTitle lead={lead} className="min-w-0 grow basis-80">
              {title}
            </PageTitle>
            {actions ? <div className="flex flex-wrap gap-2 sm:gap-3">{actions}</div> : null}
          </div>
        </div>
        {children}
      </div>
    </div>
  );
}
