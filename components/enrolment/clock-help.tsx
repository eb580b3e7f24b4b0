import type { ReactNode } from 'react';
import { Notice } from '@/components/ui/notice';
import { ClockSettingsDrawing } from './illustrations';

/** The phone's clock is wrong: by how much, and where to mend it on each kind of phone. */
export function ClockHelp({
  title,
  children,
  iphone,
  android,
}: {
  title: ReactNode;
  children?: ReactNode;
  iphone: ReactNode;
  android: ReactNode;
}) {
  return (
    <Notice tone="warning" title={title} role="alert">
      {children}
      <div className="mt-3 grid gap-3 sm:grid-cols-2">
        <figure className="flex items-center gap-3">
          <ClockSettingsDrawing kind="iphone" className="h-16 w-auto" />
          <figcaption className="text-sm">{iphone}</figcaption>
        </figure>
        <figure className="flex items-center gap-3">
          <ClockSettingsDrawing kind="android" className="h-16 w-auto" />
          <figcaption className="text-sm">{android}</figcaption>
        </figure>
      </div>
    </Notice>
  );
}
