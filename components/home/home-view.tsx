'use client';

import type { ReactNode } from 'react';
import { Hall } from '@/components/brand/hall';
import { CodeDrawing, PhoneDrawing, RecoveryCodesDrawing } from '@/components/enrolment/illustrations';
import type { PhoneKind } from '@/components/enrolment/phone-kind';
import { PortalFrame, type PortalFrameValues } from '@/components/shell/portal-frame';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { classNames } from '@/components/ui/class-names';
import { DoorLink, type DoorLinkProps } from '@/components/ui/door-link';
import { Invitation } from '@/components/ui/invitation';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';

/** The one thing to do next, or the word that nothing is left to do. */
export type NextStepValues = {
  tone?: 'success' | 'warning';
  title: string;
  text: string;
  /** What the drawing shows: a code on the telephone, the telephone alone, or recovery codes. */
  picture: 'code' | 'phone' | 'recovery-codes';
  ways: WayValues | OfferValues;
};

/** Where the one button leads; loud where it is what the page asks for. */
type WayValues = { readonly href: string; readonly label: string; readonly loud: boolean };

/** What may be answered yes or later, and what each button says while its answer is on the way. */
type OfferValues = {
  readonly action: ServerAction;
  readonly yes: Readonly<Record<'label' | 'pending', string>>;
  readonly later: Readonly<Record<'label' | 'pending', string>>;
};

export type HomeViewProps = {
  frame: PortalFrameValues;
  title: string;
  lead: string;
  phone: PhoneKind;
  next: NextStepValues | null;
  rooms: { readonly title: string; readonly doors: readonly DoorLinkProps[] };
  /** What must be known before anything else. */
  children: ReactNode;
};

/** The hall that one comes into, a welcome by name, the next step, and the ways to the rooms of one's own. */
export function HomeView({ frame, title, lead, phone, next, rooms, children }: HomeViewProps) {
  return (
    <PortalFrame
      {...frame}
      hero={
        <div className="flex items-end justify-between gap-6 max-sm:flex-col max-sm:items-start">
          <PageTitle className="pt-8 sm:self-center sm:py-8" lead={lead}>
            {title}
          </PageTitle>
          <Hall className="h-auto w-full max-w-120 min-w-0 sm:w-1/2" />
        </div>
      }
    >
      <div className="flex flex-col gap-8 sm:gap-10">
        {children}
        {next ? <NextStep {...next} phone={phone} /> : null}
        <section aria-labelledby="rooms" className="flex flex-col gap-4">
          <h2 id="rooms" className="text-lg font-semibold">
            {rooms.title}
          </h2>
          <div
            className={classNames(
              'grid gap-3 md:gap-4',
              rooms.doors.length === 4 ? 'md:grid-cols-2' : 'md:grid-cols-3',
            )}
          >
            {rooms.doors.map((door) => (
              <DoorLink key={door.href} {...door} />
            ))}
          </div>
        </section>
      </div>
    </PortalFrame>
  );
}

function NextStep({ tone, title, text, picture, ways, phone }: NextStepValues & { phone: PhoneKind }) {
  const wide = 'h-auto w-full';
  return (
    <Invitation
      tone={tone}
      titleId="next"
      title={title}
      picture={
        picture === 'code' ? (
          <CodeDrawing kind={phone} className={wide} />
        ) : picture === 'phone' ? (
          <PhoneDrawing kind={phone} className={wide} />
        ) : (
          <RecoveryCodesDrawing className={wide} />
        )
      }
      actions={
        'href' in ways ? (
          <Button variant={ways.loud ? 'primary' : 'secondary'} href={ways.href}>
            {ways.label}
          </Button>
        ) : (
          <>
            <ActionForm action={ways.action} hidden={{ answer: 'yes' }}>
              <SubmitButton pendingLabel={ways.yes.pending}>{ways.yes.label}</SubmitButton>
            </ActionForm>
            <ActionForm action={ways.action} hidden={{ answer: 'later' }}>
              <SubmitButton variant="secondary" pendingLabel={ways.later.pending}>
                {ways.later.label}
              </SubmitButton>
            </ActionForm>
          </>
        )
      }
    >
      {text}
    </Invitation>
  );
}
