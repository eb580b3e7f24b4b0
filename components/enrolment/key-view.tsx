import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Icon } from '@/components/ui/icon';
import { PageTitle } from '@/components/ui/page-title';
import { Taps, type Tap } from './taps';

export type KeyViewLabels = {
  title: string;
  lead?: string;
  /** « Votre clé ». */
  key: string;
  copy: string;
  copied: string;
  /** « Comment la taper dans Microsoft Authenticator ». */
  tapsTitle: string;
  codeTitle: string;
  /** « Retour », or « Voir le carré » where the key came first. */
  back: string;
};

export type KeyViewProps = {
  labels: KeyViewLabels;
  /** The key in groups of four, in base32. */
  groups: string[];
  taps: Tap[];
  /** Back to the QR code. */
  backHref: string;
  /** The form with the code and its button. */
  form: ReactNode;
  steps?: ReactNode;
  notice?: ReactNode;
  foot?: ReactNode;
};

/** The same key as the QR code's, to type or to copy. */
export function KeyView({ labels, groups, taps, backHref, form, steps, notice, foot }: KeyViewProps) {
  return (
    <div className="flex flex-col gap-6 md:gap-8">
      {steps}
      <PageTitle size="step" lead={labels.lead}>
        {labels.title}
      </PageTitle>
      {notice}
      <div className="flex flex-col gap-4 rounded-surface border border-edge bg-field p-4 sm:p-5">
        <p id="key-label" className="font-medium">
          {labels.key}
        </p>
        <p
          aria-labelledby="key-label"
          role="group"
          translate="no"
          className="flex flex-wrap gap-x-4 gap-y-2 font-mono text-lg font-medium tracking-wide select-all"
        >
          {groups.map((group, index) => (
            // The space is what a hand-made selection carries between the groups; apps ignore it.
            <span key={index}>{group} </span>
          ))}
        </p>
        <div className="flex flex-wrap gap-3">
          <CopyButton text={groups.join('')} labels={labels} />
          <Button variant="quiet" href={backHref}>
            {foot ? null : <Icon name="back" className="-ml-2" />}
            {labels.back}
          </Button>
        </div>
      </div>
      <section aria-labelledby="taps-title" className="grid gap-5 md:grid-cols-[18rem_1fr] md:gap-10">
        <h2 id="taps-title" className="text-lg font-semibold">
          {labels.tapsTitle}
        </h2>
        <Taps taps={taps} />
      </section>
      <section
        aria-labelledby="code-title"
        className="grid gap-4 border-t border-line pt-6 md:grid-cols-[18rem_1fr] md:gap-10 md:pt-8"
      >
        <h2 id="code-title" className="text-lg font-semibold">
          {labels.codeTitle}
        </h2>
        <div className="w-full max-w-form">{form}</div>
      </section>
      {foot}
    </div>
  );
}
