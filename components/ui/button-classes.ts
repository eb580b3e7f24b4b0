import { classNames } from './class-names';

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger';

/** Where a system paints its own colours grounds are gone: the edge is what says that there is a button. */
const variants: Record<ButtonVariant, string> = {
  primary: 'border border-transparent bg-accent text-on-accent hover:bg-accent-hover',
  secondary: 'border border-edge text-ink hover:bg-wash',
  quiet: 'text-accent hover:bg-wash',
  danger: 'border border-transparent bg-danger text-on-danger hover:bg-danger-hover',
};

/** The dress of everything that is pressed, shared by buttons, links that look like one, and client buttons. */
export function buttonClasses(variant: ButtonVariant, wide: boolean, className?: string): string {
  return classNames(
    'inline-flex min-h-11 items-center justify-center gap-2 rounded-field px-5 py-2 text-center font-semibold no-underline transition-colors',
    'disabled:opacity-60 aria-disabled:opacity-60 print:hidden',
    // Names that others gave may be one word as long as they like: what has the whole line breaks it.
    wide && 'w-full wrap-anywhere',
    variants[variant],
    className,
  );
}
