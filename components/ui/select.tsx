import type { ReactNode, SelectHTMLAttributes } from 'react';
import { classNames } from './class-names';
import { controlClasses, describedBy, FieldFrame } from './field';
import { Icon } from './icon';

export type SelectProps = Omit<SelectHTMLAttributes<HTMLSelectElement>, 'id' | 'name'> & {
  name: string;
  id?: string;
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  /** `<option>` elements. */
  children: ReactNode;
};

/** The browser's own list, in our dress. */
export function Select({ name, id = name, label, hint, error, className, children, ...select }: SelectProps) {
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} className={className}>
      <div className="relative">
        <select
          {...select}
          id={id}
          name={name}
          aria-invalid={error ? true : select['aria-invalid']}
          aria-describedby={describedBy(id, hint, error, select['aria-describedby'])}
          className={classNames(controlClasses, 'appearance-none pr-10 text-ellipsis')}
        >
          {children}
        </select>
        <Icon name="down" className="pointer-events-none absolute top-1/2 right-3 -translate-y-1/2 text-quiet" />
      </div>
    </FieldFrame>
  );
}
