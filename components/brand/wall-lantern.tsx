import { classNames } from '@/components/ui/class-names';
import { still } from '@/components/ui/still';

/** A lantern on its bracket, and the round of light that it throws on the wall. */
export function WallLantern({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 160 176"
      width="160"
      height="176"
      aria-hidden="true"
      className={classNames('shrink-0', className)}
      dangerouslySetInnerHTML={LANTERN}
    />
  );
}

const LANTERN = still(
  <>
    <circle cx="72" cy="100" r="72" className="fill-spill" />
    <path
      d="M150 24v44M150 34H84a12 12 0 0 0-12 12v6M150 58c-22 0-34-8-40-24"
      fill="none"
      strokeWidth="5"
      strokeLinecap="round"
      className="stroke-leaf"
    />
    <path d="M72 48l30 24H42z" className="fill-leaf" />
    <path d="M48 76h48l-7 56H55z" className="fill-pane" />
    <path d="M72 92c8 11 11 16 11 23a11 11 0 0 1-22 0c0-7 3-12 11-23z" className="fill-pane-deep" />
    <path d="M48 75h48l-7 57H55z" fill="none" strokeWidth="4" strokeLinejoin="round" className="stroke-leaf" />
    <path d="M52 132h40l-8 11H60zM68 143h8v6h-8z" className="fill-leaf" />
  </>,
);
