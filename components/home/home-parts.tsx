'use client';

import { Hall } from '@/components/brand/hall';
import { DoorLink, type DoorLinkProps } from '@/components/ui/door-link';
import { PageTitle } from '@/components/ui/page-title';

/** The hall that one comes into, and a welcome by name. */
export function Welcome({ title, lead }: { title: string; lead: string }) {
  return (
    <div className="flex items-end justify-between gap-6 max-sm:flex-col max-sm:items-start">
      <PageTitle className="pt-8 sm:self-center sm:py-8" lead={lead}>
        {title}
      </PageTitle>
      <Hall className="h-auto w-full max-w-120 min-w-0 sm:w-1/2" />
    </div>
  );
}

/** The ways to the rooms of one's own. */
export function Rooms({ title, doors }: { title: string; doors: readonly DoorLinkProps[] }) {
  return (
    <section aria-labelledby="rooms" className="flex flex-col gap-4">
      <h2 id="rooms" className="text-lg font-semibold">
        {title}
      </h2>
      <div className="grid gap-3 md:grid-cols-3 md:gap-4">
        {doors.map((door) => (
          <DoorLink key={door.href} {...door} />
        ))}
      </div>
    </section>
  );
}
