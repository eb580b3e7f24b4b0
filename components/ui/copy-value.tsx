import type { ReactNode } from 'react';
import { CopyButton, type CopyButtonProps } from './copy-button';

/** A value to be carried elsewhere, exactly: it can be selected whole, and copied where there is script. */
export function CopyValue({
  label,
  value,
  hint,
  labels,
}: {
  label: string;
  value: string;
  hint?: ReactNode;
  labels: CopyButtonProps['labels'];
}) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <p className="font-medium">{label}</p>
        <p translate="no" className="font-mono text-sm wrap-anywhere select-all">
          {value}
        </p>
        {hint ? <p className="text-sm text-quiet">{hint}</p> : null}
      </div>
      <CopyButton text={value} labels={labels} subject={label} />
    </div>
  );
}
