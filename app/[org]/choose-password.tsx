import { ActionForm, FormPasswordField } from '@/components/ui/action-form';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';
import type { Locale } from '@/lib/language/locale';
import { translator } from '@/lib/language/translate';

/** The form in which somebody chooses a password: one field, its rules, and the name that a password manager needs. */
export function ChoosePassword({
  action,
  hidden,
  username,
  locale,
  label,
  hint,
  submit,
  submitting,
}: {
  action: ServerAction;
  hidden: Readonly<Record<string, string>>;
  username: string;
  locale: Locale;
  label: string;
  hint: string;
  submit: string;
  submitting: string;
}) {
  const t = translator(locale);
  return (
    <ActionForm action={action} hidden={hidden} refusalField="password">
      {/* Password managers save what was chosen together with a name: it stands here for them. */}
      <input type="text" value={username} autoComplete="username" readOnly hidden />
      <FormPasswordField
        name="password"
        label={label}
        hint={hint}
        labels={{ show: t('signIn.showPassword'), hide: t('signIn.hidePassword') }}
        autoComplete="new-password"
        roomy
        required
        autoFocus
      />
      <SubmitButton wide pendingLabel={submitting}>
        {submit}
      </SubmitButton>
    </ActionForm>
  );
}
