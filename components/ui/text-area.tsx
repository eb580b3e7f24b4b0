import type { ReactNode, TextareaHTMLAttributes } from 'react';
import { controlClasses, describedBy, FieldFrame } from './field';

export type TextAreaProps = Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'id' | 'name'> & {
  name: string;
  id?: string;
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
};

/** A field of several lines: what is pasted into it keeps them. */
export function TextArea({ name, id = name, label, hint, error, className, ...area }: TextAreaProps) {
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} className={className}>
      <textarea
        rows={3}
        {...area}
        id={id}
        name={name}
        aria-invalid={error ? true : area['aria-invalid']}
        aria-describedby={describedBy(id, hint, error, area['aria-describedby'])}
        className={controlClasses}
      />
    </FieldFrame>
  );
}
