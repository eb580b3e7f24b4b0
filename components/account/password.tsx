import { PasskeyButton, type PasskeyButtonProps } from '@/components/passkeys/passkey-button';
import { NewPasswordField, type NewPasswordValues } from '@/components/passwords/new-password-field';
import { ProviderFirst, type ProviderFirstValues } from '@/components/shell/provider-first';
import { ActionForm, FormCodeField, FormField, FormPasswordField } from '@/components/ui/action-form';
import type { FieldProps } from '@/components/ui/field';
import { Panel } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import type { ServerAction } from '@/lib/actions/model';

/** What proves the factor beside the password: six digits and nothing else, or what a field takes beside a passkey. */
type FactorValues = { readonly digits: true; readonly label: string; readonly hint: string } | FieldProps;

export type PasswordValues = {
  readonly title: string;
  readonly lead: string;
  readonly action: ServerAction;
  /** Whose password it is. */
  readonly email: string;
  readonly next: NewPasswordValues;
  /** Null: none is set up. */
  readonly factor: FactorValues | null;
  /** How the button asks for a passkey; null: there is none. */
  readonly passkey: Pick<PasskeyButtonProps, 'ceremony' | 'from' | 'unlessTyped' | 'words'> | null;
  readonly words: Readonly<Record<'current' | 'showCurrent' | 'submit' | 'submitting', string>>;
};

/** One's password, changed with the one before it and the factor. */
export function PasswordPanel({ title, lead, action, email, next, factor, passkey, words }: PasswordValues) {
  const button = { className: 'self-start', pendingLabel: words.submitting, children: words.submit };
  return (
    <Panel title={title} titleId="password-section" lead={lead}>
      <ActionForm action={action} className="max-w-form">
        <input type="text" value={email} autoComplete="username" readOnly hidden />
        <FormPasswordField
          name="current"
          label={words.current}
          showLabel={words.showCurrent}
          autoComplete="current-password"
        />
        <NewPasswordField name="next" {...next} />
        {factor === null ? null : 'digits' in factor ? (
          <FormCodeField name="code" id="password-code" label={factor.label} hint={factor.hint} required={false} />
        ) : (
          <FormField {...factor} id="password-code" />
        )}
        {passkey === null ? <SubmitButton {...button} /> : <PasskeyButton {...button} {...passkey} />}
      </ActionForm>
    </Panel>
  );
}

/** What a step asks of whoever was not proved of late: the password, or word from the provider of whoever has none here. */
export type ProofValues = ProviderFirstValues | Readonly<Record<'label' | 'showLabel', string> & { hint?: string }>;

/** Such a proof, in a form that asks for more. */
export function Proof({ id, proof }: { id: string; proof: ProofValues }) {
  return 'href' in proof ? (
    <ProviderFirst {...proof} quiet />
  ) : (
    <FormPasswordField {...proof} name="password" id={id} autoComplete="current-password" />
  );
}
