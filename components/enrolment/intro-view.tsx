import type { ReactNode } from 'react';
import { Icon, type IconName } from '@/components/ui/icon';
import { PageTitle } from '@/components/ui/page-title';
import { CodeDrawing } from './illustrations';
import type { PhoneKind } from './phone-kind';

export type IntroViewProps = {
  title: string;
  /** What will happen, and why. */
  lead: string;
  /** How long it takes, what to have at hand: a line each. */
  needs: Array<{ text: ReactNode; icon: IconName }>;
  /** The phone of the picture. */
  phone: PhoneKind;
  /** The one button that begins, and « Plus tard » where it is allowed. */
  actions: ReactNode;
  steps?: ReactNode;
};

/** Before the first step: how long, what one needs, what it will look like, and one button. */
export function IntroView({ title, lead, needs, phone, actions, steps }: IntroViewProps) {
  return (
    <div className="flex flex-col gap-6 md:gap-8">
      {steps}
      <div className="grid gap-6 md:grid-cols-[minmax(0,26rem)_1fr] md:gap-10">
        <div className="flex flex-col gap-6">
          <PageTitle size="step" lead={lead}>
            {title}
          </PageTitle>
          <CodeDrawing kind={phone} className="mx-auto h-auto w-36 md:hidden" />
          <ul className="flex flex-col gap-3">
            {needs.map((need, index) => (
              <li key={index} className="flex items-start gap-3">
                <Icon name={need.icon} className="mt-0.5 text-accent" />
                <span className="min-w-0 flex-1">{need.text}</span>
              </li>
            ))}
          </ul>
          <div className="flex flex-col gap-3">{actions}</div>
        </div>
        <CodeDrawing kind={phone} className="h-auto w-full max-w-72 self-center justify-self-center max-md:hidden" />
      </div>
    </div>
  );
}
