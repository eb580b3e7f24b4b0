import type { ReactNode } from 'react';
import { classNames } from './class-names';
import { Icon } from './icon';

export type SwitchProps = {
  id: string;
  /** The sentence that the switch answers. */
  label: ReactNode;
  checked: boolean;
  /** « Activée », « Désactivée »: the state in words, beside the switch. */
  stateLabel: string;
  hint?: ReactNode;
  /** Why it can't be moved; its presence locks the switch. */
  lockedReason?: ReactNode;
  name?: string;
  value?: string;
};

/**
 * A switch that submits its form, so that it works without script: the caller's form carries what moving it means.
 * Locked, it stays focusable and says why.
 */
export function Switch({ id, label, checked, stateLabel, hint, lockedReason, name, value }: SwitchProps) {
  const locked = lockedReason !== undefined && lockedReason !== null;
  const descriptions = classNames(hint ? `${id}-hint` : null, locked ? `${id}-locked` : null);
  return (
    <div className="grid grid-cols-[1fr_auto] items-start gap-x-4 gap-y-2">
      <span id={`${id}-label`} className="self-center font-semibold">
        {label}
      </span>
      <button
        id={id}
        type={locked ? 'button' : 'submit'}
        role="switch"
        aria-checked={checked}
        aria-disabled={locked || undefined}
        aria-labelledby={`${id}-label`}
        aria-describedby={descriptions || undefined}
        name={name}
        value={value}
        className="group flex min-h-11 min-w-22 shrink-0 flex-col items-center gap-0.5 rounded-field"
      >
        <span
          className={classNames(
            'relative mt-1.5 block h-8 w-14 rounded-full border-2 transition-colors',
            checked ? 'border-accent bg-accent' : 'border-edge bg-surface',
            !locked && checked && 'group-hover:border-accent-hover group-hover:bg-accent-hover',
            !locked && !checked && 'group-hover:bg-wash',
          )}
        >
          <span
            className={classNames(
              'absolute top-0.5 flex size-6 items-center justify-center rounded-full transition-[left]',
              checked ? 'left-[1.625rem] bg-on-accent text-accent' : 'left-0.5 bg-edge text-surface',
            )}
          >
            {locked || checked ? <Icon name={locked ? 'lock' : 'check'} className="size-4" /> : null}
          </span>
        </span>
        <span aria-hidden="true" className="text-sm text-quiet">
          {stateLabel}
        </span>
      </button>
      {hint || locked ? (
        <div className="col-span-2 flex flex-col gap-1.5 text-sm text-quiet">
          {hint ? <p id={`${id}-hint`}>{hint}</p> : null}
          {locked ? <p id={`${id}-locked`}>{lockedReason}</p> : null}
        </div>
      ) : null}
    </div>
  );
}
