'use client';

import { HelpContact, type HelpContactProps } from '@/components/shell/help-contact';
import { SignInFrame, type SignInFrameValues } from '@/components/shell/sign-in-frame';
import { ActionForm, FormPasswordField, WhenRefused } from '@/components/ui/action-form';
import { Link } from '@/components/ui/link';
import { PageTitle } from '@/components/ui/page-title';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';
import { Whose } from './whose';

// One help for all of them: it tells nobody apart (SIGN-4).
const REFUSED = ['sign-in.wrong-password', 'sign-in.throttled', 'sign-in.blocked'] as const;

export type PasswordViewProps = {
  frame: SignInFrameValues;
  action: ServerAction;
  hidden: Readonly<Record<string, string>>;
  /** What was typed a step before. */
  identifier: string;
  help: HelpContactProps;
  /** Back to the first step, and to a new password. */
  ways: Readonly<Record<'start' | 'forgotten', string>>;
  words: Readonly<
    Record<
      | 'title'
      | 'as'
      | 'notYou'
      | 'notYouFor'
      | 'password'
      | 'showPassword'
      | 'hint'
      | 'submit'
      | 'submitting'
      | 'forgotten',
      string
    >
  >;
};

/** The second step: the password. */
export function PasswordView({ frame, action, hidden, identifier, help, ways, words }: PasswordViewProps) {
  return (
    <SignInFrame {...frame}>
      <div className="flex flex-col gap-6">
        <PageTitle size="step">{words.title}</PageTitle>
        <Whose says={words.as} name={identifier}>
          <Link href={ways.start} aria-label={words.notYouFor} className="text-sm">
            {words.notYou}
          </Link>
        </Whose>
        <ActionForm action={action} hidden={hidden} refusalField="password">
          {/* Password managers save what was typed together with a name: it stands here for them. */}
          <input type="text" value={identifier} autoComplete="username" readOnly hidden />
          <FormPasswordField
            name="password"
            label={words.password}
            showLabel={words.showPassword}
            hint={words.hint}
            autoComplete="current-password"
            roomy
            required
            autoFocus
          />
          <SubmitButton wide className="-mt-2" pendingLabel={words.submitting}>
            {words.submit}
          </SubmitButton>
          <WhenRefused codes={REFUSED}>
            <HelpContact {...help} />
          </WhenRefused>
        </ActionForm>
        <Link href={ways.forgotten} className="-mt-3 self-start">
          {words.forgotten}
        </Link>
      </div>
    </SignInFrame>
  );
}
