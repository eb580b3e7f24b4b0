import { classNames } from '@/components/ui/class-names';

/** A lantern on the wall beside the door. */
export function WallLantern({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 64 120"
      width="64"
      height="120"
      aria-hidden="true"
      focusable="false"
      className={classNames('shrink-0', className)}
    >
      <path d="M32 4v12" className="stroke-leaf" strokeWidth="3" />
      <path d="M14 30 32 14l18 16z" className="fill-leaf" />
      <path d="M18 30h28l-4 46H22z" className="fill-pane" />
      <path d="M32 44c6 8 8 12 8 17a8 8 0 0 1-16 0c0-5 2-9 8-17z" className="fill-pane-deep" />
      <path
        d="M18 30h28l-4 46H22zM32 30v14M32 69v7"
        fill="none"
        className="stroke-leaf"
        strokeWidth="3"
        strokeLinejoin="round"
      />
      <path d="M18 76h28l-6 8H24z" className="fill-leaf" />
    </svg>
  );
}
