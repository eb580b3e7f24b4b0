'use client';

import { SignInFrame, type SignInFrameValues } from '@/components/shell/sign-in-frame';
import { ActionForm, FormField } from '@/components/ui/action-form';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';

export type IdentifyViewProps = {
  frame: SignInFrameValues;
  action: ServerAction;
  hidden: Readonly<Record<string, string>>;
  /** What is said to whoever has just signed out. */
  signedOut: string | null;
  words: Readonly<Record<'aside' | 'title' | 'lead' | 'identifier' | 'hint' | 'submit' | 'submitting', string>>;
};

/** The first step: who comes in. */
export function IdentifyView({ frame, action, hidden, signedOut, words }: IdentifyViewProps) {
  return (
    <SignInFrame {...frame} aside={<p className="text-2xl leading-tight font-bold tracking-tight">{words.aside}</p>}>
      <div className="flex flex-col gap-6">
        {signedOut ? <Notice tone="success">{signedOut}</Notice> : null}
        <PageTitle lead={words.lead}>{words.title}</PageTitle>
        <ActionForm action={action} hidden={hidden}>
          <FormField
            name="identifier"
            label={words.identifier}
            hint={words.hint}
            roomy
            autoComplete="username"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            maxLength={254}
            required
          />
          <SubmitButton wide className="-mt-2" pendingLabel={words.submitting}>
            {words.submit}
          </SubmitButton>
        </ActionForm>
      </div>
    </SignInFrame>
  );
}
