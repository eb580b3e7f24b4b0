import { classNames } from '@/components/ui/class-names';
import { still } from '@/components/ui/still';

/** A small tree in its pot, on the ground beside the door. */
export function PottedTree({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 112 236"
      width="112"
      height="236"
      aria-hidden="true"
      className={classNames('shrink-0', className)}
      dangerouslySetInnerHTML={TREE}
    />
  );
}

const TREE = still(
  <>
    <path d="M56 88v92" strokeWidth="6" className="stroke-leaf" />
    <circle cx="56" cy="58" r="50" className="fill-tree" />
    <path d="M56 8a50 50 0 0 0-34 86.7A60 60 0 0 1 56 8z" className="fill-tree-lit" />
    <path d="M20 170h72v14H20z" className="fill-pot" />
    <path d="M26 184h60l-8 52H34z" className="fill-pot" />
    <path d="M26 184h22l2 52H34z" className="fill-pot-lit" />
  </>,
);
