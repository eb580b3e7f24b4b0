import type { ReactNode } from 'react';
import { classNames } from './class-names';

/** One thing among its like: a row that became a card on a phone, an entry of a list. */
export function Card({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={classNames('rounded-surface border border-line bg-surface p-4', className)}>{children}</div>;
}
