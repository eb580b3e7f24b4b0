import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';

export type ErrorKind = 'not-found' | 'forbidden' | 'failed' | 'unavailable';

/** A door for each: none in the wall, a closed one with its lock, one ajar with the light out, one that is being mended. */
function DoorDrawing({ kind }: { kind: ErrorKind }) {
  return (
    <svg viewBox="8 8 184 150" width="184" height="150" aria-hidden="true">
      <path d="M8 152h184v4H8z" className="fill-stone" />
      {kind === 'not-found' ? (
        <>
          <path
            d="M58 152V64a42 42 0 0 1 84 0v88"
            fill="none"
            strokeWidth="5"
            strokeDasharray="4 12"
            strokeLinecap="round"
            className="stroke-edge"
          />
          <path d="M166 152V96h6v56zM154 88h24l8 8-8 8h-24z" className="fill-pot" />
          <path
            d="M46 152c-8-1-14-6-14-14 6 0 10 2 13 6 0-8 3-14 9-18 4 6 5 13 2 20 3-2 6-3 10-2-2 5-7 8-12 8z"
            className="fill-tree"
          />
        </>
      ) : (
        <>
          <path d="M50 152V62a50 50 0 0 1 100 0v90z" className="fill-stone" />
          <path d="M58 152V62a42 42 0 0 1 84 0v90z" className="fill-leaf" />
        </>
      )}
      {kind === 'forbidden' ? (
        <>
          <path d="M68 146V66a32 32 0 0 1 64 0v80z" fill="none" strokeWidth="3" className="stroke-stone" />
          <circle cx="120" cy="98" r="9" className="fill-pane" />
          <path d="M120 93a3 3 0 0 1 1.6 5.5L123 104h-6l1.4-5.5A3 3 0 0 1 120 93z" className="fill-leaf" />
        </>
      ) : null}
      {kind === 'failed' ? (
        <>
          <path d="M112 152V22c18 5 30 21 30 40v90z" className="fill-ground" />
          <path d="M112 152V22l4 1v129z" className="fill-pane-deep" />
          <circle cx="102" cy="96" r="4" className="fill-pane" />
        </>
      ) : null}
      {kind === 'unavailable' ? (
        <>
          <path d="M68 146V66a32 32 0 0 1 64 0v80z" fill="none" strokeWidth="3" className="stroke-stone" />
          <rect x="70" y="72" width="60" height="40" rx="6" className="fill-pane" />
          <path
            d="M76 73l24-19 24 19"
            fill="none"
            strokeWidth="3"
            strokeLinejoin="round"
            className="stroke-pane-deep"
          />
          <circle cx="100" cy="92" r="12" className="fill-field" />
          <path
            d="M100 85v7l5 3"
            fill="none"
            strokeWidth="2.5"
            strokeLinecap="round"
            strokeLinejoin="round"
            className="stroke-accent"
          />
        </>
      ) : null}
    </svg>
  );
}

export type ErrorViewProps = {
  kind: ErrorKind;
  title: string;
  /** What happened and what to do, in one or two sentences. */
  children: ReactNode;
  /** What a person may read out to support: « Référence : » and the request's id. */
  support?: { label: string; code: string };
  next?: { href: string; label: string };
  /** Whom to call. */
  help?: ReactNode;
};

/** A page that can't be shown: which door one stands before, why, and the way on. */
export function ErrorView({ kind, title, children, support, next, help }: ErrorViewProps) {
  return (
    <div className="mx-auto flex max-w-form flex-col items-start gap-6">
      <DoorDrawing kind={kind} />
      <div className="flex flex-col gap-2">
        <h1 className="text-xl font-bold tracking-tight">{title}</h1>
        <div>{children}</div>
      </div>
      {next ? (
        <Button variant="primary" href={next.href}>
          {next.label}
        </Button>
      ) : null}
      {help}
      {support ? (
        <p className="text-sm text-quiet">
          {support.label} <span className="font-mono text-ink select-all">{support.code}</span>
        </p>
      ) : null}
    </div>
  );
}
