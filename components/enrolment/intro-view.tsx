import type { ReactNode } from 'react';
import { PageTitle } from '@/components/ui/page-title';

export type IntroViewProps = {
  title: string;
  /** « Cela prend quelques minutes. » and why. */
  lead: string;
  /** « Ce qu'il vous faut ». */
  needsTitle: string;
  needs: Array<{ text: ReactNode; picture?: ReactNode }>;
  /** The one button that begins, and « Plus tard » where it is allowed. */
  actions: ReactNode;
  notice?: ReactNode;
};

/** Before the first step: how long, what one needs, and one button. */
export function IntroView({ title, lead, needsTitle, needs, actions, notice }: IntroViewProps) {
  return (
    <div className="flex flex-col gap-6">
      <PageTitle size="step" lead={lead}>
        {title}
      </PageTitle>
      {notice}
      <section aria-labelledby="needs" className="flex flex-col gap-3">
        <h2 id="needs" className="font-semibold">
          {needsTitle}
        </h2>
        <ul className="flex flex-col gap-3">
          {needs.map((need, index) => (
            <li key={index} className="flex items-center gap-4">
              {need.picture ? <span className="shrink-0">{need.picture}</span> : null}
              <span className="min-w-0 flex-1">{need.text}</span>
            </li>
          ))}
        </ul>
      </section>
      <div className="flex flex-col gap-3">{actions}</div>
    </div>
  );
}
