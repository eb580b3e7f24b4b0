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

function Badge({ children }: { children: ReactNode }) {
  return (
    <span className="rounded-full bg-success-wash px-2.5 py-0.5 text-sm font-medium text-success">{children}</span>
  );
}

function Words({ title, badge, children, className }: Omit<Shared, 'picture'> & { className?: string }) {
  return (
    <span className={classNames('flex min-w-0 flex-1 flex-col gap-0.5', className)}>
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-semibold">{title}</span>
        {badge ? <Badge>{badge}</Badge> : null}
      </span>
      {children ? <span className="text-quiet">{children}</span> : null}
    </span>
  );
}

type RadioProps = {
  id: string;
  name: string;
  value: string;
  defaultChecked?: boolean;
  required?: boolean;
  disabled?: boolean;
};

const radioClasses = 'size-5 shrink-0 accent-accent';
const chosenClasses =
  'transition-colors hover:bg-wash has-checked:border-accent has-checked:bg-wash has-checked:outline has-checked:outline-1 ' +
  'has-checked:-outline-offset-2 has-checked:outline-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 ' +
  'has-focus-visible:outline-focus';

export type ChoiceRadioProps = Shared &
  RadioProps & {
    /** `tile`: on a wide screen the picture stands above the words, for choices side by side. */
    layout?: 'row' | 'tile';
    className?: string;
  };

/** One of several, as a card: a real radio under it, the whole card is its label. */
export function ChoiceRadio({
  title,
  badge,
  children,
  picture,
  layout = 'row',
  className,
  disabled,
  ...radio
}: ChoiceRadioProps) {
  const tile = layout === 'tile';
  return (
    <label
      htmlFor={radio.id}
      className={classNames(
        'flex items-center gap-3 rounded-surface border border-edge bg-surface p-4',
        tile && 'md:grid md:grid-cols-[auto_1fr] md:content-start md:items-start md:gap-y-4 md:p-5',
        chosenClasses,
        disabled && 'opacity-60',
        className,
      )}
    >
      <input
        {...radio}
        type="radio"
        disabled={disabled}
        className={classNames(radioClasses, tile && 'md:row-start-2 md:mt-0.5')}
      />
      {picture ? (
        <span className={classNames('shrink-0', tile && 'md:col-span-2 md:row-start-1 md:justify-self-center')}>
          {picture}
        </span>
      ) : null}
      <Words title={title} badge={badge} className={tile ? 'md:col-start-2 md:row-start-2' : undefined}>
        {children}
      </Words>
    </label>
  );
}

/** One line of a list of radios; what is at its end (a link) is not part of the label. */
export function ChoiceRow({
  title,
  detail,
  end,
  ...radio
}: RadioProps & { title: ReactNode; detail?: ReactNode; end?: ReactNode }) {
  return (
    <div className="flex min-h-12 items-center gap-2 has-checked:bg-wash">
      <label htmlFor={radio.id} className="flex min-w-0 flex-1 items-center gap-3 self-stretch py-2.5 pl-3 sm:pl-4">
        <input {...radio} type="radio" className={radioClasses} />
        <span className="min-w-0 leading-snug">
          <span className="font-medium">{title}</span>
          {detail ? <span className="block text-sm text-quiet">{detail}</span> : null}
        </span>
      </label>
      {end ? <span className="shrink-0 pr-3 sm:pr-4">{end}</span> : null}
    </div>
  );
}

/** One of several, each with its own button or link (`action`): for choices that lead straight on. */
export function ChoiceCard({ picture, action, ...words }: Shared & { action: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-4 rounded-surface border border-edge bg-surface p-4 sm:p-6">
      {picture ? <span className="shrink-0">{picture}</span> : null}
      <span className="flex min-w-44 flex-1">
        <Words {...words} />
      </span>
      <span className="max-sm:w-full max-sm:*:w-full">{action}</span>
    </div>
  );
}
