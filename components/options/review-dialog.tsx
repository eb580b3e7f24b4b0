'use client';

import { Said } from '@/components/ui/said';
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';

/**
 * What is confirmed before it counts: a dialog over the page it came from where a script runs, and without one a page of
 * the same look. Escape leads back like « Annuler ».
 */
export function ReviewDialog({
  title,
  backHref,
  review,
  children,
}: {
  title: string;
  backHref: string;
  review: ReactNode;
  /** The page behind it. */
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const [live, setLive] = useState(false);
  useLayoutEffect(() => {
    setLive(true);
    const shown = dialog.current;
    if (shown === null || shown.matches(':modal')) return;
    shown.close();
    shown.showModal();
    shown.scrollTop = 0;
    heading.current?.focus();
    return () => shown.close();
  }, []);
  return (
    <>
      <dialog
        ref={dialog}
        open
        aria-labelledby="review-title"
        onCancel={(event) => {
          event.preventDefault();
          window.location.assign(backHref);
        }}
        className="static m-auto block w-full max-w-wide rounded-surface border border-line bg-surface p-5 text-ink backdrop:bg-leaf/70 sm:p-8 [&:modal]:fixed [&:modal]:inset-0 [&:modal]:h-fit [&:modal]:max-h-[calc(100dvh-2rem)] [&:modal]:w-[calc(100%-2rem)] [&:modal]:overflow-y-auto [&:modal]:shadow-float"
      >
        <h2
          id="review-title"
          ref={heading}
          tabIndex={-1}
          className="mb-5 text-xl font-bold tracking-tight outline-none"
        >
          {title}
        </h2>
        {review}
        <Said />
      </dialog>
      <div hidden={!live}>{children}</div>
    </>
  );
}
