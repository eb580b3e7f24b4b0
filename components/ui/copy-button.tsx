'use client';

import { useEffect, useState } from 'react';
import { buttonClasses, type ButtonVariant } from './button-classes';
import { classNames } from './class-names';
import { Icon } from './icon';
import { say } from './said';

export type CopyButtonProps = {
  text: string;
  labels: { copy: string; copied: string };
  /** What is copied, for those who hear the page, where several stand together. */
  subject?: string;
  variant?: ButtonVariant;
  wide?: boolean;
  className?: string;
};

/** Copies `text` and says so for a while, in its own place and width. Hidden where there is no script. */
export function CopyButton({ text, labels, subject, variant = 'secondary', wide = false, className }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 4000);
    return () => clearTimeout(timer);
  }, [copied]);

  return (
    <button
      type="button"
      className={buttonClasses(variant, wide, classNames('needs-script', className))}
      onClick={() => {
        // Refused by the browser (no permission, no secure origin): the text stays on the page to be selected.
        navigator.clipboard?.writeText(text).then(
          () => {
            setCopied(true);
            say(labels.copied);
          },
          () => setCopied(false),
        );
      }}
    >
      <Icon name={copied ? 'check' : 'copy'} />
      <span className="grid">
        <span className={classNames('col-start-1 row-start-1', copied && 'invisible')}>{labels.copy}</span>
        <span className={classNames('col-start-1 row-start-1', !copied && 'invisible')}>{labels.copied}</span>
      </span>
      {subject ? <span className="sr-only">{subject}</span> : null}
    </button>
  );
}
