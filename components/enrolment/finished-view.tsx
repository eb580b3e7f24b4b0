import type { ReactNode } from 'react';
import { PageTitle } from '@/components/ui/page-title';
import { OpenDoorDrawing } from './illustrations';

/** It is done: what to keep in mind, and the way in. */
export function FinishedView({
  title,
  lead,
  actions,
  children,
}: {
  title: string;
  lead: string;
  actions: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="flex flex-col gap-6">
      <OpenDoorDrawing className="mx-auto h-auto w-full max-w-60" />
      <PageTitle size="step" lead={lead}>
        {title}
      </PageTitle>
      {children}
      <div className="flex flex-col gap-3">{actions}</div>
    </div>
  );
}
