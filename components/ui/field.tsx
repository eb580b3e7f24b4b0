import type { InputHTMLAttributes, ReactNode } from 'react';
import { classNames } from './class-names';
import { Icon } from './icon';

export type FieldFrameProps = {
  id: string;
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  /** Keeps the room of a sentence on two lines below the control, so that nothing moves when one appears. */
  roomy?: boolean;
  className?: string;
  children: ReactNode;
};

/** The id of what stands below a control: what is wrong with it takes the place of what helps. */
export function describedBy(id: string, hint: unknown, error: unknown, more?: string): string | undefined {
  return classNames(error ? `${id}-error` : hint ? `${id}-hint` : null, more) || undefined;
}

/** The frame of a control: edge, ground, and how it shows that it is wrong, focused or closed. */
export const frameClasses =
  'block w-full min-h-11 rounded-field border border-edge bg-field text-ink ' +
  'aria-invalid:border-danger aria-invalid:outline aria-invalid:-outline-offset-1 aria-invalid:outline-danger ' +
  'focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-focus [&[readonly]]:bg-sunken disabled:bg-sunken disabled:text-quiet';

/** A text control: its frame, and the room for words. */
export const controlClasses = `${frameClasses} px-3 py-2 text-base`;

/** Label above, control, then what is wrong or what helps: for controls that bring their own input. */
export function FieldFrame({ id, label, hint, error, roomy = false, className, children }: FieldFrameProps) {
  return (
    <div className={classNames('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children}
      {error || hint || roomy ? (
        <div className={roomy ? 'min-h-12' : undefined}>
          {error ? (
            <p id={`${id}-error`} className="flex gap-1.5 text-danger">
              <Icon name="danger" className="mt-0.5" />
              <span>{error}</span>
            </p>
          ) : hint ? (
            <p id={`${id}-hint`} className="text-sm text-quiet">
              {hint}
            </p>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

export type FieldProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'name'> & {
  name: string;
  /** The name by default; needed where two forms of a page share a name. */
  id?: string;
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  roomy?: boolean;
};

/** A labelled input; every attribute of `<input>` passes through. */
export function Field({ name, id = name, label, hint, error, roomy, className, ...input }: FieldProps) {
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} roomy={roomy} className={className}>
      <input
        {...input}
        id={id}
        name={name}
        aria-invalid={error ? true : input['aria-invalid']}
        aria-describedby={describedBy(id, hint, error, input['aria-describedby'])}
        className={controlClasses}
      />
    </FieldFrame>
  );
}
