import type { InputHTMLAttributes, ReactNode } from 'react';
import { classNames } from './class-names';

export type CheckboxProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'name' | 'type'> & {
  name: string;
  /** The name by default; needed where two forms of a page share a name. */
  id?: string;
  label: ReactNode;
  /** What ticking it means, in a sentence. */
  hint?: ReactNode;
};

/** One thing to tick: the whole line is its label. */
export function Checkbox({ name, id = name, label, hint, className, ...input }: CheckboxProps) {
  return (
    <div
      className={classNames(
        'relative flex min-h-11 items-start gap-3 rounded-field px-3 py-2.5 transition-colors has-checked:bg-wash',
        input.disabled ? 'opacity-70' : 'hover:bg-wash',
        className,
      )}
    >
      <input
        {...input}
        type="checkbox"
        id={id}
        name={name}
        aria-describedby={hint ? `${id}-hint` : input['aria-describedby']}
        className="relative z-10 mt-0.5 size-5 shrink-0 accent-accent"
      />
      <div className="min-w-0">
        {/* The label's own area covers the line: a finger needs no aim. */}
        <label htmlFor={id} className="font-medium after:absolute after:inset-0 after:content-['']">
          {label}
        </label>
        {hint ? (
          <p id={`${id}-hint`} className="text-sm text-quiet">
            {hint}
          </p>
        ) : null}
      </div>
    </div>
  );
}
