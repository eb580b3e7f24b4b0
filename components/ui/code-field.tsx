import { classNames } from './class-names';
import { frameClasses, describedBy, FieldFrame, type FieldProps } from './field';

export type CodeFieldProps = Omit<FieldProps, 'type' | 'inputMode' | 'autoComplete'>;

/**
 * Six digits in one real input. Nothing filters what arrives, and the length is generous: a pasted « 123 456 » or
 * « 123-456 » stays whole for the server to read.
 */
export function CodeField({ name, id = name, label, hint, error, roomy, className, ...input }: CodeFieldProps) {
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} roomy={roomy} className={className}>
      <input
        maxLength={32}
        required
        // Not empty, so that the style sheet can tell whether something was typed.
        placeholder=" "
        {...input}
        id={id}
        name={name}
        type="text"
        inputMode="numeric"
        autoComplete="one-time-code"
        autoCorrect="off"
        spellCheck={false}
        aria-invalid={error ? true : input['aria-invalid']}
        aria-describedby={describedBy(id, hint, error, input['aria-describedby'])}
        className={classNames(frameClasses, 'code-input h-16')}
      />
    </FieldFrame>
  );
}
