import type { AnchorHTMLAttributes, ReactNode } from 'react';
import { classNames } from './class-names';
import { Icon, type IconName } from './icon';

export type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & {
  href: string;
  icon?: IconName;
  /** Inside a sentence; alone it gets the height of a finger. */
  inline?: boolean;
  children: ReactNode;
};

/** A quiet link. A plain anchor: nothing is fetched ahead of a press, and it needs no script. */
export function Link({ icon, inline = false, className, children, ...anchor }: LinkProps) {
  return (
    <a
      {...anchor}
      className={classNames(
        'rounded-sm text-accent underline decoration-1 underline-offset-4 hover:text-accent-hover hover:decoration-2',
        !inline && 'inline-flex min-h-11 items-center gap-1.5',
        className,
      )}
    >
      {icon ? <Icon name={icon} /> : null}
      {children}
    </a>
  );
}
