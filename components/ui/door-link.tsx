'use client';

import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon';
import { still } from './still';

export type DoorLinkProps = { href: string; icon: IconName; title: ReactNode; children: ReactNode };

/** The way to a room of the house: a small arch that lights up under the pointer, and what one finds behind it. */
export function DoorLink({ href, icon, title, children }: DoorLinkProps) {
  return (
    <a
      href={href}
      className="group flex min-h-11 items-center gap-4 rounded-surface border border-line bg-surface p-4 transition-colors hover:border-edge"
    >
      <span className="relative flex h-16 w-13 shrink-0 items-center justify-center pt-2 text-accent">
        <svg
          viewBox="0 0 52 64"
          width="52"
          height="64"
          aria-hidden="true"
          className="absolute inset-0 size-full"
          dangerouslySetInnerHTML={ARCH}
        />
        <Icon name={icon} className="relative size-6 group-hover:text-ink dark:group-hover:text-leaf" />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block font-semibold">{title}</span>
        <span className="block text-sm text-quiet">{children}</span>
      </span>
    </a>
  );
}

const ARCH = still(
  <path
    d="M0 64V26a26 26 0 0 1 52 0v38z"
    className="fill-niche transition-colors group-hover:fill-pane group-focus-visible:fill-pane"
  />,
);
