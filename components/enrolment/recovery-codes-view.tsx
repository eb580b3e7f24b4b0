import type { ReactNode } from 'react';
import { DoorwayMark } from '@/components/brand/doorway-mark';
import { PageTitle } from '@/components/ui/page-title';
import { FoldingCard, type FoldingCardLabels } from './folding-card';
import { RecoveryCodesDrawing } from './illustrations';

export type RecoveryCodesViewProps = {
  codes: string[];
  labels: {
    title: string;
    /** What they are for, and where to keep them. */
    lead: string;
    /** At the head of the card, on screen and on paper: « Codes de secours ». */
    card: string;
    /** At its foot: « Chaque code sert une seule fois. » */
    cardFoot: string;
    /** On paper, where the card folds into a wallet. */
    paper: FoldingCardLabels;
  };
  /** Whose codes, and where: lines at the head of the card on screen. The first one, the organisation, is on paper too. */
  owner: string[];
  /** Buttons to copy, download (a form that posts) and print. */
  actions: ReactNode;
  /** The form that ends it: « Terminer ». */
  finish: ReactNode;
  steps?: ReactNode;
  notice?: ReactNode;
};

/** Codes on a card that is worth printing; on paper only that is left, drawn to fold into a wallet. */
export function RecoveryCodesView({ codes, labels, owner, actions, finish, steps, notice }: RecoveryCodesViewProps) {
  return (
    <div className="flex flex-col gap-6">
      <div className="screen-only flex flex-col gap-6">
        {steps}
        {notice}
        <PageTitle size="step" lead={labels.lead}>
          {labels.title}
        </PageTitle>
      </div>
      <div className="grid gap-6 md:grid-cols-[1fr_13rem] md:gap-8 print:hidden">
        <section
          aria-labelledby="recovery-card"
          className="@container overflow-hidden rounded-surface border border-edge bg-field"
        >
          <div className="flex items-center gap-3 border-b border-line px-4 py-3 sm:px-5">
            <DoorwayMark />
            <div className="min-w-0">
              <h2 id="recovery-card" className="font-semibold">
                {labels.card}
              </h2>
              {owner.map((line) => (
                <p key={line} className="text-sm text-quiet">
                  {line}
                </p>
              ))}
            </div>
          </div>
          <ol
            translate="no"
            className="grid gap-x-6 gap-y-2.5 px-4 py-4 font-mono font-medium sm:px-5 @md:grid-cols-2 @md:py-5 @xl:text-lg"
          >
            {codes.map((code) => (
              <li key={code} className="whitespace-nowrap">
                {code}
              </li>
            ))}
          </ol>
          <p className="border-t border-line px-4 py-3 text-sm text-quiet sm:px-5">{labels.cardFoot}</p>
        </section>
        <div className="flex flex-col gap-3 [&>form>*]:w-full">
          <RecoveryCodesDrawing className="mx-auto mb-2 h-auto w-40 max-md:hidden" />
          {actions}
        </div>
      </div>
      <FoldingCard codes={codes} organisation={owner[0] ?? ''} title={labels.card} labels={labels.paper} />
      <div className="screen-only border-t border-line pt-6">{finish}</div>
    </div>
  );
}
