'use client';

import { CodeDrawing, TokenDrawing } from '@/components/enrolment/illustrations';
import type { PhoneKind } from '@/components/enrolment/phone-kind';
import { HelpContact, type HelpContactProps } from '@/components/shell/help-contact';
import { SignInFrame, type SignInFrameValues } from '@/components/shell/sign-in-frame';
import { ActionForm, FormCodeField, WhenRefused } from '@/components/ui/action-form';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';

export type VerifyViewProps = {
  frame: SignInFrameValues;
  action: ServerAction;
  hidden: Readonly<Record<string, string>>;
  /** What the code is read from: a token, or a phone of this kind. */
  device: 'token' | PhoneKind;
  /** The code after it, asked for where a counter may have run ahead (ENROL-8). */
  following: { readonly label: string; readonly hint: string } | null;
  /** What ticking the box means; null where no browser is remembered. */
  remember: string | null;
  /** Other ways in, then help for whoever has lost this one. */
  ways: readonly { readonly href: string; readonly label: string }[];
  help: HelpContactProps;
  words: Readonly<Record<'aside' | 'title' | 'lead' | 'code' | 'submit' | 'submitting', string>>;
  /** Below the code. */
  hint: string | undefined;
};

/** The third step: a code. */
export function VerifyView({
  frame,
  action,
  hidden,
  device,
  following,
  remember,
  ways,
  help,
  words,
  hint,
}: VerifyViewProps) {
  return (
    <SignInFrame
      {...frame}
      aside={
        <figure className="flex flex-col gap-4">
          {device === 'token' ? (
            <TokenDrawing className="h-auto w-40" />
          ) : (
            <CodeDrawing kind={device} className="h-auto w-40" />
          )}
          <figcaption className="max-w-72 text-quiet">{words.aside}</figcaption>
        </figure>
      }
    >
      <div className="flex flex-col gap-6">
        <PageTitle size="step" lead={words.lead}>
          {words.title}
        </PageTitle>
        <ActionForm action={action} hidden={hidden} refusalField="code">
          <FormCodeField name="code" label={words.code} hint={hint} roomy autoFocus />
          {following ? (
            <WhenRefused codes={['code.wrong']}>
              <FormCodeField name="following" label={following.label} hint={following.hint} required={false} />
            </WhenRefused>
          ) : null}
          {remember ? (
            <label className="-mt-4 flex min-h-11 items-center gap-3">
              <input type="checkbox" name="remember" className="size-5 accent-accent" />
              {remember}
            </label>
          ) : null}
          <SubmitButton wide className={remember ? undefined : '-mt-2'} pendingLabel={words.submitting}>
            {words.submit}
          </SubmitButton>
        </ActionForm>
        {ways.map(({ href, label }) => (
          <Link key={href} href={href} className="self-start">
            {label}
          </Link>
        ))}
        <HelpContact {...help} />
      </div>
    </SignInFrame>
  );
}
