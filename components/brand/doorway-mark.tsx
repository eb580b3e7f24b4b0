import { classNames } from '@/components/ui/class-names';
import { still } from '@/components/ui/still';

/** The mark: a door ajar under a rounded arch, a line of light, and the light on the ground before it. */
export function DoorwayMark({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 32 32"
      width="32"
      height="32"
      aria-hidden="true"
      className={classNames('shrink-0', className)}
      dangerouslySetInnerHTML={MARK}
    />
  );
}

const MARK = still(
  <>
    <path d="M5 27V13a11 11 0 0 1 22 0v14z" className="fill-leaf" />
    <path d="M17.5 5.14A8 8 0 0 1 24 13v14h-6.5z" className="fill-pane-deep" />
    <path d="M17.5 28.5h7L29 31.5H18.500z" className="fill-pane-deep" />
  </>,
);
