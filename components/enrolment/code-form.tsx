import type { ReactNode } from 'react';
import { CodeField } from '@/components/ui/code-field';
import type { FormAction } from '@/components/ui/form-action';
import { SubmitButton } from '@/components/ui/submit-button';

export type CodeFormLabels = {
  /** « Code à 6 chiffres ». */
  code: string;
  codeHint?: string;
  /** « Connexion » while signing in, « Activer » in My account. */
  submit: string;
  pending: string;
};

export type CodeFormProps = {
  formAction: FormAction;
  labels: CodeFormLabels;
  /** Why the last code was refused. */
  error?: ReactNode;
  /** The field's name. */
  name?: string;
  /** A second button or link: « Annuler ». */
  secondary?: ReactNode;
  autoFocus?: boolean;
  /** Hidden inputs. */
  children?: ReactNode;
};

/** The code, and the one button that sends it. */
export function CodeForm({ formAction, labels, error, name = 'code', secondary, autoFocus, children }: CodeFormProps) {
  return (
    <form
      action={formAction}
      method={typeof formAction === 'string' ? 'post' : undefined}
      className="flex w-full max-w-form flex-col gap-5"
    >
      {children}
      <CodeField name={name} label={labels.code} hint={labels.codeHint} error={error} autoFocus={autoFocus} />
      <div className="flex flex-col gap-3 sm:flex-row-reverse">
        <SubmitButton pendingLabel={labels.pending} className="flex-1">
          {labels.submit}
        </SubmitButton>
        {secondary}
      </div>
    </form>
  );
}
