'use client';

import { useState } from 'react';
import { controlClasses, describedBy, FieldFrame, type FieldProps } from './field';
import { Icon } from './icon';

export type PasswordFieldProps = Omit<FieldProps, 'type'> & {
  /** « Montrer le mot de passe »: it stays while the eye is pressed, whose state says the rest. */
  showLabel: string;
};

/** A password with an eye. Without script the eye is hidden and its room stays; the field is an ordinary one. */
export function PasswordField({
  name,
  id = name,
  label,
  hint,
  error,
  roomy,
  className,
  showLabel,
  ...input
}: PasswordFieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} roomy={roomy} className={className}>
      <div className="relative">
        <input
          autoComplete="current-password"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          {...input}
          id={id}
          name={name}
          type={shown ? 'text' : 'password'}
          aria-invalid={error ? true : input['aria-invalid']}
          aria-describedby={describedBy(id, hint, error, input['aria-describedby'])}
          className={`${controlClasses} pr-12`}
        />
        <button
          type="button"
          aria-controls={id}
          aria-pressed={shown}
          aria-label={showLabel}
          onClick={() => setShown(!shown)}
          className="needs-script absolute inset-y-0 right-0 flex w-11 items-center justify-center rounded-field text-quiet hover:text-ink"
        >
          <Icon name={shown ? 'eye-closed' : 'eye'} />
        </button>
      </div>
    </FieldFrame>
  );
}
