'use client';

import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { useFormStatus } from 'react-dom';
import { buttonClasses, type ButtonVariant } from './button-classes';
import { classNames } from './class-names';

export type SubmitButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type'> & {
  variant?: ButtonVariant;
  wide?: boolean;
  children: ReactNode;
  /** What the button says while its form is on the way: « Connexion en cours… ». */
  pendingLabel: string;
};

/**
 * Submits its form. While the form is on the way it keeps its width (both labels lie in the same cell), says what it
 * does and ignores a second press; it stays focusable so that a keyboard doesn't lose its place. In a form with several
 * named buttons only the pressed one changes its words.
 */
export function SubmitButton({
  variant = 'primary',
  wide = false,
  className,
  children,
  pendingLabel,
  onClick,
  ...rest
}: SubmitButtonProps) {
  const { pending, data } = useFormStatus();
  const pressed = pending && (!rest.name || data?.get(rest.name) === String(rest.value ?? ''));
  return (
    <button
      {...rest}
      type="submit"
      aria-busy={pressed || rest['aria-busy'] || undefined}
      aria-disabled={pending || rest['aria-disabled']}
      className={buttonClasses(variant, wide, className)}
      onClick={(event) => {
        if (pending) event.preventDefault();
        else onClick?.(event);
      }}
    >
      <span className="grid items-center">
        <span className={classNames('col-start-1 row-start-1', pressed && 'invisible')}>{children}</span>
        <span className={classNames('col-start-1 row-start-1', !pressed && 'invisible')} aria-hidden={!pressed}>
          {pendingLabel}
        </span>
      </span>
    </button>
  );
}
