'use client';

import { classNames } from '@/components/ui/class-names';
import { still } from '@/components/ui/still';

/** Behind the door: it is shut for the night, coats hang on their hooks, boots dry under the bench, the lamp is lit. */
export function Hall({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 480 208"
      width="480"
      height="208"
      aria-hidden="true"
      className={classNames('shrink-0', className)}
      dangerouslySetInnerHTML={ROOM}
    />
  );
}

const ROOM = still(
  <>
    <path d="M404 66 344 208h120z" className="fill-spill" />
    <path d="M404 0v36" strokeWidth="3" className="stroke-leaf" />
    <circle cx="404" cy="66" r="9" className="fill-pane-deep" />
    <path d="M372 66a32 32 0 0 1 64 0z" className="fill-leaf" />

    <path d="M26 208V84a56 56 0 0 1 112 0v124z" className="fill-stone" />
    <path d="M34 84a48 48 0 0 1 96 0z" className="fill-pane" />
    <path d="M65 84a17 17 0 0 1 34 0z" className="fill-pane-deep" />
    <path
      d="M65 84a17 17 0 0 1 34 0M67 76 42 58M76 69l-6-31M88 69l6-31M97 76l25-18"
      fill="none"
      strokeWidth="3"
      className="stroke-stone"
    />
    <path d="M34 88h96v120H34z" className="fill-leaf" />
    <path
      d="M44 98h34v44H44zM86 98h34v44H86zM44 152h34v48H44zM86 152h34v48H86z"
      fill="none"
      strokeWidth="2.5"
      className="stroke-stone"
    />
    <circle cx="82" cy="150" r="4.5" className="fill-pane" />

    <path d="M176 62h138v8H176z" className="fill-floor" />
    <path d="M196 70v10M230 70v10M264 70v10M298 70v10" strokeWidth="4" strokeLinecap="round" className="stroke-leaf" />
    <path d="M190 80h12c9 3 14 9 16 18l4 52h-52l4-52c2-9 7-15 16-18z" className="fill-tree-lit" />
    <path d="M196 80h-6c-9 3-14 9-16 18l-4 52h26z" className="fill-tree" />
    <path d="M196 96v54" strokeWidth="2" className="stroke-leaf" />
    <path d="M226 80h8v50a4 4 0 0 1-8 0z" className="fill-pane-deep" />
    <path d="M234 80h5v36a2.5 2.5 0 0 1-5 0z" className="fill-pane" />
    <path d="M260 80h8c7 2 11 6 12 12l4 34h-40l4-34c1-6 5-10 12-12z" className="fill-pot-lit" />
    <path d="M264 80h-4c-7 2-11 6-12 12l-4 34h20z" className="fill-pot" />
    <path d="M264 92v34" strokeWidth="2" className="stroke-leaf" />
    <path d="M292 80h12v8h-12z" className="fill-leaf" />
    <path d="M286 92a6 6 0 0 1 6-6h12a6 6 0 0 1 6 6v28h-24z" className="fill-accent" />
    <path d="M290 104h16v11h-16z" className="fill-pane" />

    <path d="M170 166h150v9H170z" className="fill-floor" />
    <path d="M180 175h8v33h-8zM302 175h8v33h-8z" className="fill-floor" />
    <path d="M204 182h9v14h9c3 0 5 3 5 6v6h-23zM230 182h9v14h9c3 0 5 3 5 6v6h-23z" className="fill-leaf" />
    <path d="M264 190h7v9h7c3 0 4 2 4 4v5h-18zM285 190h7v9h7c3 0 4 2 4 4v5h-18z" className="fill-pot" />

    <path d="M372 150h64v7h-64z" className="fill-floor" />
    <path d="M380 157h6v51h-6zM422 157h6v51h-6z" className="fill-floor" />
    <path d="M414 128h14l-2 22h-10z" className="fill-pot-lit" />
    <path d="M421 128c-8-3-11-10-9-18 6 2 9 7 9 13 0-7 3-13 9-15 2 8-1 17-9 20z" className="fill-tree" />
    <path d="M382 144h22a8 6 0 0 1-22 0z" className="fill-accent" />
  </>,
);
