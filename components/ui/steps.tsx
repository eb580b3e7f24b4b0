import { classNames } from './class-names';

/** As many parts as the line has before it is known how many steps there are: the longest way. */
const PARTS_UNTIL_KNOWN = 6;

/** Where one is in a sequence: the words say it, the thin line shows it. */
export function Steps({
  current,
  total,
  label,
  className,
}: {
  current: number;
  /** Null: not known yet. */
  total: number | null;
  label: string;
  className?: string;
}) {
  return (
    <div className={classNames('flex flex-col gap-2', className)}>
      <p className="text-sm text-quiet tabular-nums">{label}</p>
      <div aria-hidden="true" className="flex gap-1">
        {Array.from({ length: total ?? PARTS_UNTIL_KNOWN }, (_, index) => (
          <span
            key={index}
            className={classNames('h-1 flex-1 rounded-full', index < current ? 'bg-accent' : 'bg-line')}
          />
        ))}
      </div>
    </div>
  );
}
