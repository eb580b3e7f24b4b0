import type { ReactNode } from 'react';
import { classNames } from './class-names';

const tones = {
  // Its ground is nearly that of the page.
  plain: 'bg-sunken text-ink ring-1 ring-line ring-inset',
  success: 'bg-success-wash text-ink',
  warning: 'bg-warning-wash text-ink',
  danger: 'bg-danger-wash text-ink',
} as const;

export type BadgeTone = keyof typeof tones;

/** A state in one or two words; its colour only repeats what they say. */
export function Badge({ tone = 'plain', children }: { tone?: BadgeTone; children: ReactNode }) {
  return (
    <span
      className={classNames(
        'inline-flex items-center rounded-field px-2 py-0.5 text-sm whitespace-nowrap',
        tones[tone],
      )}
    >
      {children}
    </span>
  );
}
