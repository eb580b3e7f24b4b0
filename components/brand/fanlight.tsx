import { classNames } from '@/components/ui/class-names';
import { still } from '@/components/ui/still';

/**
 * The window over the door: lit panes between rays. It stretches to whatever arch holds it, and its bars keep their
 * width while it does.
 */
export function Fanlight({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 200 100"
      preserveAspectRatio="none"
      aria-hidden="true"
      className={classNames('block w-full', className)}
      dangerouslySetInnerHTML={PANES}
    />
  );
}

const PANES = still(
  <>
    <path d="M0 0h200v100H0z" className="fill-pane" />
    <path d="M64 100a36 36 0 0 1 72 0z" className="fill-pane-deep" />
    <path
      d="M64 100a36 36 0 0 1 72 0M70.88 78.84 19.1 41.22M88.87 65.76 69.1 4.89M111.13 65.76 130.9 4.89M129.12 78.84 180.9 41.22"
      fill="none"
      strokeWidth="5"
      vectorEffect="non-scaling-stroke"
      className="stroke-stone"
    />
  </>,
);
