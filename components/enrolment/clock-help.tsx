import type { ReactNode } from 'react';
import { Icon } from '@/components/ui/icon';
import { ClockSettingsDrawing } from './illustrations';

/** The phone's clock is wrong: where to mend it on each kind of phone. */
export function ClockHelp({ title, iphone, android }: { title: ReactNode; iphone: ReactNode; android: ReactNode }) {
  return (
    <section role="status" className="@container rounded-surface bg-warning-wash p-4">
      <p className="flex items-center gap-3 font-semibold">
        <Icon name="warning" className="text-warning" />
        {title}
      </p>
      <div className="mt-4 grid gap-4 @lg:grid-cols-2">
        <figure className="flex items-center gap-4">
          <ClockSettingsDrawing kind="iphone" className="h-auto w-24" />
          <figcaption className="text-sm">{iphone}</figcaption>
        </figure>
        <figure className="flex items-center gap-4">
          <ClockSettingsDrawing kind="android" className="h-auto w-24" />
          <figcaption className="text-sm">{android}</figcaption>
        </figure>
      </div>
    </section>
  );
}
