import { ActionForm } from '@/components/ui/action-form';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';
import type { Locale } from '@/lib/language/locale';
import type { PasswordRequirements } from '@/lib/passwords/rules';
import { NewPassword } from './new-password';

/** The form in which somebody chooses a password: one field, its rules, and the name that a password manager needs. */
export function ChoosePassword({
  action,
  hidden,
  username,
  locale,
  requirements,
  first,
  submit,
  submitting,
}: {
  action: ServerAction;
  hidden: Readonly<Record<string, string>>;
  username: string;
  locale: Locale;
  requirements: PasswordRequirements;
  first?: boolean;
  submit: string;
  submitting: string;
}) {
  return (
    <ActionForm action={action} hidden={hidden} refusalField="password">
      {/* Password managers save what was chosen together with a name: it stands here for them. */}
      <input type="text" value={username} autoComplete="username" readOnly hidden />
      <NewPassword name="password" locale={locale} requirements={requirements} first={first} required autoFocus />
      <SubmitButton wide pendingLabel={submitting}>
        {submit}
      </SubmitButton>
    </ActionForm>
  );
}
