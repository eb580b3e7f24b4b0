import type { ReactNode } from 'react';
import { classNames } from './class-names';

type Shared = {
  title: ReactNode;
  children?: ReactNode;
  /** A small drawing or mark at the start of the card. */
  picture?: ReactNode;
  /** A word beside the title: « Recommandée ». */
  badge?: ReactNode;
};

function Words({ title, badge, children }: Omit<Shared, 'picture'>) {
  return (
    <span className="flex min-w-0 flex-1 flex-col gap-0.5">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-semibold">{title}</span>
        {badge ? (
          <span className="rounded-full bg-success-wash px-2.5 py-0.5 text-sm font-medium text-success">{badge}</span>
        ) : null}
      </span>
      {children ? <span className="text-quiet">{children}</span> : null}
    </span>
  );
}

export type ChoiceRadioProps = Shared & {
  id: string;
  name: string;
  value: string;
  defaultChecked?: boolean;
  required?: boolean;
  disabled?: boolean;
};

/** One of several, as a card: a real radio under it, the whole card is its label. */
export function ChoiceRadio({
  id,
  name,
  value,
  defaultChecked,
  required,
  disabled,
  picture,
  ...words
}: ChoiceRadioProps) {
  return (
    <label
      htmlFor={id}
      className={classNames(
        'flex items-center gap-4 rounded-surface border border-edge bg-surface p-4 transition-colors',
        'hover:bg-wash has-checked:border-accent has-checked:bg-wash has-checked:outline has-checked:outline-1 has-checked:-outline-offset-2 has-checked:outline-accent',
        disabled && 'opacity-60',
      )}
    >
      <input
        type="radio"
        id={id}
        name={name}
        value={value}
        defaultChecked={defaultChecked}
        required={required}
        disabled={disabled}
        className="size-5 shrink-0 accent-accent"
      />
      {picture ? <span className="shrink-0">{picture}</span> : null}
      <Words {...words} />
    </label>
  );
}

/** One of several, each with its own button or link (`action`): for choices that lead straight on. */
export function ChoiceCard({ picture, action, ...words }: Shared & { action: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-surface border border-line bg-surface p-4">
      {picture ? <span className="shrink-0">{picture}</span> : null}
      <span className="flex min-w-32 flex-1">
        <Words {...words} />
      </span>
      <span className="max-sm:w-full max-sm:*:w-full">{action}</span>
    </div>
  );
}
