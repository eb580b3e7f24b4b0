import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from 'react';
import { buttonClasses, type ButtonVariant } from './button-classes';

type Shared = {
  variant?: ButtonVariant;
  /** Takes the whole width of its column. */ wide?: boolean;
  children: ReactNode;
};

export type ButtonProps = Shared &
  (
    | ({ href: string } & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'>)
    | ({ href?: undefined } & ButtonHTMLAttributes<HTMLButtonElement>)
  );

/** A button, or a link that looks like one where `href` is given. Inside a form it submits unless `type` says otherwise. */
export function Button({ variant = 'secondary', wide = false, className, children, ...rest }: ButtonProps) {
  const classes = buttonClasses(variant, wide, className);
  if (rest.href !== undefined) {
    return (
      <a className={classes} {...rest}>
        {children}
      </a>
    );
  }
  return (
    <button className={classes} {...rest}>
      {children}
    </button>
  );
}
