'use client';

import type { ReactNode } from 'react';
import { classNames } from '@/components/ui/class-names';
import { Icon } from '@/components/ui/icon';
import { PageTitle } from '@/components/ui/page-title';
import { PortalFrame, type PortalFrameValues } from './portal-frame';

/** What the settings say around one of their rooms, apart from the room itself. */
export type SettingsFrameValues = {
  portal: PortalFrameValues;
  /** What the list of rooms is called, and their group in the menu. */
  label: string;
  /** The address of the room that one is in. */
  here: string;
  title: string;
  /** From one thing to the list that it stands in. */
  back?: { href: string; label: string };
};

export type SettingsFrameProps = SettingsFrameValues & {
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
};

/**
 * The shell of the settings in the frame of the house: on a desktop the list of rooms at the left; on a phone they stand
 * in the menu behind ☰, from which the list is taken.
 */
export function SettingsFrame({ portal, label, here, title, back, lead, actions, children }: SettingsFrameProps) {
  const rooms = portal.header.menu?.items.filter(({ group }) => group === label) ?? [];
  return (
    <PortalFrame {...portal} width="page">
      <div className="grid items-start gap-8 lg:grid-cols-[13rem_minmax(0,1fr)]">
        <nav aria-label={label} className="sticky top-6 max-lg:hidden print:hidden">
          <p className="px-3 pb-2 text-sm font-semibold text-quiet">{label}</p>
          <ul className="flex flex-col gap-1">
            {rooms.map((room) => (
              <li key={room.href}>
                <a
                  href={room.href}
                  aria-current={room.href === here ? 'page' : undefined}
                  className={classNames(
                    'flex min-h-11 items-center rounded-field px-3 py-2 hover:bg-wash',
                    room.href === here && 'bg-wash font-semibold text-accent',
                  )}
                >
                  {room.label}
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
    </PortalFrame>
  );
}
