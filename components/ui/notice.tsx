'use client';

import { useEffect, useRef, type ReactNode } from 'react';
import { classNames } from './class-names';
import { Icon, type IconName } from './icon';
import { cameLater, say } from './said';

export type NoticeTone = 'info' | 'success' | 'warning' | 'danger';

const tones: Record<NoticeTone, { box: string; icon: IconName; mark: string }> = {
  info: { box: 'border-line bg-sunken', icon: 'info', mark: 'text-quiet' },
  success: { box: 'border-transparent bg-success-wash', icon: 'success', mark: 'text-success' },
  warning: { box: 'border-transparent bg-warning-wash', icon: 'warning', mark: 'text-warning' },
  danger: { box: 'border-transparent bg-danger-wash', icon: 'danger', mark: 'text-danger' },
};

export type NoticeProps = {
  tone?: NoticeTone;
  title?: ReactNode;
  children?: ReactNode;
  id?: string;
  /** A refusal interrupts (`alert`), the outcome of an act is said when there is silence (`status`), advice is just read. */
  role?: 'alert' | 'status';
  className?: string;
};

export function Notice({ tone = 'info', title, children, id, role, className }: NoticeProps) {
  const { box: look, icon, mark } = tones[tone];
  const spoken = role ?? (tone === 'danger' ? 'alert' : tone === 'info' ? undefined : 'status');
  const box = useRef<HTMLDivElement>(null);
  const last = useRef('');
  useEffect(() => {
    const words = box.current?.innerText ?? '';
    if (spoken === 'status' && cameLater() && words !== last.current) say(words);
    last.current = words;
  });
  return (
    <div
      ref={box}
      id={id}
      role={spoken}
      // `say` says it, once.
      aria-live={spoken === 'status' ? 'off' : undefined}
      className={classNames('flex gap-3 rounded-field border px-4 py-3', look, className)}
    >
      <Icon name={icon} className={classNames('mt-0.5', mark)} />
      <div className="min-w-0 flex-1">
        {title ? <p className="font-semibold">{title}</p> : null}
        {children}
      </div>
    </div>
  );
}
